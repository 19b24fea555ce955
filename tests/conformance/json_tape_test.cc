// JSONTestSuite against the parser of traffic (json/parse.h): every y_ accepted, every n_ refused, each i_ as decided.
// PORTICO_SUITES names the folder that holds json-parsing/test_parsing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include "base/file.h"
#include "json/parse.h"

namespace portico::json {
namespace {

// What RFC 8259 leaves open and traffic may hold: numbers beyond 64 bits and beyond double's range, of which the schema
// decides. All other i_ files are refused: lone surrogates, ill-formed UTF-8, byte order marks, depth over 64, and
// exponents of more than 1,000, which cost some readers their memory.
const std::set<std::string> kAccepted = {
    "i_number_double_huge_neg_exp.json", "i_number_real_underflow.json",        "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json",     "i_number_very_big_negative_int.json",
};

// Refused on purpose: names given twice, and NUL in strings.
bool is_refused_by_design(const std::string& name) {
  return name.starts_with("y_object_duplicated_key") || name == "y_object_escaped_null_in_key.json" ||
         name == "y_string_null_escape.json";
}

TEST(JsonTape, JsonTestSuite) {
  const char* suites = std::getenv("PORTICO_SUITES");
  if (suites == nullptr) GTEST_SKIP() << "PORTICO_SUITES is not set: no suites to run";
  Parser parser;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(suites) + "/json-parsing/test_parsing")) {
    const std::string name = entry.path().filename();
    const auto text = read_file(entry.path());
    ASSERT_TRUE(text) << name;
    const ParseProblem problem = parser.parse(*text, {});
    const bool accepted = problem == ParseProblem::kNone;
    ++files;
    if (is_refused_by_design(name)) {
      EXPECT_TRUE(problem == ParseProblem::kDuplicateKey || problem == ParseProblem::kNul) << name;
      EXPECT_EQ(parser.parse(*text, {.reject_duplicate_keys = false, .reject_nul = false}), ParseProblem::kNone)
          << name;
    } else if (name.starts_with("i_")) {
      EXPECT_EQ(accepted, kAccepted.contains(name)) << name << ": " << portico::json::name(problem);
    } else {
      EXPECT_EQ(accepted, name.starts_with("y_")) << name << ": " << portico::json::name(problem);
    }
  }
  EXPECT_GT(files, 300);
}

}  // namespace
}  // namespace portico::json
