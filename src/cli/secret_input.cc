#include "cli/secret_input.h"

#include <unistd.h>

namespace portico::cli {

Result<std::string> secret_from_input(std::string_view what, std::size_t limit) {
  constexpr std::size_t kLineEnds = 2;
  std::string text(limit + kLineEnds + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got = ::read(STDIN_FILENO, text.data() + size, text.size() - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (size > limit + kLineEnds || text.size() > limit) {
    return failure(ErrorCode::kLimit, std::string(what) + " on standard input is too long");
  }
  return text;
}

}  // namespace portico::cli
