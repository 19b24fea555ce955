// The checks of a request's parameters.
#include <algorithm>

#include "base/text.h"
#include "guard/injection_check.h"
#include "guard/ownership.h"
#include "guard/parameter_check.h"
#include "guard/request.h"
#include "http/target.h"

namespace portico::guard {
namespace {

constexpr std::size_t kMaxPairs = 256;

constexpr ParameterRules kRules{.missing = RuleId::kRequestParameterMissing,
                                .invalid = RuleId::kRequestParameterInvalid,
                                .repeated = RuleId::kRequestParameterRepeated};

}  // namespace

void RequestCheck::keep(Variable kind, const std::vector<ParameterPlan>& plans, const ParameterPlan& plan,
                        const Transaction& transaction, bool present) {
  note_ids(worker_, transaction, *plan.parameter, present);
  if (inputs_ == nullptr || worker_.value.count == 0) return;
  inputs_->keep_parameter(kind, static_cast<std::size_t>(&plan - plans.data()), worker_.value);
}

bool RequestCheck::split_cookie_fields() {
  worker_.cookie_text.clear();
  for (const HeaderField& field : head_.headers) {
    if (field.name.size() != 6 || !equal_ignoring_case(field.name, "cookie")) continue;
    worker_.cookie_text = field.value;
  }
  return split_cookies(worker_.cookie_text, kMaxPairs, worker_.cookies);
}

Decision RequestCheck::inspect(std::string_view kind, const ParameterPlan& plan) {
  if (plan_.injection == nullptr || worker_.value.count == 0) return {};
  // What a header field or a document holds may have lines; what stands in a URI has none.
  const bool one_line = plan.content.empty();
  return check_injection(worker_, *plan_.injection, judge_, plan.place, worker_.value, kind, plan.parameter->name,
                         one_line);
}

Decision RequestCheck::path(std::span<const contract::PathArgument> arguments, const Transaction& transaction) {
  constexpr std::string_view kPath = "path";
  ParameterCheck check(worker_, kRules);
  for (const ParameterPlan& plan : plan_.path) {
    const auto found = std::ranges::find_if(arguments, [&](const auto& a) { return *a.name == plan.parameter->name; });
    if (found == arguments.end()) return judge_(check.absent(plan));
    worker_.value = {};
    Decision decision = judge_(check.text(plan, found->value));
    if (!decision.allowed()) return decision;
    keep(Variable::kPath, plan_.path, plan, transaction, true);
    if (decision = inspect(kPath, plan); !decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::query(const Transaction& transaction) {
  constexpr std::string_view kQuery = "query";
  static const schema::ScalarPlan kCredential;
  ParameterCheck check(worker_, kRules);
  for (const std::string_view name : plan_.query_credentials) {
    const auto group = pairs_named(worker_.query, name);
    if (group.size() > 1) {
      Decision decision = judge_(refuse(RuleId::kRequestParameterRepeated, "query/" + std::string(name)));
      if (!decision.allowed()) return decision;
    }
    for (Pair& pair : group) pair.taken_by = &kCredential;
  }
  for (const ParameterPlan& plan : plan_.query) {
    const contract::Parameter& parameter = *plan.parameter;
    const auto group = pairs_named(worker_.query, parameter.name);
    worker_.value = {};
    Decision decision;
    if (parameter.allow_empty_value && group.size() == 1 && group.front().raw_value.empty()) {
      group.front().taken_by = &plan.plan;
    } else {
      decision = check.pairs(plan, worker_.query);
    }
    decision = judge_(std::move(decision));
    if (!decision.allowed()) return decision;
    keep(Variable::kQuery, plan_.query, plan, transaction, worker_.value.count != 0 || !group.empty());
    if (decision = inspect(kQuery, plan); !decision.allowed()) return decision;
  }
  const auto is_taken = [](const Pair& pair) { return pair.taken_by != nullptr; };
  const bool all_taken = std::ranges::all_of(worker_.query, is_taken);
  if (!all_taken && !allow_undeclared_query_) {
    Decision decision = judge_(refuse(RuleId::kRequestParameterUndeclared, std::string(kQuery)));
    if (!decision.allowed()) return decision;
  }
  if (all_taken) return {};
  for (const Pair& pair : worker_.query) {
    worker_.text.clear();
    if (is_taken(pair)) continue;
    if (http::append_percent_decoded(worker_.text, pair.raw_value)) {
      if (plan_.injection == nullptr) continue;
      Decision decision = check_injection(worker_, *plan_.injection, judge_, worker_.text, "query/*");
      if (!decision.allowed()) return decision;
      continue;
    }
    return judge_(refuse(RuleId::kRequestTargetAmbiguous, std::string(kQuery), "malformed-escape"));
  }
  return {};
}

Decision RequestCheck::headers(const Transaction& transaction) {
  constexpr std::string_view kHeader = "header";
  ParameterCheck check(worker_, kRules);
  for (const ParameterPlan& plan : plan_.header) {
    worker_.value = {};
    Decision decision = judge_(check.field(plan, head_.headers));
    if (!decision.allowed()) return decision;
    const bool present = std::ranges::any_of(
        head_.headers, [&](const HeaderField& field) { return equal_ignoring_case(field.name, plan.parameter->name); });
    keep(Variable::kHeader, plan_.header, plan, transaction, present);
    if (decision = inspect(kHeader, plan); !decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::cookies(const Transaction& transaction) {
  constexpr std::string_view kCookie = "cookie";
  ParameterCheck check(worker_, kRules);
  for (const ParameterPlan& plan : plan_.cookie) {
    worker_.value = {};
    Decision decision = judge_(check.pairs(plan, worker_.cookies));
    if (!decision.allowed()) return decision;
    keep(Variable::kCookie, plan_.cookie, plan, transaction,
         worker_.value.count != 0 || !pairs_named(worker_.cookies, plan.parameter->name).empty());
    if (decision = inspect(kCookie, plan); !decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::split(std::string_view raw_query) {
  if (!split_query(raw_query, false, kMaxPairs, worker_.query, worker_.query_names)) {
    Decision decision =
        judge_(refuse(RuleId::kRequestTargetAmbiguous, "query", "has too many parameters or a malformed name"));
    if (!decision.allowed()) return decision;
  }
  if (!split_cookie_fields()) {
    Decision decision = judge_(refuse(RuleId::kRequestParameterInvalid, "cookie", "has too many cookies"));
    if (!decision.allowed()) return decision;
  }
  // Some servers take a parameter to end there.
  const auto is_reserved = [](const ParameterPlan& plan) { return plan.parameter->allow_reserved; };
  if (raw_query.find(';') != std::string_view::npos && std::ranges::none_of(plan_.query, is_reserved)) {
    Decision decision = judge_(refuse(RuleId::kRequestTargetAmbiguous, "query", "semicolon"));
    if (!decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::parameters(std::span<const contract::PathArgument> path_arguments,
                                  const Transaction& transaction) {
  const bool skips_values = inputs_ == nullptr && transaction.objects.table == nullptr &&
                            judge_.ignores(RuleId::kRequestParameterInvalid, RuleId::kRequestParameterMissing,
                                           RuleId::kRequestParameterRepeated);
  if (skips_values && judge_.ignores(RuleId::kRequestParameterUndeclared)) return {};
  if (skips_values) return query(transaction);
  if (Decision decision = path(path_arguments, transaction); !decision.allowed()) return decision;
  if (Decision decision = query(transaction); !decision.allowed()) return decision;
  if (Decision decision = headers(transaction); !decision.allowed()) return decision;
  return cookies(transaction);
}

}  // namespace portico::guard
