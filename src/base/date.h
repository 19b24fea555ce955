// Points in time as standards write them. All are UTC, in whole seconds since 1970, proleptic Gregorian.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portico {

// A date ("2026-12-31": its first second) or a date with a time (RFC 3339: "2026-12-31T23:59:59Z", "...+01:00",
// fractions dropped). Nothing when it is neither, or no such day or time exists.
std::optional<std::int64_t> parse_date(std::string_view text);

// "Thu, 31 Dec 2026 23:59:59 GMT" (RFC 9110, section 5.6.7). Years 0 to 9999.
std::string http_date(std::int64_t seconds);

}  // namespace portico
