#include "json/encoding.h"

#include <algorithm>

namespace portico::json {

Result<std::string_view> document_text(std::string_view bytes, const std::string& name) {
  using namespace std::string_view_literals;
  const auto other = [&](std::string_view encoding) {
    return failure(ErrorCode::kUnsupported, "the document is encoded as " + std::string(encoding) + ", not as UTF-8",
                   Place{.file = name}, "convert it to UTF-8 first");
  };
  // The longer marks first: that of UTF-32LE begins like that of UTF-16LE.
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) return other("UTF-32");
  if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("\xFE\xFF"sv)) return other("UTF-16");
  if (bytes.starts_with("\0\0\0"sv) || (bytes.size() >= 4 && bytes[0] != 0 && bytes.substr(1, 3) == "\0\0\0"sv)) {
    return other("UTF-32");
  }
  if (bytes.size() >= 2 && (bytes[0] == 0) != (bytes[1] == 0)) return other("UTF-16");
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) bytes.remove_prefix(3);
  return bytes;
}

Place place_at(std::string_view text, std::size_t offset, const std::string& name) {
  const auto before = text.substr(0, offset);
  const auto newline = before.rfind('\n');
  return {.file = name,
          .line = static_cast<std::uint32_t>(1 + std::ranges::count(before, '\n')),
          .column = static_cast<std::uint32_t>(newline == std::string_view::npos ? offset + 1 : offset - newline)};
}

}  // namespace portico::json
