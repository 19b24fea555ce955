#include "json/tape_text.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace portico::json {
namespace {

std::string rewritten(std::string_view text) {
  Parser parser;
  if (parser.parse(text, {}) != ParseProblem::kNone) return "not read";
  std::string out;
  append_json(out, parser.tape());
  return out;
}

TEST(TapeText, HasOneSpelling) {
  EXPECT_EQ(rewritten(" { \"a\" : [ 1 , -2 , { } , [ ] ] ,\n\"b\":null,\"c\":true,\"d\":false } "),
            R"({"a":[1,-2,{},[]],"b":null,"c":true,"d":false})");
  EXPECT_EQ(rewritten(R"("\u0061\/\u00e9\n\"\\\ud83d\ude00\u007f")"), "\"a/é\\n\\\"\\\\😀\\u007f\"");
  EXPECT_EQ(rewritten(R"({"\u006b":{"k":{"k":0}}})"), R"({"k":{"k":{"k":0}}})");
  EXPECT_EQ(rewritten("7"), "7");
}

TEST(TapeText, KeepsNumbers) {
  EXPECT_EQ(rewritten("[9223372036854775807,-9223372036854775808,18446744073709551615]"),
            "[9223372036854775807,-9223372036854775808,18446744073709551615]");
  EXPECT_EQ(rewritten("123456789012345678901234567890"), "123456789012345678901234567890");
  EXPECT_EQ(rewritten("[0.1,2.50,-1.5e-7]"), "[0.1,2.5,-1.5e-07]");
}

// What is written means what was read.
TEST(TapeText, IsReadBackAsTheSame) {
  for (const std::string_view text :
       {R"([1.7976931348623157e308,5e-324,0.30000000000000004,1e400,1e3])", R"({"":{"":[[[]]]},"é":"ü\u0001"})"}) {
    const std::string once = rewritten(text);
    EXPECT_NE(once, "not read");
    EXPECT_EQ(rewritten(once), once) << text;
  }
}

}  // namespace
}  // namespace portico::json
