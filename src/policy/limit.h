// Limits on how often somebody may do something, as the policy says them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

// "6/minute": so many in a period.
struct Rate {
  std::uint64_t count = 0;
  std::int64_t period_ns = 0;
  std::string text;
};

// A value of the request by which limits tell callers apart, or things that are asked for.
struct LimitValue {
  enum class From : std::uint8_t {
    kAddress,     // IPv4 address or IPv6 /64
    kSubject,     // who the verified credential says
    kCredential,  // the verified credential itself
    kPath,        // a parameter, by its name
    kQuery,
    kHeader,
    kCookie,
    kBody,      // a member of the body, by its JSON pointer without the first slash
    kCel,       // what the expression `name` says of the request (docs/cel.md)
    kNotFound,  // paths that are answered 404; of `distinct` alone
  };
  From from = From::kAddress;
  std::string name;
};

// Counted for each value of `per` apart.
struct Limit {
  enum class Counts : std::uint8_t {
    kRequests,  // at most the rates, each a token bucket
    kFailures,  // answers with one of `statuses`
    kDistinct,  // different values of `distinct`
  };

  std::string name;  // in the RateLimit fields
  Selectors operations;
  bool each = false;  // every operation has a bucket of its own; else one for all of them
  LimitValue per;
  Counts counts = Counts::kRequests;
  std::vector<Rate> rates;  // all must hold. One of kFailures and kDistinct
  std::uint64_t burst = 0;  // so many at once, of the first rate; 0: as many as the rate counts
  std::vector<std::pair<Text, std::uint64_t>> cost;  // selectors of operations that count for several
  std::vector<std::uint16_t> statuses = {401, 403};
  std::int64_t lock_ns = 0;  // kFailures: shut out for so long once the rate is used up; 0: until it allows one more
  LimitValue distinct;
  Place place;
};

// "6/minute", "100 / s".
Result<Rate> parse_rate(std::string_view text);

// "10/second, 1000/hour"; "5/minute failures", "100/hour distinct".
std::string to_string(const Limit& limit);

// "address", "subject", "credential", "parameter:query/x", "parameter:body/user/name", "cel:token.tenant".
Result<LimitValue> parse_limit_value(std::string_view text);

}  // namespace portico::policy
