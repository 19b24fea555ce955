#include "schema/number.h"

#include "harness.h"

namespace portico::schema {
namespace {

struct Case {
  const char* schema;
  const char* instance;
  bool valid;
};

TEST(Number, ExactWhereItMatters) {
  const Case cases[] = {
      {R"({"multipleOf":0.01})", "19.99", true},
      {R"({"multipleOf":0.01})", "19.995", false},
      {R"({"multipleOf":0.0001})", "0.0075", true},
      {R"({"multipleOf":0.1})", "0.3", true},
      {R"({"multipleOf":1e-8})", "12391239123", true},
      {R"({"multipleOf":3})", "9007199254740993", true},
      {R"({"multipleOf":7})", "1e30", false},
      {R"({"multipleOf":10})", "1e30", true},
      {R"({"multipleOf":3})", "999999999999999999999999999999", true},
      {R"({"multipleOf":3})", "999999999999999999999999999998", false},
      {R"({"maximum":9007199254740992})", "9007199254740993", false},
      {R"({"maximum":18446744073709551615})", "18446744073709551615", true},
      {R"({"maximum":18446744073709551615})", "18446744073709551616", false},
      {R"({"minimum":-9223372036854775808})", "-9223372036854775809", false},
      {R"({"maximum":1e400})", "1e399", true},
      {R"({"exclusiveMaximum":1e400})", "1e400", false},
      {R"({"maximum":0.1})", "0.1", true},
      {R"({"minimum":1.5})", "1", false},
      {R"({"const":9007199254740993})", "9007199254740992", false},
      {R"({"const":1})", "1.0", true},
      {R"({"const":100})", "1e2", true},
      {R"({"enum":[18446744073709551616]})", "18446744073709551616", true},
      {R"({"enum":[18446744073709551616]})", "18446744073709551617", false},
      {R"({"type":"integer"})", "1e400", true},
      {R"({"type":"integer"})", "-0", true},
  };
  for (const Case& c : cases) {
    Schema schema(c.schema, {.dialect = Dialect::kJsonSchema202012});
    EXPECT_EQ(schema.accepts(c.instance), c.valid) << c.schema << " " << c.instance;
  }
}

TEST(Number, DecimalsCompareByValue) {
  const auto order = [](const char* a, const char* b) {
    Decimal x;
    Decimal y;
    EXPECT_TRUE(parse_decimal(a, x) && parse_decimal(b, y));
    const int sign = compare(x, y);
    return sign < 0 ? '<' : (sign > 0 ? '>' : '=');
  };
  EXPECT_EQ(order("1", "1.000"), '=');
  EXPECT_EQ(order("-0", "0"), '=');
  EXPECT_EQ(order("1e3", "999"), '>');
  EXPECT_EQ(order("-1e3", "999"), '<');
  EXPECT_EQ(order("-2", "-1"), '<');
  EXPECT_EQ(order("0.12", "0.1199"), '>');
  EXPECT_EQ(order("12e-2", "0.12"), '=');
  EXPECT_EQ(order("0", "-5"), '>');
}

}  // namespace
}  // namespace portico::schema
