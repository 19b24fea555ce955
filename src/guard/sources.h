// Reads what a guard is made of.
#pragma once

#include <string>

#include "base/result.h"
#include "contract/model.h"
#include "policy/policy.h"

namespace portico::guard {

struct Sources;

// The policy with what the command line says against it.
Result<policy::Policy> load_policy(const Sources& sources);

// An Error where the contract's structure makes its meaning doubtful.
Result<contract::Contract> load_contract(const std::string& path);

}  // namespace portico::guard
