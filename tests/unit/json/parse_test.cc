#include "json/parse.h"

#include <gtest/gtest.h>

#include <string>

namespace portico::json {
namespace {

// Whoever copies a tape copies `count` words: not one fewer, and none of an earlier document.
TEST(Parser, CountsTheWordsOfItsTape) {
  Parser parser;
  for (const std::string_view text : {"1", "null", "\"a\"", "{}", "[]", R"({"a":[1,2.5,"x",{"b":null}]})",
                                      "123456789012345678901234567890", R"({"n":1e400})"}) {
    ASSERT_EQ(parser.parse("[[[[[[[[1,2,3,4,5,6,7,8,9]]]]]]]]", {}), ParseProblem::kNone);
    ASSERT_EQ(parser.parse(text, {}), ParseProblem::kNone) << text;
    const TapeView tape = parser.tape();
    ASSERT_EQ(tape.next(TapeView::kFirst), tape.count - 1) << text;
    EXPECT_EQ(tape.type(tape.count - 1), tape::kRoot) << text;
  }
}

}  // namespace
}  // namespace portico::json
