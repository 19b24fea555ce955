// What credentials are verified with: the contract's security schemes, and what the policy's `identity` says of each.
// Made once for a guard; immutable, and shared by its workers.
//
// Every scheme that an operation asks for must have an answer to "who verifies this?": tokens, API keys, certificates,
// or, said in so many words, the service (`unverified`). A policy with an `identity` that leaves a scheme out is an
// Error. Without a policy's `identity` nothing can be verified: then credentials must be there, and notes and events
// say that this is all.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "identity/api_keys.h"
#include "identity/token_verifier.h"
#include "policy/policy.h"

namespace portico::state {
class Reader;
}

namespace portico::guard {

// The tokens of one scheme.
struct TokenMeans {
  identity::TokenVerifier verifier;
  struct Binding {
    policy::Binding dpop;
    policy::Binding certificate;
  };
  std::vector<Binding> bindings;  // by issuer, as TokenVerdict counts them

  bool takes_dpop() const;
};

// One security scheme of the contract.
struct SchemePlan {
  // Where its credential is.
  enum class Where : std::uint8_t { kHeader, kQuery, kCookie, kAuthorization, kConnection };
  enum class Means : std::uint8_t { kPresence, kToken, kApiKey, kCertificate };

  std::size_t index = 0;  // within Authority::schemes
  Where where = Where::kAuthorization;
  std::string_view name;  // of the header, query parameter or cookie; of the authentication scheme
  Means means = Means::kPresence;
  std::shared_ptr<const TokenMeans> tokens;
  std::shared_ptr<const identity::ApiKeys> keys;
  std::vector<std::string> subjects;  // of certificates; empty: any
};

struct Authority {
  std::vector<SchemePlan> schemes;  // in the contract's order
  bool verifies = false;            // the policy has an `identity`
  std::string public_url;
  std::vector<std::string> caller_fields;                       // names of request fields, in lower case
  std::vector<policy::CallerField> told_in_them;                // the same order
  std::vector<std::shared_ptr<json::Documents>> claim_schemas;  // explanations refer to them

  static Result<Authority> make(const contract::Contract& contract, const policy::Policy& policy,
                                std::vector<std::string>& notes);

  // False: there is no value, or none that a header field can carry.
  bool append_caller_field(std::string& out, const identity::Identity& caller, std::size_t index) const;

  // Where keys that are published at URLs are read from, for the request at hand. May be null.
  void use(const state::Reader* state) const {
    if (published_ != nullptr) published_->store(state, std::memory_order_relaxed);
  }

  // Set where there are such keys.
  std::shared_ptr<std::atomic<const state::Reader*>> published_;

  const SchemePlan* scheme(const contract::Contract& contract, std::string_view name) const;
};

}  // namespace portico::guard
