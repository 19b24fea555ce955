// Time zones: offsets such as "+02:00", and the names of the system's database (RFC 8536), read at load.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace portico::cel {

class TimeZone {
 public:
  // "UTC", "+01:30", "02:00", "-09:30", or a name such as "Europe/Berlin", which is read from the system's database.
  static Result<TimeZone> open(std::string_view name);

  // Seconds east of UTC at a time in seconds since 1970.
  std::int32_t offset(std::int64_t time) const;

 private:
  struct Transition {
    std::int64_t time;
    std::int32_t offset;  // from then on
  };

  // "EST5EDT,M3.2.0,M11.1.0" (POSIX.1, 8.3): what holds after the last transition.
  struct Rule {
    struct Change {
      int month = 0;  // from 1
      int week = 0;   // 5: the last
      int day = 0;    // 0: Sunday
      std::int32_t time = 7200;
    };
    std::int32_t standard = 0;
    std::int32_t summer = 0;
    bool has_summer = false;
    Change start;
    Change end;
    std::int32_t offset(std::int64_t time) const;
  };

  static Result<TimeZone> parse(std::string_view file, std::string_view name);
  static std::optional<Rule> parse_rule(std::string_view text);

  std::int32_t first_ = 0;  // before the first transition
  std::vector<Transition> transitions_;
  std::optional<Rule> rule_;
};

// "+01:30", "02:00"; nothing for anything else.
std::optional<std::int32_t> fixed_offset(std::string_view text);

}  // namespace portico::cel
