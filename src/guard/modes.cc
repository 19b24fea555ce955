#include "guard/modes.h"

#include <algorithm>

#include "base/text.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

bool is_of(std::string_view rule, policy::Direction direction) {
  switch (direction) {
    case policy::Direction::kBoth: return true;
    case policy::Direction::kRequest: return rule.starts_with("request-");
    case policy::Direction::kResponse: return rule.starts_with("response-");
  }
  return true;
}

bool is_about(const policy::CheckMode& check, std::string_view rule) {
  if (!is_of(rule, check.direction)) return false;
  return check.rules.empty() || std::ranges::find(check.rules, rule, &policy::Text::text) != check.rules.end();
}

bool is_about(const policy::CheckMode& check, const contract::Contract& contract,
              const contract::Operation* operation) {
  if (check.operations.empty() || policy::selects_all(check.operations)) return true;
  return operation != nullptr && policy::selects(check.operations, contract, *operation);
}

}  // namespace

ModeTable make_modes(const policy::Policy& policy, const contract::Contract& contract,
                     const contract::Operation* operation) {
  ModeTable modes;
  modes.fill(policy.mode);
  for (const policy::CheckMode& check : policy.checks) {
    if (!is_about(check, contract, operation)) continue;
    for (std::size_t i = 0; i < modes.size(); ++i) {
      if (is_about(check, rule(static_cast<RuleId>(i)).id)) modes[i] = check.mode;
    }
  }
  if (!policy.only_reports) return modes;
  std::ranges::replace(modes, policy::Mode::kBlock, policy::Mode::kMonitor);
  return modes;
}

std::vector<Error> check_mode_rules(const policy::Policy& policy) {
  std::vector<std::string_view> ids;
  for (const Rule& rule : rules()) {
    if (is_of(rule.id, policy::Direction::kRequest) || is_of(rule.id, policy::Direction::kResponse)) {
      ids.push_back(rule.id);
    }
  }
  std::vector<Error> problems;
  for (const policy::CheckMode& check : policy.checks) {
    for (const policy::Text& named : check.rules) {
      if (std::ranges::find(ids, named.text) != ids.end()) continue;
      const auto near = nearest(named.text, ids);
      problems.push_back({.message = "there is no rule \"" + printable(named.text) + '"',
                          .place = named.place,
                          .remedy = near ? "Did you mean \"" + std::string(*near) + "\"?" : ""});
    }
  }
  return problems;
}

void Judge::report(Decision decision) const {
  decision.reported = true;
  reports_->push_back(std::move(decision));
}

}  // namespace portico::guard
