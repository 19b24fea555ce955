#include "json/parse_number.h"

#include <array>
#include <bit>
#include <charconv>
#include <limits>

#include "json/tape.h"

namespace portico::json {
namespace {

constexpr std::array<double, 23> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// A digit's value; more than nine for anything else.
std::uint32_t digit(std::uint8_t byte) { return static_cast<std::uint32_t>(byte) - '0'; }

NumberOutcome put(std::uint64_t* words, char type, std::uint64_t value) {
  words[0] = tape::word(type, 0);
  words[1] = value;
  return NumberOutcome::kDone;
}

// The literal from `first` to `last` is a number by the grammar.
NumberOutcome put_nearest(const std::uint8_t* first, const std::uint8_t* last, std::uint64_t* words) {
  const auto* begin = reinterpret_cast<const char*>(first);
  const auto* end = reinterpret_cast<const char*>(last);
  double value = 0;
  if (std::from_chars(begin, end, value).ec != std::errc{}) {
    // What is smaller than any double is zero; what is larger needs its digits.
    value = beyond_double({begin, end});
    if (value != 0) return NumberOutcome::kBeyond;
  }
  return put(words, tape::kDouble, std::bit_cast<std::uint64_t>(value));
}

NumberOutcome put_integer(bool negative, std::uint64_t magnitude, std::uint64_t* words) {
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (negative) {
    if (magnitude > kLargest + 1) return NumberOutcome::kBeyond;
    return put(words, tape::kInteger, ~magnitude + 1);
  }
  return put(words, magnitude > kLargest ? tape::kUnsigned : tape::kInteger, magnitude);
}

// A number with a fraction or an exponent; `at` is where that starts, behind the digits of `mantissa`.
NumberOutcome parse_real(const std::uint8_t* first, const std::uint8_t* at, std::uint64_t mantissa,
                         std::uint64_t* words) {
  const bool negative = *first == '-';
  const std::uint8_t* digits = first + (negative ? 1 : 0);
  std::int64_t exponent = 0;
  std::int64_t count = at - digits;
  if (*at == '.') {
    const std::uint8_t* fraction = ++at;
    for (; digit(*at) <= 9; ++at) mantissa = mantissa * 10 + digit(*at);
    exponent = fraction - at;
    count -= exponent;
    if (exponent == 0) return NumberOutcome::kSyntax;
  }
  if ((*at | 0x20) == 'e') {
    ++at;
    const bool minus = *at == '-';
    if (minus || *at == '+') ++at;
    if (digit(*at) > 9) return NumberOutcome::kSyntax;
    std::int64_t written = 0;
    for (; digit(*at) <= 9; ++at) {
      if (written < 100'000) written = written * 10 + digit(*at);
    }
    exponent += minus ? -written : written;
  }
  if (!kEndsValue[*at]) return NumberOutcome::kSyntax;
  // Exact when both the digits and the power of ten are doubles (W. D. Clinger, "How to read floating point numbers
  // accurately", 1990): one operation rounds once. Up to 19 digits have not run over.
  constexpr std::uint64_t kExact = UINT64_C(1) << 53;
  if (count > 19 || mantissa > kExact || exponent < -22 || exponent > 22) return put_nearest(first, at, words);
  auto value = static_cast<double>(mantissa);
  value = exponent < 0 ? value / kPowersOfTen[static_cast<std::size_t>(-exponent)]
                       : value * kPowersOfTen[static_cast<std::size_t>(exponent)];
  return put(words, tape::kDouble, std::bit_cast<std::uint64_t>(negative ? -value : value));
}

}  // namespace

NumberOutcome parse_number(const std::uint8_t* at, std::uint64_t* words) {
  const std::uint8_t* first = at;
  const bool negative = *at == '-';
  if (negative) ++at;
  const std::uint8_t* digits = at;
  std::uint64_t magnitude = 0;
  for (; digit(*at) <= 9; ++at) magnitude = magnitude * 10 + digit(*at);
  const std::ptrdiff_t count = at - digits;
  if (count == 0 || (count > 1 && *digits == '0')) return NumberOutcome::kSyntax;
  if (*at == '.' || (*at | 0x20) == 'e') return parse_real(first, at, magnitude, words);
  if (!kEndsValue[*at]) return NumberOutcome::kSyntax;
  if (count > 19) {
    const auto* begin = reinterpret_cast<const char*>(digits);
    const auto* end = reinterpret_cast<const char*>(at);
    if (std::from_chars(begin, end, magnitude).ec != std::errc{}) return NumberOutcome::kBeyond;
  }
  return put_integer(negative, magnitude, words);
}

}  // namespace portico::json
