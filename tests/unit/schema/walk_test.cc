// What the fast pass decides on its way through plain containers (machine_walk.h): every short cut, and its edges.
#include <algorithm>

#include "harness.h"

namespace portico::schema {
namespace {

const CompileOptions kModern{.dialect = Dialect::kJsonSchema202012};

TEST(Walk, MembersInAnyOrder) {
  Schema schema(R"({"type":"object","required":["a","b"],"additionalProperties":{"type":"null"},"properties":{
                     "a":{"type":"integer"},"b":{"type":"string"},"c":{"properties":{"a":{"type":"string"}}}}})",
                kModern);
  std::vector<std::string> members = {R"("a":1)", R"("b":"x")", R"("c":{"a":"y"})", R"("d":null)"};
  std::ranges::sort(members);
  do {
    const auto joined = [&](std::string_view instead, std::string_view of) {
      std::string text;
      for (const std::string& member : members) {
        text += (text.empty() ? "" : ",") + (member.starts_with(of) ? std::string(instead) : member);
      }
      return "{" + text + "}";
    };
    EXPECT_TRUE(schema.accepts(joined("", "none")));
    EXPECT_FALSE(schema.accepts(joined(R"("a":"1")", R"("a")")));
    EXPECT_FALSE(schema.accepts(joined(R"("e":null)", R"("b")")));
    EXPECT_FALSE(schema.accepts(joined(R"("c":{"a":1})", R"("c")")));
    EXPECT_FALSE(schema.accepts(joined(R"("d":0)", R"("d")")));
  } while (std::ranges::next_permutation(members).found);
}

TEST(Walk, HintsOfOtherProgramsDoNoHarm) {
  json::Documents documents;
  json::Document& document = documents.add("s", "file:///s");
  ASSERT_TRUE(json::read_json(R"([{"properties":{"a":{"type":"string"}},"additionalProperties":false},
                                  {"properties":{"x":true,"y":true,"a":{"type":"null"}}}])",
                              document));
  const Environment environment{&documents, {}};
  const auto first = compile(*document.root->items()[0], environment, kModern);
  const auto second = compile(*document.root->items()[1], environment, kModern);
  ASSERT_TRUE(first && second);
  json::Parser parser;
  Validator validator;
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(parser.parse(R"({"y":1,"a":null})", {}), json::ParseProblem::kNone);
    EXPECT_TRUE(validator.accepts(*second, parser.tape()));
    EXPECT_FALSE(validator.accepts(*first, parser.tape()));
    ASSERT_EQ(parser.parse(R"({"a":"s"})", {}), json::ParseProblem::kNone);
    EXPECT_TRUE(validator.accepts(*first, parser.tape()));
    EXPECT_FALSE(validator.accepts(*second, parser.tape()));
  }
}

TEST(Walk, NamesThatDifferInOneByte) {
  Schema schema(R"({"additionalProperties":false,"properties":{
                     "":{},"abcdefgh":{},"abcdefghi":{},"abcdefghijklmnop":{},"abcdefghijklmnopqrstuvwxyz":{}}})",
                kModern);
  for (const std::string_view name : {"", "abcdefgh", "abcdefghi", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz"}) {
    EXPECT_TRUE(schema.accepts("{\"" + std::string(name) + "\":1}"));
    for (std::size_t i = 0; i < name.size(); ++i) {
      std::string other(name);
      other[i] = '_';
      EXPECT_FALSE(schema.accepts("{\"" + other + "\":1}")) << other;
    }
    EXPECT_FALSE(schema.accepts("{\"" + std::string(name) + "_\":1}"));
  }
}

TEST(Walk, OnePattern) {
  Schema schema(R"({"properties":{"x":{"type":"integer"}},"patternProperties":{"^p":{"type":"string"}},
                    "additionalProperties":{"type":"array","items":{"type":"null"}}})",
                kModern);
  EXPECT_TRUE(schema.accepts(R"({"x":1,"p":"s","px":"t","other":[null]})"));
  EXPECT_FALSE(schema.accepts(R"({"x":1,"p":1})"));
  EXPECT_FALSE(schema.accepts(R"({"other":"s"})"));
  EXPECT_FALSE(schema.accepts(R"({"other":[null,0]})"));
}

TEST(Walk, ChoicesByType) {
  Schema schema(R"({"items":{"oneOf":[{"type":"string","minLength":2},{"type":"integer"},{"type":"number","minimum":0},
                    {"type":"array","items":{"anyOf":[{"type":"null"},{"type":"boolean"}]}}]}})",
                kModern);
  EXPECT_TRUE(schema.accepts(R"(["ab",-1,0.5,[],[null,true]])"));
  EXPECT_FALSE(schema.accepts(R"(["a"])"));
  EXPECT_FALSE(schema.accepts("[1]"));  // an integer, and a number
  EXPECT_FALSE(schema.accepts("[1.0]"));
  EXPECT_FALSE(schema.accepts("[-0.5]"));
  EXPECT_FALSE(schema.accepts("[null]"));
  EXPECT_FALSE(schema.accepts("[[null,0]]"));
  EXPECT_FALSE(schema.accepts("[{}]"));
}

TEST(Walk, SizesInCodePoints) {
  Schema schema(R"({"items":{"minLength":2,"maxLength":3}})", kModern);
  EXPECT_TRUE(schema.accepts(R"(["ab","abc","éé","ééé","😀😀","😀😀😀",1,null,[],{}])"));
  for (const char* text : {R"([""])", R"(["a"])", R"(["é"])", R"(["😀"])", R"(["abcd"])", R"(["éééé"])"}) {
    EXPECT_FALSE(schema.accepts(text)) << text;
  }
}

TEST(Walk, RangesAtTheEdges) {
  Schema schema(R"({"items":{"exclusiveMinimum":-9223372036854775808,"maximum":9223372036854775807}})", kModern);
  EXPECT_TRUE(schema.accepts(R"([-9223372036854775807,9223372036854775807,0.5,"x",null,[],{}])"));
  EXPECT_FALSE(schema.accepts("[-9223372036854775808]"));
  EXPECT_FALSE(schema.accepts("[9223372036854775808]"));
  EXPECT_FALSE(schema.accepts("[1e300]"));
  EXPECT_FALSE(schema.accepts("[-100000000000000000000000000]"));
  Schema strict(R"({"items":{"exclusiveMinimum":0,"exclusiveMaximum":2}})", kModern);
  EXPECT_TRUE(strict.accepts("[1,0.1,1.9]"));
  EXPECT_FALSE(strict.accepts("[0]"));
  EXPECT_FALSE(strict.accepts("[2]"));
  EXPECT_FALSE(strict.accepts("[2.0]"));
}

TEST(Walk, EnumsOfStringsAndOthers) {
  Schema schema(R"({"items":{"enum":["a","b",1,null]}})", kModern);
  EXPECT_TRUE(schema.accepts(R"(["a","b",1,1.0,null])"));
  for (const char* text : {R"(["c"])", "[2]", "[true]", "[[]]"}) EXPECT_FALSE(schema.accepts(text)) << text;
}

TEST(Walk, ChoicesThatGoRoundInCirclesEnd) {
  Schema schema(R"({"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"}]}}})", kModern);
  if (schema.compiles()) {
    EXPECT_EQ(schema.check("[1]"), Outcome::kTooComplex);
  }
}

TEST(Walk, DeepNesting) {
  Schema schema(R"({"type":["object","array"],"properties":{"a":{"$ref":"#"}},"items":{"$ref":"#"},
                    "additionalProperties":false})",
                kModern);
  std::string text;
  for (int i = 0; i < 400; ++i) text += R"({"a":[)";
  std::string closing;
  for (int i = 0; i < 400; ++i) closing += "]}";
  EXPECT_TRUE(schema.accepts(text + closing));
  EXPECT_FALSE(schema.accepts(text + "1" + closing));
  EXPECT_FALSE(schema.accepts(text + R"({"b":[]})" + closing));
}

}  // namespace
}  // namespace portico::schema
