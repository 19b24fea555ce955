// docs/contract.md lists every problem that the loader can report, and no other.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "base/file.h"
#include "base/text.h"

namespace portico::contract {
namespace {

namespace fs = std::filesystem;

// "two-words", in lower case, at least.
bool is_code(std::string_view text) {
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos &&
         text.find('-') != std::string_view::npos && text.front() != '-' && text.back() != '-';
}

// Literals that stand where a code belongs: the first argument of problem(), the second of check_choice(), and the
// alternatives of a conditional.
void collect(std::string_view source, std::set<std::string>& codes) {
  constexpr std::string_view kBefore[] = {"problem(", "check_choice(loading,", "?", ":", "{"};
  for (auto quote = source.find('"'); quote != std::string_view::npos; quote = source.find('"', quote + 1)) {
    const auto end = source.find('"', quote + 1);
    if (end == std::string_view::npos || end == quote + 1 || !is_code(source.substr(quote + 1, end - quote - 1)))
      continue;
    const auto last = source.find_last_not_of(" \n", quote - 1);
    const std::string_view before = source.substr(0, last + 1);
    if (std::ranges::any_of(kBefore, [&](std::string_view word) { return before.ends_with(word); })) {
      codes.emplace(source.substr(quote + 1, end - quote - 1));
    }
  }
}

std::set<std::string> codes_in_source() {
  std::set<std::string> codes;
  for (const auto& entry : fs::directory_iterator(fs::path(PORTICO_SOURCE_DIR) / "src" / "contract")) {
    if (entry.path().extension() != ".cc" || entry.path().filename().string().starts_with("data_")) continue;
    const auto text = read_file(entry.path());
    if (text) collect(*text, codes);
  }
  return codes;
}

std::set<std::string> codes_in_page() {
  std::set<std::string> codes;
  const auto text = read_file(fs::path(PORTICO_SOURCE_DIR) / "docs" / "contract.md");
  if (!text) return codes;
  for (const std::string_view line : split(*text, '\n')) {
    if (!line.starts_with("| `")) continue;
    const std::string_view code = line.substr(3, line.find('`', 3) - 3);
    if (is_code(code)) codes.emplace(code);
  }
  return codes;
}

TEST(ProblemCodes, AreAllInTheManual) {
  const auto source = codes_in_source();
  EXPECT_GT(source.size(), 30U);
  EXPECT_EQ(source, codes_in_page());
}

}  // namespace
}  // namespace portico::contract
