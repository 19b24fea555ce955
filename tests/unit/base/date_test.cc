#include "base/date.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

TEST(Date, Reads) {
  EXPECT_EQ(parse_date("1970-01-01"), 0);
  EXPECT_EQ(parse_date("2026-12-31"), 1798675200);
  EXPECT_EQ(parse_date("2024-02-29T23:59:59Z"), 1709251199);
  EXPECT_EQ(parse_date("2026-12-31t00:00:00.999z"), 1798675200);
  EXPECT_EQ(parse_date("2026-12-31T01:00:00+01:00"), 1798675200);
  EXPECT_EQ(parse_date("2026-12-30T22:30:00-01:30"), 1798675200);
  EXPECT_EQ(parse_date("2016-12-31T23:59:60Z"), 1483228800);
}

TEST(Date, RefusesWhatIsNone) {
  for (const char* text : {"", "2026", "2026-12", "2026-12-32", "2026-02-29", "2026-13-01", "2026-00-01", "2026-12-31T",
                           "2026-12-31T24:00:00Z", "2026-12-31T23:60:00Z", "2026-12-31T23:59:61Z",
                           "2026-12-31T23:59:59", "2026-12-31T23:59:59.Z", "2026-12-31T23:59:59+24:00",
                           "2026-12-31T23:59:59Zx", "26-12-31", "2026-1-1", "+026-12-31", " 2026-12-31"}) {
    EXPECT_EQ(parse_date(text), std::nullopt) << text;
  }
}

TEST(Date, WritesAsHttpDoes) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace portico
