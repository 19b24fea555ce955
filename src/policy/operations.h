// The one reading of operation selectors, for all sections of the policy.
#pragma once

#include "base/result.h"
#include "contract/model.h"
#include "policy/text.h"

namespace portico::policy {

// Whether one of the selectors means the operation, which must be the contract's.
bool selects(const Selectors& selectors, const contract::Contract& contract, const contract::Operation& operation);

// Whether "*" is among them: then they also mean requests that are no operation's.
bool selects_all(const Selectors& selectors);

// An Error with the selector's place, and a suggestion where one is near, if the contract has nothing that it names.
Result<void> check_selector(const Text& selector, const contract::Contract& contract);

}  // namespace portico::policy
