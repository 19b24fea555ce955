// What the OpenAPI dialects say differently from JSON Schema.
#include "harness.h"

namespace portico::schema {
namespace {

struct Case {
  const char* about;
  Dialect dialect;
  Direction direction;
  const char* schema;
  const char* instance;
  bool valid;
};

constexpr auto k20 = Dialect::kOpenApi20;
constexpr auto k30 = Dialect::kOpenApi30;
constexpr auto k31 = Dialect::kJsonSchema202012;
constexpr auto kAny = Direction::kNeither;
constexpr auto kIn = Direction::kRequest;
constexpr auto kOut = Direction::kResponse;

constexpr const char* kAccount = R"({"type":"object","required":["id","secret","name"],"properties":{
  "id":{"type":"integer","readOnly":true},"secret":{"type":"string","writeOnly":true},"name":{"type":"string"}}})";

const Case kCases[] = {
    {"nullable with type", k30, kAny, R"({"type":"string","nullable":true})", "null", true},
    {"nullable is no type of its own", k30, kAny, R"({"nullable":true,"minLength":1})", "null", true},
    {"nullable false", k30, kAny, R"({"type":"string","nullable":false})", "null", false},
    {"nullable does not extend an enum", k30, kAny, R"({"type":"string","nullable":true,"enum":["a"]})", "null", false},
    {"nullable with null in the enum", k30, kAny, R"({"type":"string","nullable":true,"enum":["a",null]})", "null",
     true},
    {"nullable in allOf does not reach its siblings", k30, kAny,
     R"({"allOf":[{"type":"string"},{"type":"string","nullable":true}]})", "null", false},
    {"nullable is unknown to 2.0", k20, kAny, R"({"type":"string","nullable":true})", "null", false},
    {"nullable is unknown to 3.1", k31, kAny, R"({"type":"string","nullable":true})", "null", false},
    {"type as a list", k31, kAny, R"({"type":["string","null"]})", "null", true},
    {"boolean exclusive bound", k30, kAny, R"({"minimum":1,"exclusiveMinimum":true})", "1", false},
    {"boolean exclusive bound, above", k30, kAny, R"({"minimum":1,"exclusiveMinimum":true})", "1.1", true},
    {"boolean exclusive bound, false", k30, kAny, R"({"maximum":1,"exclusiveMaximum":false})", "1", true},
    {"numeric exclusive bound", k31, kAny, R"({"exclusiveMinimum":1})", "1", false},
    {"siblings of $ref are hidden", k30, kAny,
     R"({"properties":{"a":{"$ref":"#/definitions/s","maxLength":1}},"definitions":{"s":{"type":"string"}}})",
     R"({"a":"long"})", true},
    {"siblings of $ref count", k31, kAny,
     R"({"properties":{"a":{"$ref":"#/$defs/s","maxLength":1}},"$defs":{"s":{"type":"string"}}})", R"({"a":"long"})",
     false},
    {"const is no keyword of 3.0", k30, kAny, R"({"const":1})", "2", true},
    {"patternProperties is no keyword of 3.0", k30, kAny, R"({"patternProperties":{"a":{"type":"string"}}})",
     R"({"a":1})", true},
    {"oneOf is no keyword of 2.0", k20, kAny, R"({"oneOf":[{"type":"string"}]})", "1", true},
    {"2.0 files are no JSON", k20, kAny, R"({"type":"file"})", R"("bytes")", true},
    {"1.0 is an integer in 3.1", k31, kAny, R"({"type":"integer"})", "1.0", true},
    {"1.0 is no integer in 3.0", k30, kAny, R"({"type":"integer"})", "1.0", false},
    {"big integers are integers", k30, kAny, R"({"type":"integer"})", "123456789012345678901234567890", true},
    {"big integers against a bound", k31, kAny, R"({"maximum":123456789012345678901234567890})",
     "123456789012345678901234567891", false},
    {"int32", k30, kAny, R"({"type":"integer","format":"int32"})", "2147483648", false},
    {"int64", k30, kAny, R"({"type":"integer","format":"int64"})", "9223372036854775808", false},
    {"additionalProperties: false", k30, kAny, R"({"properties":{"a":{}},"additionalProperties":false})", R"({"b":1})",
     false},

    {"read-only is not required of requests", k30, kIn, kAccount, R"({"secret":"s","name":"n"})", true},
    {"read-only is refused in requests", k30, kIn, kAccount, R"({"id":1,"secret":"s","name":"n"})", false},
    {"write-only is refused in responses", k30, kOut, kAccount, R"({"id":1,"secret":"s","name":"n"})", false},
    {"write-only is not required of responses", k30, kOut, kAccount, R"({"id":1,"name":"n"})", true},
    {"read-only is required of responses", k30, kOut, kAccount, R"({"name":"n"})", false},
    {"without direction both are plain", k30, kAny, kAccount, R"({"id":1,"secret":"s","name":"n"})", true},
    {"3.1 keeps required in force", k31, kIn, kAccount, R"({"secret":"s","name":"n"})", false},
    {"3.1 lets what is required through", k31, kIn, kAccount, R"({"id":1,"secret":"s","name":"n"})", true},
    {"3.1 refuses read-only that is not required", k31, kIn, R"({"properties":{"id":{"readOnly":true}}})",
     R"({"id":1})", false},
    {"2.0 has readOnly", k20, kIn, R"({"properties":{"id":{"readOnly":true}}})", R"({"id":1})", false},
    {"2.0 has no writeOnly", k20, kOut, R"({"properties":{"id":{"writeOnly":true}}})", R"({"id":1})", true},
    {"read-only behind a reference", k30, kIn,
     R"({"properties":{"id":{"$ref":"#/definitions/Id"}},"definitions":{"Id":{"type":"string","readOnly":true}}})",
     R"({"id":"x"})", false},
    {"read-only in one branch of allOf, required in another", k30, kIn,
     R"({"allOf":[{"properties":{"id":{"readOnly":true}}},{"required":["id"]}]})", "{}", true},
};

TEST(Dialect, Cases) {
  for (const Case& c : kCases) {
    Schema schema(c.schema, {.dialect = c.dialect}, c.direction);
    EXPECT_EQ(schema.accepts(c.instance), c.valid) << c.about;
    EXPECT_EQ(schema.explain(c.instance).empty(), c.valid) << c.about;
  }
}

TEST(Dialect, MisdirectedMayBeIgnored) {
  Schema schema(kAccount, {.dialect = k30, .misdirected = Misdirected::kIgnore}, kIn);
  EXPECT_TRUE(schema.accepts(R"({"id":1,"secret":"s","name":"n"})"));
  EXPECT_TRUE(schema.accepts(R"({"secret":"s","name":"n"})"));
  EXPECT_FALSE(schema.accepts(R"({"id":"x","secret":"s","name":"n"})"));
}

TEST(Dialect, SchemaKeywordSwitchesADocument) {
  Schema schema(R"({"$schema":"http://json-schema.org/draft-04/schema#","maximum":5,"exclusiveMaximum":true})",
                {.dialect = Dialect::kJsonSchema202012});
  EXPECT_FALSE(schema.accepts("5"));
}

TEST(Dialect, ClosedByOption) {
  const CompileOptions closed{.dialect = k31, .additional = Additional::kClosed};
  Schema plain(R"({"properties":{"a":{"properties":{"x":{}}}}})", closed);
  EXPECT_TRUE(plain.accepts(R"({"a":{"x":1}})"));
  EXPECT_FALSE(plain.accepts(R"({"a":{},"b":1})"));
  EXPECT_FALSE(plain.accepts(R"({"a":{"y":1}})"));
  EXPECT_EQ(plain.explain(R"({"b":1})").at(0), "/b | properties | is not a declared property");
  // Composition is closed as a whole, not branch by branch.
  Schema composed(R"({"allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}],
                      "oneOf":[{"properties":{"c":{}},"required":["c"]},{"properties":{"d":{}},"required":["d"]}]})",
                  closed);
  EXPECT_TRUE(composed.accepts(R"({"a":1,"b":2,"c":3})"));
  EXPECT_FALSE(composed.accepts(R"({"a":1,"b":2,"c":3,"e":4})"));
  Schema open(R"({"properties":{"a":{}},"additionalProperties":true})", closed);
  EXPECT_TRUE(open.accepts(R"({"z":1})"));
}

}  // namespace
}  // namespace portico::schema
