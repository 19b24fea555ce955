// The value of one parameter, from its raw text to what its schema accepts: for the parameters of requests, and for the
// header fields that answers declare.
#pragma once

#include <span>
#include <string_view>

#include "guard/checks.h"
#include "guard/guard.h"
#include "guard/pairs.h"
#include "guard/plan.h"

namespace portico::guard {

struct ParameterRules {
  RuleId missing;
  RuleId invalid;
  RuleId repeated;
};

// What is accepted becomes the worker's `value`. Cheap to make. Does not allocate for what is allowed.
class ParameterCheck {
 public:
  ParameterCheck(Worker::State& worker, const ParameterRules& rules) : worker_(worker), rules_(rules) {}

  Decision absent(const ParameterPlan& plan) const;
  Decision text(const ParameterPlan& plan, std::string_view raw);
  // Marks the pairs that it takes.
  Decision pairs(const ParameterPlan& plan, std::span<Pair> pairs);
  // The lines of the name among a message's fields; several are one list (RFC 9110, section 5.3).
  Decision field(const ParameterPlan& plan, std::span<const HeaderField> fields);

 private:
  Decision refusal(const ParameterPlan& plan, Decoded decoded) const;
  template <class Decode>
  Decision styled(const ParameterPlan& plan, const Decode& decode);
  Decision document(const ParameterPlan& plan, std::string_view raw);

  Worker::State& worker_;
  ParameterRules rules_;
};

}  // namespace portico::guard
