#include "guard/sources.h"

#include <algorithm>

#include "contract/load.h"
#include "guard/guard.h"
#include "policy/load.h"

namespace portico::guard {

Result<policy::Policy> load_policy(const Sources& sources) {
  policy::Policy policy;
  if (!sources.policy.empty()) {
    PORTICO_TRY(policy, policy::load(sources.policy));
  }
  if (!sources.contract.empty()) policy.contract = sources.contract;
  if (policy.contract.empty()) {
    return failure(ErrorCode::kInvalidArgument, "no contract is named", Place{.file = sources.policy},
                   "Name one with \"contract:\" in the policy.");
  }
  if (!sources.mode.empty()) {
    if (sources.mode != "block" && sources.mode != "monitor") {
      return failure(ErrorCode::kInvalidArgument, "the mode must be block or monitor");
    }
    policy.mode = sources.mode == "block" ? policy::Mode::kBlock : policy::Mode::kMonitor;
    policy.only_reports = policy.mode == policy::Mode::kMonitor;
  }
  return policy;
}

Result<contract::Contract> load_contract(const std::string& path) {
  PORTICO_TRY(contract::Contract contract, contract::load(path));
  const auto fatal = std::ranges::find(contract.problems, true, &contract::Problem::fatal);
  if (fatal == contract.problems.end()) return contract;
  return failure(ErrorCode::kInvalid, fatal->message, fatal->place,
                 "portico audit " + path + " lists all that is wrong with the contract.");
}

}  // namespace portico::guard
