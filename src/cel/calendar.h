// Times as expressions know them: years 1 to 9999 of the Gregorian calendar, in nanoseconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace portico::cel {

constexpr std::int64_t kNanoseconds = 1'000'000'000;
constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z

struct Date {
  std::int64_t year = 1970;
  int month = 1;  // from 1
  int day = 1;    // from 1
};

// Days since 1970-01-01, and back.
std::int64_t days_of(const Date& date);
Date date_of(std::int64_t days);
int day_of_week(std::int64_t days);  // 0: Sunday

struct Instant {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;
};

// RFC 3339, section 5.6; false for what is malformed or out of range. Leap seconds are taken as the second after.
bool parse_timestamp(std::string_view text, Instant& out);
// "2009-02-13T23:31:30Z", with as many digits of a fraction as are needed. Returns the length; 40 bytes are enough.
std::size_t format_timestamp(const Instant& instant, char* out);

// "1h30m", "1.5s", "-7ns": sums of decimal numbers with units; false for what is malformed or beyond 64 bits of
// nanoseconds.
bool parse_duration(std::string_view text, std::int64_t& nanoseconds);
// "5400s", "1.5s". 32 bytes are enough.
std::size_t format_duration(std::int64_t nanoseconds, char* out);

}  // namespace portico::cel
