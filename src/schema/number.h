// Exact decimal numbers, for what neither int64 nor double answers rightly: integers beyond 64 bits, multipleOf on
// decimals (19.99 is a multiple of 0.01), bounds beyond double's range.
//
// A double of the tape stands for the shortest decimal that reads back as it: the digits that were written, whenever
// no more than 17 significant ones were.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json/tape.h"

namespace portico::schema {

struct Decimal {
  static constexpr std::size_t kMaxDigits = 128;

  // digits * 10^exponent; neither leading nor trailing zeros; no digits: zero.
  bool negative = false;
  std::uint16_t count = 0;
  std::int64_t exponent = 0;
  std::array<char, kMaxDigits> digits;

  bool is_zero() const { return count == 0; }
  bool is_whole() const { return is_zero() || exponent >= 0; }
};

// False for what is no JSON number, or has more significant digits than fit.
bool parse_decimal(std::string_view literal, Decimal& out);
Decimal decimal_of(double value);
// Of a number on a tape; false only for big numbers with too many digits.
bool decimal_at(const json::TapeView& tape, std::size_t at, Decimal& out);

// Negative, zero or positive, like a - b.
int compare(const Decimal& a, const Decimal& b);

// Whether value / divisor is a whole number. A divisor of zero has no multiples. Divisors of more than 18 significant
// digits are answered as doubles.
bool is_multiple(const Decimal& value, const Decimal& divisor);

// A bound of a schema, ready to be compared with.
struct Bound {
  std::int64_t integer = 0;
  double real = 0;
  bool is_integer = false;    // `integer` holds it
  bool is_big = false;        // only the literal holds it
  std::uint32_t literal = 0;  // offset in Tables::names, as the schema writes it
  std::uint32_t literal_size = 0;
};

// Sets all but the literal's place. False for what is no JSON number.
bool make_bound(std::string_view literal, Bound& out);

// The number at `at` against the bound: negative, zero or positive.
int compare(const json::TapeView& tape, std::size_t at, const Bound& bound, std::string_view literal);

bool is_multiple(const json::TapeView& tape, std::size_t at, const Bound& divisor, std::string_view literal);

// Whether the number at `at`, a double or a big number, is whole.
bool is_whole(const json::TapeView& tape, std::size_t at);

}  // namespace portico::schema
