#include "guard/limit_plan.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "guard/guard.h"
#include "guard/operation_rules.h"
#include "guard/plan.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

using policy::Limit;
using policy::LimitValue;
using From = LimitValue::From;

LimitPhase phase_of(const LimitValue& value, const CompiledKey* key) {
  if (key != nullptr && key->reads_body) return LimitPhase::kBody;
  switch (value.from) {
    case From::kAddress:
    case From::kNotFound: return LimitPhase::kAddress;
    case From::kSubject:
    case From::kCredential: return LimitPhase::kCaller;
    case From::kBody: return LimitPhase::kBody;
    default: return LimitPhase::kParameters;
  }
}

// Everything that makes a limit another one. Its operations are among it, its name is not.
std::string identity_of(const Limit& limit, const contract::Operation* operation) {
  std::string text;
  const auto add = [&](std::string_view part) { (text += part) += '\n'; };
  for (const policy::Text& selector : limit.operations) add(selector.text);
  if (limit.each && operation != nullptr) add(operation->id);
  for (const LimitValue* value : {&limit.per, &limit.distinct}) {
    add(std::to_string(static_cast<int>(value->from)));
    add(value->name);
  }
  add(std::to_string(static_cast<int>(limit.counts)));
  add(std::to_string(limit.burst));
  return text;
}

LimitWindow window_of(const Limit& limit, const policy::Rate& rate, bool first, const std::string& identity) {
  const std::int64_t interval = std::max<std::int64_t>(rate.period_ns / static_cast<std::int64_t>(rate.count), 1);
  const std::uint64_t burst = first && limit.burst != 0 ? limit.burst : rate.count;
  std::string name = limit.name.empty() ? rate.text : limit.name;
  if (!limit.name.empty() && limit.rates.size() > 1) name += ' ' + rate.text;
  return {.bucket = {.interval_ns = interval, .tolerance_ns = interval * static_cast<std::int64_t>(burst - 1)},
          .id = hash(identity + rate.text),
          .name = printable(name, 60),
          .quota = rate.count,
          .seconds = static_cast<std::uint64_t>(rate.period_ns / 1'000'000'000)};
}

LimitPlan plan_of(const Limit& limit, const contract::Contract& contract, const contract::Operation* operation,
                  const OperationRules* rules) {
  const auto key_of = [&](const LimitValue& value) {
    return rules == nullptr || value.from != From::kCel ? nullptr : rules->key(value.name);
  };
  const CompiledKey* per_key = key_of(limit.per);
  const CompiledKey* distinct_key = key_of(limit.distinct);
  LimitPlan plan{.counts = limit.counts,
                 .phase = std::max(phase_of(limit.per, per_key), phase_of(limit.distinct, distinct_key)),
                 .per = limit.per,
                 .distinct = limit.distinct,
                 .per_key = per_key,
                 .distinct_key = distinct_key,
                 .statuses = limit.statuses,
                 .lock_ns = limit.lock_ns,
                 .period_ns = limit.rates.front().period_ns};
  const std::string identity = identity_of(limit, operation);
  for (const policy::Rate& rate : limit.rates) {
    plan.windows.push_back(window_of(limit, rate, &rate == &limit.rates.front(), identity));
  }
  for (const auto& [selector, cost] : limit.cost) {
    if (operation != nullptr && policy::selects({selector}, contract, *operation)) plan.cost = cost;
  }
  return plan;
}

bool has_parameter(const contract::Operation& operation, const LimitValue& value) {
  const auto is_in = [&](contract::ParameterIn in) {
    return std::ranges::any_of(operation.parameters, [&](const contract::Parameter& parameter) {
      return parameter.in == in &&
             (in == contract::ParameterIn::kHeader ? equal_ignoring_case(parameter.name, value.name)
                                                   : parameter.name == value.name);
    });
  };
  switch (value.from) {
    case From::kPath: return is_in(contract::ParameterIn::kPath);
    case From::kQuery: return is_in(contract::ParameterIn::kQuery);
    case From::kHeader: return is_in(contract::ParameterIn::kHeader);
    case From::kCookie: return is_in(contract::ParameterIn::kCookie);
    case From::kBody: return operation.body.has_value();
    default: return true;
  }
}

// When a body is read, its head is gone but for what expressions keep.
bool mixes_body_and_head(const LimitPlan& plan) {
  const auto from_head = [](const LimitValue& value) {
    return value.from == From::kNotFound ||
           (value.from != From::kCel && phase_of(value, nullptr) == LimitPhase::kParameters);
  };
  return plan.phase == LimitPhase::kBody && (from_head(plan.per) || from_head(plan.distinct));
}

}  // namespace

std::vector<LimitPlan> make_limits(const contract::Contract& contract, const policy::Policy& policy,
                                   const contract::Operation* operation, const OperationRules* rules) {
  std::vector<LimitPlan> plans;
  for (const Limit& limit : policy.limits) {
    const bool meant = operation == nullptr ? policy::selects_all(limit.operations)
                                            : policy::selects(limit.operations, contract, *operation);
    if (!meant) continue;
    LimitPlan plan = plan_of(limit, contract, operation, rules);
    // Of a request that is no operation's nothing but its address is known.
    if (operation != nullptr || plan.phase == LimitPhase::kAddress) plans.push_back(std::move(plan));
  }
  return plans;
}

std::vector<Error> check_limits(const contract::Contract& contract, const policy::Policy& policy,
                                const std::vector<OperationPlan>& plans) {
  std::vector<Error> problems;
  for (const Limit& limit : policy.limits) {
    for (const LimitValue* value : {&limit.per, &limit.distinct}) {
      const bool known = std::ranges::any_of(contract.operations, [&](const contract::Operation& operation) {
        return policy::selects(limit.operations, contract, operation) && has_parameter(operation, *value);
      });
      if (known) continue;
      problems.push_back({ErrorCode::kInvalid,
                          "none of the limit's operations has \"" + printable(value->name) + '"',
                          limit.place,
                          {}});
    }
  }
  for (const OperationPlan& operation : plans) {
    if (std::ranges::any_of(operation.limits, mixes_body_and_head)) {
      problems.push_back({ErrorCode::kUnsupported,
                          "a limit cannot count by the body and by another parameter or the path at once (of " +
                              printable(operation.operation->id) + ")",
                          {},
                          "Say both in one expression: cel:body.user + ' ' + path.id"});
    }
    const auto settled = std::ranges::count_if(
        operation.limits, [](const LimitPlan& plan) { return plan.counts != Limit::Counts::kRequests; });
    std::size_t windows = 0;
    for (const LimitPlan& plan : operation.limits) windows += plan.windows.size();
    if (std::cmp_less_equal(settled, LimitTrail::kMostOpen) && windows <= LimitTrail::kMostTaken) continue;
    problems.push_back({ErrorCode::kLimit,
                        "too many limits for the operation " + printable(operation.operation->id) + ": at most " +
                            std::to_string(LimitTrail::kMostTaken) + ", of which " +
                            std::to_string(LimitTrail::kMostOpen) + " count failures or distinct values",
                        {},
                        {}});
  }
  return problems;
}

}  // namespace portico::guard
