// Rate limits, as the policy says them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

// At most `rate` requests per period on average, and at most `burst` at once, for each value of the key: a token bucket
// of `burst` tokens.
struct Limit {
  Selectors operations;
  std::uint64_t rate = 0;
  std::int64_t period_ns = 0;
  std::uint64_t burst = 1;
  std::string text;  // "6/minute"
  Place place;
};

// "6/minute", "100 / s": count and period in nanoseconds.
Result<void> parse_rate(std::string_view text, Limit& limit);

}  // namespace portico::policy
