// How long a backtracking engine may take for a pattern, whatever engine runs it here: contracts are also read by
// services that are written in other languages.
#pragma once

#include <cstdint>
#include <string_view>

namespace portico::audit {

enum class PatternRisk : std::uint8_t {
  kLinear,
  kPolynomial,   // two neighbours that repeat over common characters: ^\s*.*x$, ^\d+\d+$
  kExponential,  // a repetition inside a repetition, or alternatives that overlap inside of one: ^(a+)+$, ^(a|a)*$
  kInvalid,      // no pattern of ECMA-262
};

// Conservative towards silence: what it names slow can be made slow by a text.
PatternRisk risk_of(std::string_view pattern);

}  // namespace portico::audit
