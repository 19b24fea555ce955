// One number of JSON text onto the tape. What 64-bit integers and doubles hold is decided here, in as few steps as the
// usual number takes; what they cannot hold is left to the exact reader.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "json/tape.h"

namespace portico::json {

enum class NumberOutcome : std::uint8_t {
  kDone,
  kSyntax,
  kBeyond,  // beyond 64 bits or double's range
};

// Whether a byte may stand behind a number, `true`, `false` or `null`: white space and what stands between values.
constexpr auto kEndsValue = [] {
  std::array<bool, 256> ends{};
  for (const char c : {' ', '\t', '\n', '\r', ',', ':', '[', ']', '{', '}'}) ends[static_cast<unsigned char>(c)] = true;
  return ends;
}();

// Reads the number at `at` and writes its two words to `words`. The text must go on, or end, with a byte that belongs
// to no number: a bracket, say.
NumberOutcome parse_number(const std::uint8_t* at, std::uint64_t* words);

// The same for whole numbers of few digits without a sign, the commonest; else nothing is done and false.
inline bool parse_short_number(const std::uint8_t* at, std::uint64_t* words) {
  constexpr std::uint64_t kBase = 10;
  const std::uint8_t* first = at;
  std::uint64_t value = 0;
  for (; static_cast<std::uint8_t>(*at - '0') <= 9; ++at) value = value * kBase + static_cast<std::uint8_t>(*at - '0');
  const std::ptrdiff_t digits = at - first;
  if (!kEndsValue[*at] || digits > 18 || digits == 0 || (digits > 1 && *first == '0')) return false;
  words[0] = tape::word(tape::kInteger, 0);
  words[1] = value;
  return true;
}

}  // namespace portico::json
