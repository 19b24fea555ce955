// Why a document was refused: place in the instance, place in the schema, words without values.
#include <algorithm>

#include "harness.h"

namespace portico::schema {
namespace {

const CompileOptions kModern{.dialect = Dialect::kJsonSchema202012};

std::vector<std::string> explain(std::string_view schema, std::string_view instance) {
  return Schema(schema, kModern).explain(instance);
}

using Lines = std::vector<std::string>;

TEST(Explain, OneLineAFailure) {
  EXPECT_EQ(explain(R"({"type":"string"})", "1"), Lines{" | type | must be string"});
  EXPECT_EQ(explain(R"({"type":["integer","null"]})", R"("x")"), Lines{" | type | must be null or integer"});
  EXPECT_EQ(explain(R"({"required":["a","b"]})", R"({"b":1})"),
            Lines{" | required | lacks the required property \"a\""});
  EXPECT_EQ(explain(R"({"properties":{"a/b":{"maxLength":1}}})", R"({"a/b":"xx"})"),
            Lines{"/a~1b | maxLength | must be at most 1 character long"});
  EXPECT_EQ(explain(R"({"items":{"minimum":3}})", "[3,2]"), Lines{"/1 | minimum | must be at least 3"});
  EXPECT_EQ(explain(R"({"properties":{"a":{}},"additionalProperties":false})", R"({"b":1})"),
            Lines{"/b | additionalProperties | is not a declared property"});
  EXPECT_EQ(explain(R"({"enum":["a",1,null]})", R"("b")"), Lines{" | enum | must be one of 1, null, \"a\""});
  EXPECT_EQ(explain(R"({"const":"a"})", R"("b")"), Lines{" | const | must be \"a\""});
  EXPECT_EQ(explain(R"({"pattern":"^a"})", R"("b")"), Lines{" | pattern | must match the pattern \"^a\""});
  EXPECT_EQ(explain(R"({"format":"date"})", R"("b")"), Lines{" | format | must have the format \"date\""});
  EXPECT_EQ(explain(R"({"multipleOf":0.01})", "0.015"), Lines{" | multipleOf | must be a multiple of 0.01"});
  EXPECT_EQ(explain(R"({"uniqueItems":true})", "[1,1.0]"), Lines{" | uniqueItems | must not have equal elements"});
  EXPECT_EQ(explain(R"({"contains":{"type":"string"},"minContains":2})", R"(["a",1])"),
            Lines{" | minContains | must contain at least 2 elements of a certain form"});
  EXPECT_EQ(explain(R"({"not":{"type":"string"}})", R"("a")"),
            Lines{" | not | must not match the schema under \"not\""});
  EXPECT_EQ(explain(R"({"dependentRequired":{"card":["name"]}})", R"({"card":1})"),
            Lines{" | dependentRequired | lacks the required property \"name\", which goes with \"card\""});
  EXPECT_EQ(explain(R"({"propertyNames":{"maxLength":1}})", R"({"ab":1})"),
            Lines{"/ab | maxLength | must be at most 1 character long"});
  EXPECT_EQ(explain("false", "1"), Lines{" |  | is not allowed at all"});
}

TEST(Explain, AllFailuresInDocumentOrder) {
  const auto lines =
      explain(R"({"properties":{"a":{"type":"string"},"b":{"items":{"type":"integer"}}},"required":["c"]})",
              R"({"a":1,"b":[1,"x",2,"y"]})");
  EXPECT_EQ(lines, (Lines{"/a | type | must be string", "/b/1 | type | must be integer",
                          "/b/3 | type | must be integer", " | required | lacks the required property \"c\""}));
}

TEST(Explain, TheBranchThatWasMeant) {
  constexpr const char* kPet = R"({"oneOf":[
    {"properties":{"kind":{"const":"cat"},"lives":{"type":"integer"}},"required":["kind"]},
    {"properties":{"kind":{"const":"dog"},"bark":{"type":"string"}},"required":["kind"]}]})";
  EXPECT_EQ(explain(kPet, R"({"kind":"dog","bark":1})"),
            (Lines{" | oneOf | matches none of 2 alternatives", "/bark | type | must be string"}));
  EXPECT_EQ(explain(R"({"anyOf":[{"type":"string"},{"type":"integer"}]})", "null"),
            Lines{" | anyOf | matches none of 2 alternatives"});
  EXPECT_EQ(explain(R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "3"),
            Lines{" | oneOf | matches more than one of 2 alternatives"});
}

TEST(Explain, ADiscriminatorSaysWhichBranch) {
  constexpr const char* kPets = R"({"definitions":{
      "Cat":{"required":["kind"],"properties":{"kind":{"type":"string"},"lives":{"type":"integer"},"name":{"type":"string"}}},
      "Dog":{"required":["kind"],"properties":{"kind":{"type":"string"},"lives":{"type":"boolean"},"name":{"type":"integer"}}}},
    "properties":{"pet":{"oneOf":[{"$ref":"#/definitions/Cat"},{"$ref":"#/definitions/Dog"}],
      "discriminator":{"propertyName":"kind","mapping":{"wolf":"#/definitions/Dog","fish":"#/definitions/Fish"}}}}})";
  Schema pets(kPets, {.dialect = Dialect::kOpenApi30});
  EXPECT_EQ(pets.explain(R"({"pet":{"kind":"Cat","lives":"x","name":1}})"),
            (Lines{"/pet | oneOf | matches none of 2 alternatives", "/pet/lives | type | must be integer",
                   "/pet/name | type | must be string"}));
  EXPECT_EQ(pets.explain(R"({"pet":{"kind":"wolf","lives":"x","name":"y"}})"),
            (Lines{"/pet | oneOf | matches none of 2 alternatives", "/pet/lives | type | must be boolean",
                   "/pet/name | type | must be integer"}));
  // The outcome is that of oneOf: nothing here tells a cat by its kind.
  EXPECT_TRUE(pets.accepts(R"({"pet":{"kind":"Dog","lives":9}})"));
  ASSERT_EQ(pets.compiler().notes().size(), 1U);
  EXPECT_EQ(pets.compiler().notes()[0].subject, "fish");
}

TEST(Explain, PlacesInTheSchema) {
  Schema schema(
      "{\n  \"$defs\": {\"id\": {\n    \"type\": \"integer\"}},\n  \"properties\": {\"id\": {\"$ref\": "
      "\"#/$defs/id\"}}\n}",
      kModern);
  const auto failures = schema.failures(R"({"id":"x"})");
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].schema_pointer, "/$defs/id/type");
  EXPECT_EQ(failures[0].place.file, "schema.json");
  EXPECT_EQ(failures[0].place.line, 3U);
}

TEST(Explain, NeverShowsValues) {
  constexpr const char* kSecret = "hunter2hunter2";
  for (const char* schema :
       {R"({"type":"integer"})", R"({"maxLength":3})", R"({"enum":["a"]})", R"({"pattern":"^x"})",
        R"({"format":"uuid"})", R"({"not":{}})", R"({"oneOf":[{"maxLength":1},{"type":"null"}]})"}) {
    for (const auto& line : explain(schema, std::string("\"") + kSecret + "\"")) {
      EXPECT_EQ(line.find(kSecret), std::string::npos) << line;
    }
  }
}

TEST(Explain, StopsAtTheLimit) {
  std::string instance = "[";
  for (int i = 0; i < 10'000; ++i) instance += i == 0 ? "1" : ",1";
  instance += "]";
  EXPECT_EQ(explain(R"({"items":{"type":"string"}})", instance).size(), 10U);
}

}  // namespace
}  // namespace portico::schema
