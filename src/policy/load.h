// From portico.yaml to a Policy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "policy/policy.h"

namespace portico::policy {

// Unknown keys, wrong types and impossible values are errors with their place: a policy that is misread protects
// nothing.
Result<Policy> load(const std::string& path);
Result<Policy> load_text(std::string_view text, const std::string& name);

// The same, but all problems and not the first alone; `to` holds what could be read.
std::vector<Error> load(const std::string& path, Policy& to);
std::vector<Error> load_text(std::string_view text, const std::string& name, Policy& to);

// What only the contract can judge: every operation that a policy names must exist.
std::vector<Error> problems_with(const Policy& policy, const contract::Contract& contract);
Result<void> check(const Policy& policy, const contract::Contract& contract);

// The JSON Schema of portico.yaml, made of what the sections say of themselves (reader.h): docs/formats/ has a copy.
std::string json_schema();

}  // namespace portico::policy
