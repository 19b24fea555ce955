#include "guard/credential_plan.h"

#include <algorithm>

#include "base/text.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

using Where = SchemePlan::Where;

void add_challenge(std::string& to, std::string_view challenge) {
  if (to.find(challenge) != std::string::npos) return;
  if (!to.empty()) to += ", ";
  to += challenge;
}

// As a quoted-string (RFC 9110, section 5.6.4).
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) continue;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// The scheme's name as registered, with what it cannot do without.
std::string challenge_of(const SchemePlan& scheme, std::string_view realm) {
  if (scheme.where != Where::kAuthorization) return {};
  if (equal_ignoring_case(scheme.name, "bearer")) return "Bearer";
  if (equal_ignoring_case(scheme.name, "basic")) return "Basic realm=" + quoted(realm);
  return std::string(scheme.name);
}

void add_challenges(CredentialPlan& plan, const contract::Contract& contract) {
  for (const auto& alternative : plan.alternatives) {
    for (const CredentialNeed& need : alternative) {
      const std::string challenge = challenge_of(*need.scheme, contract.title);
      if (challenge.empty()) continue;
      add_challenge(plan.challenge, challenge);
      if (challenge != "Bearer") continue;
      add_challenge(plan.invalid_challenge, R"(Bearer error="invalid_token")");
      if (need.scheme->tokens != nullptr && need.scheme->tokens->takes_dpop()) {
        add_challenge(plan.challenge, R"(DPoP algs="ES256 Ed25519 PS256")");
        plan.proof_challenge = R"(DPoP error="invalid_dpop_proof", algs="ES256 Ed25519 PS256")";
      }
      std::string scopes;
      for (const auto scope : need.scopes) (scopes += scopes.empty() ? "" : " ") += scope;
      std::string reach = R"(Bearer error="insufficient_scope")";
      if (!scopes.empty()) reach += ", scope=" + quoted(scopes);
      if (plan.scope_challenge.empty()) plan.scope_challenge = std::move(reach);
    }
  }
  // RFC 9110 asks for a challenge with every 401; API keys have no registered scheme.
  if (plan.challenge.empty()) plan.challenge = "ApiKey";
  if (plan.invalid_challenge.empty()) plan.invalid_challenge = plan.challenge;
}

}  // namespace

CredentialPlan plan_credentials(const Authority& authority, const contract::Contract& contract,
                                const policy::Policy& policy, const contract::Operation& operation) {
  CredentialPlan plan{.authority = &authority};
  for (const auto& requirement : operation.security) {
    if (requirement.needs.empty()) {
      plan.anonymous = true;
      continue;
    }
    auto& alternative = plan.alternatives.emplace_back();
    for (const auto& need : requirement.needs) {
      // A scheme that does not exist is a fatal problem of the contract: there is no guard then.
      alternative.push_back({.scheme = authority.scheme(contract, need.scheme), .scopes = need.scopes});
    }
  }
  const bool contract_says_so = operation.security_node != nullptr && operation.security.empty();
  plan.anonymous = plan.anonymous || contract_says_so || policy::selects(policy.anonymous, contract, operation);
  plan.closed = plan.alternatives.empty() && !plan.anonymous && !policy.file.empty();
  add_challenges(plan, contract);
  return plan;
}

}  // namespace portico::guard
