// The owner's rules for one operation (policy/rule.h), compiled against the types that the contract gives its messages,
// and what they read, kept for as long as an exchange needs it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cel/evaluate.h"
#include "cel/program.h"
#include "contract/model.h"
#include "guard/guard.h"
#include "guard/modes.h"
#include "json/tape.h"
#include "policy/policy.h"
#include "policy/status_range.h"

namespace portico::guard {

// When all that a rule reads is there.
enum class RulePhase : std::uint8_t { kRequestHead, kRequestBody, kResponseHead, kResponseBody };

struct CompiledRule {
  cel::Program program;
  RulePhase phase = RulePhase::kRequestHead;
  std::vector<policy::StatusRange> statuses;  // of answers
  std::uint16_t status = 403;
  std::string name;     // "rules/owner", "rules/3"
  std::string place;    // "portico.yaml:12:5"
  std::string message;  // for the client
};

// A value by which limits count, compiled from "cel:..." (policy/limit.h).
struct CompiledKey {
  std::string expression;
  cel::Program program;  // of a scalar
  bool reads_body = false;
};

// Fields of requests and callers, by the index that their shapes give them.
enum class RequestField : std::uint8_t { kMethod, kPath, kHost, kAddress, kTime, kCount };
enum class CallerField : std::uint8_t { kKind, kSubject, kScopes, kCount };

// The variables, in the order of the environment. `body` is of requests, `response` of answers.
enum class Variable : std::uint8_t { kPath, kQuery, kHeader, kCookie, kToken, kCaller, kRequest, kMessage, kCount };

constexpr std::size_t kVariables = static_cast<std::size_t>(Variable::kCount);

struct OperationRules {
  cel::Types types;
  std::vector<CompiledRule> rules;
  std::vector<CompiledKey> keys;
  // Shapes of path, query, header and cookie: one field a parameter, in the order of the plan's.
  std::array<const cel::Shape*, 4> parameters{};
  const cel::Shape* caller = nullptr;
  const cel::Shape* request = nullptr;
  const cel::Shape* response = nullptr;         // status, header, body
  const cel::Shape* response_header = nullptr;  // of all answers that are declared
  cel::Kind body = cel::Kind::kDyn;
  // By variable and field: whether any rule reads it.
  std::array<std::vector<bool>, kVariables> used;

  bool uses(Variable variable, std::size_t field) const {
    const auto& fields = used[static_cast<std::size_t>(variable)];
    return field < fields.size() && fields[field];
  }
  bool has(RulePhase phase) const;
  // Null: no limit counts by it.
  const CompiledKey* key(std::string_view expression) const;
};

struct OperationPlan;

// Null where the policy has no rule for the operation, and no limit that counts by an expression. Errors have the place
// in the policy.
Result<std::shared_ptr<const OperationRules>> make_rules(const contract::Contract& contract,
                                                         const policy::Policy& policy, const OperationPlan& plan);

}  // namespace portico::guard
