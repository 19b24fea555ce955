#include "base/clock.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

std::string again(std::string_view text) {
  const auto at = parse_rfc3339(text);
  if (!at) return "refused";
  std::string out;
  append_rfc3339(out, *at);
  return out;
}

TEST(ParseRfc3339, ReadsInstants) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(again("2026-11-24T10:44:00.123456Z"), "2026-11-24T10:44:00.123456Z");
  EXPECT_EQ(again("2026-11-24T10:44:00.5+01:30"), "2026-11-24T09:14:00.500000Z");
  EXPECT_EQ(again("2026-11-24t23:44:00.123456789-02:00"), "2026-11-25T01:44:00.123456Z");
  EXPECT_EQ(again("2024-02-29T00:00:00Z"), "2024-02-29T00:00:00.000000Z");
  EXPECT_EQ(again("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000000Z") << "a leap second";
}

TEST(ParseRfc3339, RefusesTheRest) {
  for (const char* text :
       {"", "2026-11-24", "2026-11-24T10:44:00", "2026-11-24 10:44:00Z", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z",
        "2026-11-24T24:00:00Z", "2026-11-24T10:60:00Z", "2026-11-24T10:44:61Z", "2026-11-24T10:44:00.Z",
        "2026-11-24T10:44:00Z ", "2026-11-24T10:44:00+1:00", "+026-11-24T10:44:00Z", "26-11-24T10:44:00Z"}) {
    EXPECT_EQ(again(text), "refused") << text;
  }
}

}  // namespace
}  // namespace portico
