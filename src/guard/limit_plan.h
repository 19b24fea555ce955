// The limits of an operation, compiled.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "guard/limits.h"
#include "policy/policy.h"

namespace portico::guard {

// When all that a limit asks of a request is known and found to be in order.
enum class LimitPhase : std::uint8_t { kAddress, kCaller, kParameters, kBody };

struct LimitWindow {
  Bucket bucket;
  std::uint64_t id = 0;  // the same for the same limit after a reload
  std::string name;      // in the RateLimit fields
  std::uint64_t quota = 0;
  std::uint64_t seconds = 0;
};

struct CompiledKey;     // operation_rules.h
struct OperationRules;  // the same

struct LimitPlan {
  policy::Limit::Counts counts = policy::Limit::Counts::kRequests;
  LimitPhase phase = LimitPhase::kAddress;
  policy::LimitValue per;
  policy::LimitValue distinct;
  // Where they are expressions; the operation's rules own them.
  const CompiledKey* per_key = nullptr;
  const CompiledKey* distinct_key = nullptr;
  std::vector<LimitWindow> windows;  // one, unless requests are counted
  std::uint64_t cost = 1;
  std::vector<std::uint16_t> statuses;
  std::int64_t lock_ns = 0;
  std::int64_t period_ns = 0;  // of the one window
};

// Limits of one operation, or of requests that are no operation's (null). `rules` are the operation's, may be null, and
// must outlive the plans.
std::vector<LimitPlan> make_limits(const contract::Contract& contract, const policy::Policy& policy,
                                   const contract::Operation* operation, const OperationRules* rules);

struct OperationPlan;

// What the policy's limits name and the contract does not have, and what is too much.
std::vector<Error> check_limits(const contract::Contract& contract, const policy::Policy& policy,
                                const std::vector<OperationPlan>& plans);

}  // namespace portico::guard
