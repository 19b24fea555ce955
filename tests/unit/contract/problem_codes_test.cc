// docs/contract.md lists every problem that the loader can report, and no other.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "base/file.h"

namespace portico::contract {
namespace {

namespace fs = std::filesystem;

std::set<std::string> codes_in_source() {
  std::set<std::string> codes;
  // Whatever stands as a literal where a code belongs: problem("code", ...), check_choice(loading, "code", ...), and
  // the alternatives of a conditional.
  const std::regex call(R"re((?:problem\(|check_choice\(loading,|\{|known \?|\? |: )\s*"([a-z]+(?:-[a-z]+)+)")re");
  for (const auto& entry : fs::directory_iterator(fs::path(PORTICO_SOURCE_DIR) / "src" / "contract")) {
    if (entry.path().extension() != ".cc" || entry.path().filename().string().starts_with("data_")) continue;
    const auto text = read_file(entry.path());
    if (!text) continue;
    for (std::sregex_iterator found(text->begin(), text->end(), call), end; found != end; ++found) {
      codes.insert((*found)[1]);
    }
  }
  return codes;
}

std::set<std::string> codes_in_page() {
  std::set<std::string> codes;
  const auto text = read_file(fs::path(PORTICO_SOURCE_DIR) / "docs" / "contract.md");
  const std::regex row(R"(\n\| `([a-z]+(?:-[a-z]+)+)` \|)");
  for (std::sregex_iterator found(text->begin(), text->end(), row), end; found != end; ++found)
    codes.insert((*found)[1]);
  return codes;
}

TEST(ProblemCodes, AreAllInTheManual) {
  const auto source = codes_in_source();
  EXPECT_GT(source.size(), 30U);
  EXPECT_EQ(source, codes_in_page());
}

}  // namespace
}  // namespace portico::contract
