// Whether a regular expression bounds the length of what it matches.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace portico::audit {

// True when every match of the ECMA-262 pattern is the whole value and of bounded length: anchored at both ends, and no
// `*`, `+` or `{n,}`. Conservative: says false for anything it would have to think about (alternatives outside of
// groups, back references).
//   ^[A-Z]{2}\d{1,8}$  true        [A-Z]{2}  false (not anchored)        ^[a-z]+$  false        ^a|b$  false
bool bounds_length(std::string_view pattern);

// True for an anchored pattern that matches nothing but decimal digits, of any number: ^\d{8}$, ^[0-9]+$.
bool matches_digits_only(std::string_view pattern);

struct LengthRange {
  std::uint64_t least;
  std::uint64_t most;
};

// The lengths, in characters, that matches of an anchored pattern of plain sets can have: 8 to 8 for ^[0-9]{8}$.
// Nothing where it is not of that simple form.
std::optional<LengthRange> length_range(std::string_view pattern);

}  // namespace portico::audit
