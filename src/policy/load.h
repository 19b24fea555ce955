// From portico.yaml to a Policy.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/model.h"
#include "policy/policy.h"

namespace portico::policy {

// Unknown keys, wrong types and impossible values are errors with their place: a policy that is misread protects
// nothing.
Result<Policy> load(const std::string& path);
Result<Policy> load_text(std::string_view text, const std::string& name);

// The parts that only the contract can judge: every operation that a policy names must exist.
Result<void> check(const Policy& policy, const contract::Contract& contract);

// "6/minute", "100 / s": count and period in nanoseconds.
Result<void> parse_rate(std::string_view text, Limit& limit);

}  // namespace portico::policy
