// Whether an objection refuses a message: by rule, and by operation.
#pragma once

#include <array>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "guard/guard.h"
#include "guard/rules.h"
#include "policy/policy.h"

namespace portico::guard {

using ModeTable = std::array<policy::Mode, static_cast<std::size_t>(RuleId::kCount)>;

// The modes of an operation, or of requests that are no operation's (null). Where the policy names a rule that is none,
// check_mode_rules() has said so.
ModeTable make_modes(const policy::Policy& policy, const contract::Contract& contract,
                     const contract::Operation* operation);

// Rules that `checks` names and that do not exist.
std::vector<Error> check_mode_rules(const policy::Policy& policy);

// Decides what comes of objections.
class Judge {
 public:
  Judge(const ModeTable& modes, std::vector<Decision>& reports) : modes_(&modes), reports_(&reports) {}

  // The decision, if the message is refused; else "allowed", and what is only reported is put aside.
  Decision operator()(Decision decision) const {
    if (decision.allowed()) return decision;
    const policy::Mode mode = mode_of(decision.rule);
    if (mode == policy::Mode::kBlock) return decision;
    if (mode == policy::Mode::kMonitor) report(std::move(decision));
    return {};
  }

  // Nobody wants to know: the work can be saved.
  bool ignores(RuleId rule) const { return mode_of(rule) == policy::Mode::kOff; }
  template <class... Rules>
  bool ignores(RuleId rule, Rules... rules) const {
    return ignores(rule) && ignores(rules...);
  }
  bool blocks(RuleId rule) const { return mode_of(rule) == policy::Mode::kBlock; }

 private:
  policy::Mode mode_of(RuleId rule) const { return (*modes_)[static_cast<std::size_t>(rule)]; }
  void report(Decision decision) const;

  const ModeTable* modes_;
  std::vector<Decision>* reports_;
};

}  // namespace portico::guard
