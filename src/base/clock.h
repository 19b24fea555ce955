// Time, as the two clocks that Portico uses. Both are plain integers so that they can be kept in shared memory, and
// both are passed into the code that needs them, so that tests choose the time.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace portico {

// Nanoseconds of CLOCK_MONOTONIC: durations and limits. The same for all processes of a machine.
inline std::int64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// Microseconds since 1970-01-01T00:00:00Z: when an event happened.
inline std::int64_t wall_us() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

// RFC 3339 in UTC with microseconds: "2026-11-24T10:44:00.123456Z". Appends; does not allocate if capacity suffices.
void append_rfc3339(std::string& out, std::int64_t wall_us);

// The instant that an RFC 3339 date-time names, in microseconds since 1970 (finer digits are dropped); nothing when it
// is none. A leap second is the second after it.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);

}  // namespace portico
