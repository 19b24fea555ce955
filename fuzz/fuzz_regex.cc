// Any text as a pattern, on subjects from the same input: compiling and matching end, and a pattern gives the same
// answer by its own way as by backtracking, where that comes to an answer.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/text.h"
#include "regex/pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico;
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t cut = text.size() * (data[0] % 16) / 16;
  const std::string_view ecma = text.substr(cut);
  const std::string_view subject = text.substr(0, cut);
  (void)regex::is_pattern(ecma);
  const auto pattern = regex::Pattern::compile(ecma);
  if (!pattern || invalid_utf8(subject) != std::string_view::npos) return 0;
  const regex::Match found = pattern->search(subject);
  if (pattern->engine() == regex::Engine::kBacktracking) return 0;
  // An empty look-ahead in a branch that never matches keeps the pattern from every faster way.
  const auto slow = regex::Pattern::compile("(?:" + std::string(ecma) + ")|(?:\\b\\B(?=))");
  if (!slow || slow->engine() != regex::Engine::kBacktracking) return 0;
  const regex::Match expected = slow->search(subject);
  if (expected != regex::Match::kGaveUp && expected != found) {
    std::fprintf(stderr, "pattern %s\nsubject %s\nfound %d by engine %d, expected %d\n", std::string(ecma).c_str(),
                 std::string(subject).c_str(), static_cast<int>(found), static_cast<int>(pattern->engine()),
                 static_cast<int>(expected));
    __builtin_trap();
  }
  return 0;
}
