// What of an operation matters to an attacker, read from contract and policy once: which fields travel, what they are
// by name and schema, what credentials are asked for, which bounds are declared. Facts point into contract and policy.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "audit/schema_usage.h"
#include "contract/data_class.h"
#include "contract/model.h"
#include "policy/policy.h"

namespace portico::threats {

// What a value is, by its name and schema. A set of bits.
using Traits = std::uint32_t;
constexpr Traits kObjectId = 1U << 0;
constexpr Traits kCountable = 1U << 1;  // a number: the next one is easy to guess
constexpr Traits kFreeText = 1U << 2;   // a string without enum, format, or pattern
constexpr Traits kUnbounded = 1U << 3;  // a string without maxLength, a list without maxItems
constexpr Traits kUrl = 1U << 4;
constexpr Traits kPrivilege = 1U << 5;  // role, owner, balance, verified: what a caller must not set
constexpr Traits kFact = 1U << 6;       // position, price, time: what a server should know better
constexpr Traits kCommand = 1U << 7;
constexpr Traits kFile = 1U << 8;
constexpr Traits kPageSize = 1U << 9;     // limit, per_page without a maximum
constexpr Traits kPin = 1U << 10;         // a secret that is short by its schema or nature
constexpr Traits kDistance = 1U << 11;    // a position or distance that is not rounded
constexpr Traits kContactKey = 1U << 12;  // an e-mail address, phone number or login name: what a person is found by

struct Field {
  std::string_view name;
  std::string_view kind;  // "query parameter", "property"
  Traits traits = 0;
  contract::DataClass data_class = contract::DataClass::kNone;
  const json::Node* node = nullptr;
};

enum class Strength : std::uint8_t {
  kNone,    // nothing is asked for, or an alternative asks for nothing
  kStatic,  // basic, API keys
  kToken,   // bearer, OAuth 2, OpenID Connect
  kMutual,  // client certificates
};

struct Facts {
  const contract::Operation* operation = nullptr;
  Strength strength = Strength::kNone;
  bool by_cookie = false;  // the credential is one that browsers add
  bool verified = false;   // the policy has identity providers, so the guard checks the credential
  bool side_effect = false;
  bool management = false;
  bool entry = false;       // login, sign-up, reset
  bool published = false;   // health, metadata
  bool runs = false;        // a script or command, by its path
  bool flow = false;        // purchase, invite, coupon, message
  bool collection = false;  // returns a list
  bool upload = false;
  bool xml = false;
  bool plain_http = false;     // a server of it has no TLS
  bool closed_request = true;  // no object of the body takes undeclared properties
  bool closed_response = true;
  bool has_response_body = false;
  bool declares_429 = false;
  bool declares_errors = false;  // a schema for 4XX or default
  bool scoped = false;           // the requirement names scopes
  bool own = false;              // below /me: the caller's own things
  bool sequential = false;       // the audit found that its ids can be counted up
  const contract::SecurityRequirement* requirement = nullptr;
  std::vector<std::string_view> scopes;
  std::vector<Field> sent;
  std::vector<Field> returned;
  std::vector<const policy::Limit*> limits;    // of the policy, as are
  std::vector<const policy::Rule*> rules;      // these
  std::vector<const policy::Repair*> repairs;  // and these

  bool sends(Traits traits) const;
  bool returns(Traits traits) const;
  bool counts_up() const;  // its object ids follow one another
};

// Reads the facts of every operation, in the contract's order.
std::vector<Facts> facts_of(const contract::Contract& contract, const policy::Policy& policy);

// "GET /orders/{id}" without the last "/{id}" is a collection; the verb of "POST /orders/{id}/refund" is "refund".
std::string_view last_literal(std::string_view path);

}  // namespace portico::threats
