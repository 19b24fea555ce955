#include "json/reader.h"

#include <gtest/gtest.h>

#include <string>

namespace portico::json {
namespace {

class Reading {
 public:
  explicit Reading(std::string_view text, ReadBudget budget = {}) : document_(documents_.add("a.json", "")) {
    const auto read = read_json(text, document_, budget);
    if (!read) error_ = to_string(read.error());
  }
  const Node& root() const { return *document_.root; }
  bool fine() const { return document_.root != nullptr; }
  const std::string& error() const { return error_; }

 private:
  Documents documents_;
  Document& document_;
  std::string error_;
};

TEST(JsonReader, KeepsPlacesOfKeysAndValues) {
  const Reading reading("{\n  \"a\": [1,\r\n\ttrue],\n  \"\\u00e9\": null}");
  ASSERT_TRUE(reading.fine()) << reading.error();
  const Member& a = reading.root().members()[0];
  EXPECT_EQ(a.key->line(), 2U);
  EXPECT_EQ(a.key->column(), 3U);
  EXPECT_EQ(a.value->column(), 8U);
  EXPECT_EQ(a.value->items()[1]->line(), 3U);
  EXPECT_EQ(a.value->items()[1]->column(), 2U);
  EXPECT_EQ(reading.root().members()[1].key->text(), "\xC3\xA9");
}

TEST(JsonReader, KeepsNumbersAsWritten) {
  const Reading reading("[1.0, -0, 123456789012345678901234567890, 1e999, 0.10E+2]");
  ASSERT_TRUE(reading.fine());
  EXPECT_EQ(reading.root().items()[0]->text(), "1.0");
  EXPECT_EQ(reading.root().items()[1]->text(), "-0");
  EXPECT_EQ(reading.root().items()[2]->text(), "123456789012345678901234567890");
  EXPECT_EQ(reading.root().items()[3]->text(), "1e999");
  EXPECT_EQ(reading.root().items()[4]->text(), "0.10E+2");
}

TEST(JsonReader, UndoesEscapes) {
  const Reading reading(R"(["\"\\\/\b\f\n\r\t", "\u0041\u00DF\u6771\uD834\uDD1E", "a\u0000b"])");
  ASSERT_TRUE(reading.fine()) << reading.error();
  EXPECT_EQ(reading.root().items()[0]->text(), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(reading.root().items()[1]->text(), "A\xC3\x9F\xE6\x9D\xB1\xF0\x9D\x84\x9E");
  EXPECT_EQ(reading.root().items()[2]->text(), std::string_view("a\0b", 3));
}

struct Refusal {
  std::string_view text;
  std::string_view error;
};

TEST(JsonReader, RefusesWithPlaceAndReason) {
  using namespace std::string_view_literals;
  const Refusal refusals[] = {
      {"", "a.json:1:1: not well-formed JSON: expected a value, found the end of the document"},
      {"{\"a\": 1,\n \"b\": 2,\n \"a\": 3}", "a.json:3:2: duplicate key \"a\", first at line 1, column 2"},
      {"{\"a\": 1, \"\\u0061\": 3}", "a.json:1:10: duplicate key \"a\", first at line 1, column 2"},
      {"[1,]", "a.json:1:4: not well-formed JSON: expected a value, found \"]\""},
      {"[1 2]", "expected \",\" or \"]\", found \"2\""},
      {"{\"a\" 1}", "expected \":\", found \"1\""},
      {"{a: 1}", "a.json:1:2: not well-formed JSON: expected a key in double quotes, found \"a\""},
      {"[01]", "a.json:1:3: not well-formed JSON: a number with a leading zero"},
      {"[1.]", "expected a digit, found \"]\""},
      {"[\"\t\"]", "a control character in a string"},
      {"[\"\\x\"]", "an unknown escape"},
      {"[\"\\uD800\"]", "a.json:1:3: an escape of half a surrogate pair"},
      {"[\"\\uDC00\\uD800\"]", "half a surrogate pair"},
      {"[\"\\u12\"]", "without four hexadecimal digits"},
      {"[\"\n\"]", "a control character"},
      {"\"abc", "expected the end of the string"},
      {"\"abc\\", "expected an escape"},
      {"nul", "expected a value"},
      {"1 1", "expected the end of the document, found \"1\""},
      {"[\"\xC3\x28\"]", "a.json:1:3: the document is not well-formed UTF-8"},
      {"\xFF\xFE[\0]\0"sv, "encoded as UTF-16"},
      {"[\0]\0"sv, "encoded as UTF-16"},
      {"\0["sv, "encoded as UTF-16"},
      {"\xFF\xFE\0\0[\0\0\0"sv, "encoded as UTF-32"},
      {"\0\0\0["sv, "encoded as UTF-32"},
      {"[\0\0\0"sv, "encoded as UTF-32"},
  };
  for (const auto& [text, error] : refusals) {
    const Reading reading(text);
    EXPECT_FALSE(reading.fine()) << text;
    EXPECT_NE(reading.error().find(error), std::string::npos) << text << "\n" << reading.error();
  }
}

TEST(JsonReader, TakesAByteOrderMarkOff) {
  const Reading reading("\xEF\xBB\xBF{}");
  ASSERT_TRUE(reading.fine());
  EXPECT_EQ(reading.root().column(), 1U);
}

TEST(JsonReader, HoldsItsBudgets) {
  EXPECT_TRUE(Reading("[[[]]]", {.max_depth = 3}).fine());
  const Reading deep("[[[[]]]]", {.max_depth = 3});
  EXPECT_NE(deep.error().find("a.json:1:4: nested deeper than 3 levels"), std::string::npos) << deep.error();
  EXPECT_TRUE(Reading("{\"a\":[1,2]}", {.nodes = 5}).fine());
  const Reading many("{\"a\":[1,2,3]}", {.nodes = 5});
  EXPECT_NE(many.error().find("more nodes than max_nodes"), std::string::npos) << many.error();
}

TEST(JsonReader, SharesABudgetBetweenDocuments) {
  ReadBudget budget{.nodes = 3};
  Documents documents;
  EXPECT_TRUE(read_json("[1]", documents.add("a", ""), budget));
  EXPECT_EQ(budget.nodes, 1U);
  EXPECT_FALSE(read_json("[1]", documents.add("b", ""), budget));
}

}  // namespace
}  // namespace portico::json
