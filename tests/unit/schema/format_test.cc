// Formats of OpenAPI's registry, and edges that the public suite leaves out.
#include "schema/formats.h"

#include "harness.h"

namespace portico::schema {
namespace {

struct Case {
  const char* format;
  const char* text;
  bool valid;
};

TEST(Format, Texts) {
  const Case cases[] = {
      {"byte", "aGVsbG8=", true},
      {"byte", "aGVsbG8", false},
      {"byte", "aGVs bG8=", false},
      {"base64url", "_-8", true},
      {"base64url", "a", false},
      {"char", "\xc3\xa4", true},
      {"char", "ab", false},
      {"http-date", "Sun, 06 Nov 1994 08:49:37 GMT", true},
      {"http-date", "Sunday, 06-Nov-94 08:49:37 GMT", false},
      {"date-time-local", "2026-02-28T10:00:00", true},
      {"date-time-local", "2026-02-28T10:00:00Z", false},
      {"time-local", "10:00:00.5", true},
      {"media-range", "text/*; q=1", true},
      {"media-range", "*/html", false},
      {"sf-boolean", "?1", true},
      {"sf-integer", "-999999999999999", true},
      {"sf-integer", "1000000000000000", false},
      {"sf-decimal", "1.5", true},
      {"sf-string", "\"a\\\"b\"", true},
      {"sf-token", "*a/b", true},
      {"sf-binary", ":aGVsbG8=:", true},
      {"int64", "9223372036854775807", true},
      {"int64", "9223372036854775808", false},
      {"uint64", "-1", false},
      {"decimal", "-12.50", true},
      {"decimal", "twelve", false},
      {"password", "anything", true},
      {"binary", "anything", true},
      {"email", "a@b.example", true},
      {"email", "a@@b.example", false},
      {"email", "\"a b\"@b.example", true},
      {"email", "a@[IPv6:::1]", true},
      {"ipv4", "01.1.1.1", false},
      {"ipv6", "::ffff:1.2.3.4", true},
      {"ipv6", "fe80::1%eth0", false},
      {"uuid", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", true},
      {"uri", "https://example.com/a?b#c", true},
      {"uri", "//example.com", false},
      {"date", "2024-02-29", true},
      {"date", "2023-02-29", false},
      {"hostname", "a-.example", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(has_format(format_of(c.format, Dialect::kJsonSchema202012), c.text), c.valid)
        << c.format << " " << c.text;
  }
}

TEST(Format, Numbers) {
  const Case cases[] = {
      {"int8", "127", true},
      {"int8", "128", false},
      {"int16", "-32768", true},
      {"int32", "2147483647", true},
      {"int32", "1.5", false},
      {"uint8", "256", false},
      {"uint32", "4294967295", true},
      {"uint64", "-1", false},
      {"uint64", "18446744073709551615", true},
      {"double-int", "9007199254740992", false},
      {"float", "3.5e38", false},
      {"float", "3.4e38", true},
      {"double", "1e400", false},
      {"double", "1e300", true},
  };
  for (const Case& c : cases) {
    Schema schema(std::string(R"({"format":")") + c.format + "\"}");
    EXPECT_EQ(schema.accepts(c.text), c.valid) << c.format << " " << c.text;
  }
}

}  // namespace
}  // namespace portico::schema
