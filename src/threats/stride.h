// Decides an operation against every kind of threat, and so against every class of STRIDE: a threat, mitigated by what
// contract or policy say, or not applicable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "threats/facts.h"
#include "threats/threats.h"

namespace portico::threats {

struct Judgement {
  std::uint8_t likelihood = 1;  // 1..3
  std::uint8_t impact = 1;      // 1..3
  bool mitigated = false;
  std::string subject;
  std::vector<Mitigation> mitigations;
};

// What is true of the whole API.
struct Setting {
  const contract::Contract& contract;
  const policy::Policy& policy;
  bool guarded = false;     // a policy with an upstream: the guard stands in front
  bool has_scopes = false;  // some operation names scopes
};

// Nothing when the kind does not apply to the operation.
std::optional<Judgement> judge(const Setting& setting, const Facts& facts, KindId kind);

// Why no kind of the class applies.
std::string_view reason_not_applicable(const Facts& facts, Stride stride);

}  // namespace portico::threats
