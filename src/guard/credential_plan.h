// What an operation asks of its callers: the contract's security requirements, with what verifies their schemes. Any
// one alternative is enough, and all schemes of it must be met, with their scopes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/model.h"
#include "guard/authority.h"
#include "policy/policy.h"

namespace portico::guard {

// One scheme that an alternative asks for.
struct CredentialNeed {
  const SchemePlan* scheme = nullptr;
  std::vector<std::string_view> scopes;
};

// What an operation asks of its callers.
struct CredentialPlan {
  const Authority* authority = nullptr;
  std::vector<std::vector<CredentialNeed>> alternatives;
  bool anonymous = false;  // nobody has to say who they are: the contract or the policy says so
  bool closed = false;     // neither says who may call
  // WWW-Authenticate: without credentials, with wrong ones, with ones that do not reach (RFC 6750, section 3).
  std::string challenge;
  std::string invalid_challenge;
  std::string scope_challenge;
  std::string proof_challenge;  // RFC 9449, section 7.1

  bool asks() const { return !alternatives.empty(); }
};

CredentialPlan plan_credentials(const Authority& authority, const contract::Contract& contract,
                                const policy::Policy& policy, const contract::Operation& operation);

}  // namespace portico::guard
