#include "schema/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace portico::schema {
namespace {

__extension__ using Wide = unsigned __int128;

// Exponents beyond this are clamped: no comparison can tell them apart from the true ones within kMaxDigits.
constexpr std::int64_t kExponentLimit = 1'000'000'000;

void trim_zeros(Decimal& d) {
  std::size_t leading = 0;
  while (leading < d.count && d.digits[leading] == '0') ++leading;
  std::copy(d.digits.begin() + static_cast<std::ptrdiff_t>(leading), d.digits.begin() + d.count, d.digits.begin());
  d.count = static_cast<std::uint16_t>(d.count - leading);
  while (d.count > 0 && d.digits[d.count - 1U] == '0') {
    --d.count;
    ++d.exponent;
  }
  if (d.count == 0) {
    d.exponent = 0;
    d.negative = false;
  }
}

Decimal decimal_of_unsigned(std::uint64_t value, bool negative) {
  Decimal d;
  d.negative = negative;
  const auto end = std::to_chars(d.digits.data(), d.digits.data() + d.digits.size(), value).ptr;
  d.count = static_cast<std::uint16_t>(end - d.digits.data());
  trim_zeros(d);
  return d;
}

Decimal decimal_of_integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? decimal_of_unsigned(0 - bits, true) : decimal_of_unsigned(bits, false);
}

// base^power mod modulus.
std::uint64_t power_mod(std::uint64_t base, std::uint64_t power, std::uint64_t modulus) {
  Wide result = 1 % modulus;
  Wide square = base % modulus;
  for (; power != 0; power >>= 1) {
    if ((power & 1) != 0) result = result * square % modulus;
    square = square * square % modulus;
  }
  return static_cast<std::uint64_t>(result);
}

int sign(bool less, bool greater) { return less ? -1 : (greater ? 1 : 0); }

}  // namespace

bool parse_decimal(std::string_view literal, Decimal& out) {
  out.negative = literal.starts_with('-');
  if (out.negative) literal.remove_prefix(1);
  out.count = 0;
  out.exponent = 0;
  bool fraction = false;
  std::size_t i = 0;
  for (; i < literal.size() && literal[i] != 'e' && literal[i] != 'E'; ++i) {
    if (literal[i] == '.') {
      fraction = true;
      continue;
    }
    if (!is_digit(literal[i])) return false;
    if (fraction) --out.exponent;
    if (out.count == 0 && literal[i] == '0') continue;
    if (out.count == Decimal::kMaxDigits) return false;
    out.digits[out.count++] = literal[i];
  }
  if (i < literal.size()) {
    std::string_view power = literal.substr(i + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), value);
    if (end != power.data() + power.size()) return false;
    if (error != std::errc{}) value = power.starts_with('-') ? -kExponentLimit : kExponentLimit;
    out.exponent += std::clamp(value, -kExponentLimit, kExponentLimit);
  }
  trim_zeros(out);
  return true;
}

Decimal decimal_of(double value) {
  std::array<char, 40> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr;
  Decimal d;
  // "inf" and "nan" do not come from JSON; should they, they are zero.
  if (!parse_decimal({text.data(), static_cast<std::size_t>(end - text.data())}, d)) d.count = 0;
  return d;
}

bool decimal_at(const json::TapeView& tape, std::size_t at, Decimal& out) {
  switch (tape.type(at)) {
    case json::tape::kInteger: out = decimal_of_integer(tape.integer(at)); return true;
    case json::tape::kUnsigned: out = decimal_of_unsigned(tape.unsigned_integer(at), false); return true;
    case json::tape::kDouble: out = decimal_of(tape.real(at)); return true;
    default: return parse_decimal(tape.text(at), out);
  }
}

int compare(const Decimal& a, const Decimal& b) {
  if (a.is_zero() || b.is_zero()) {
    const int left = a.is_zero() ? 0 : (a.negative ? -1 : 1);
    const int right = b.is_zero() ? 0 : (b.negative ? -1 : 1);
    return left - right;
  }
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  const int direction = a.negative ? -1 : 1;
  // Where the first digit stands decides, then the digits from the left.
  const std::int64_t left = a.exponent + a.count;
  const std::int64_t right = b.exponent + b.count;
  if (left != right) return left < right ? -direction : direction;
  const std::string_view x(a.digits.data(), a.count);
  const std::string_view y(b.digits.data(), b.count);
  return direction * x.compare(y);
}

bool is_multiple(const Decimal& value, const Decimal& divisor) {
  if (divisor.is_zero()) return false;
  if (value.is_zero()) return true;
  std::uint64_t d = 0;
  const char* first = divisor.digits.data();
  if (divisor.count > 18 || std::from_chars(first, first + divisor.count, d).ec != std::errc{}) {
    // No contract in the wild writes such a divisor; the nearest doubles must do.
    const auto real = [](const Decimal& x) {
      double mantissa = 0;
      std::from_chars(x.digits.data(), x.digits.data() + x.count, mantissa);
      return mantissa * std::pow(10.0, static_cast<double>(x.exponent));
    };
    return std::fmod(real(value), real(divisor)) == 0.0;
  }
  // value / divisor = digits * 10^shift / d. Below zero, ten would have to divide digits that end in no zero.
  const std::int64_t shift = value.exponent - divisor.exponent;
  if (shift < 0) return false;
  Wide rest = 0;
  for (std::size_t i = 0; i < value.count; ++i) rest = (rest * 10 + static_cast<unsigned>(value.digits[i] - '0')) % d;
  return rest * power_mod(10, static_cast<std::uint64_t>(shift), d) % d == 0;
}

bool make_bound(std::string_view literal, Bound& out) {
  const char* end = literal.data() + literal.size();
  Decimal exact;
  if (!parse_decimal(literal, exact)) {
    out.is_big = true;
    return false;
  }
  out.is_integer = false;
  if (exact.is_whole() && exact.exponent <= 18) {
    // Spellings such as 1.0 and 1e3 are whole, too.
    Wide value = 0;
    for (std::size_t i = 0; i < exact.count && i < 20; ++i) {
      value = value * 10 + static_cast<unsigned>(exact.digits[i] - '0');
    }
    for (std::int64_t i = 0; i < exact.exponent; ++i) value *= 10;
    constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (exact.count <= 19 && value <= kLargest) {
      out.integer = static_cast<std::int64_t>(static_cast<std::uint64_t>(value));
      if (exact.negative) out.integer = -out.integer;
      out.is_integer = true;
    }
  }
  const bool in_range = std::from_chars(literal.data(), end, out.real).ec == std::errc{};
  out.is_big = !out.is_integer && (!in_range || exact.is_whole());
  return true;
}

int compare(const json::TapeView& tape, std::size_t at, const Bound& bound, std::string_view literal) {
  const char type = tape.type(at);
  if (bound.is_big || type == json::tape::kBigNumber) {
    Decimal value;
    Decimal limit;
    // Too many digits to compare exactly: as doubles.
    if (!decimal_at(tape, at, value) || !parse_decimal(literal, limit)) {
      return sign(tape.real(at) < bound.real, tape.real(at) > bound.real);
    }
    return compare(value, limit);
  }
  if (type == json::tape::kInteger) {
    const std::int64_t value = tape.integer(at);
    if (bound.is_integer) return sign(value<bound.integer, value> bound.integer);
    // x87's long double holds every 64-bit integer.
    return sign(static_cast<long double>(value) < static_cast<long double>(bound.real),
                static_cast<long double>(value) > static_cast<long double>(bound.real));
  }
  const long double value = type == json::tape::kUnsigned ? static_cast<long double>(tape.unsigned_integer(at))
                                                          : static_cast<long double>(tape.real(at));
  const long double limit =
      bound.is_integer ? static_cast<long double>(bound.integer) : static_cast<long double>(bound.real);
  return sign(value<limit, value> limit);
}

bool is_multiple(const json::TapeView& tape, std::size_t at, const Bound& divisor, std::string_view literal) {
  if (divisor.is_integer && tape.type(at) == json::tape::kInteger) {
    // -1 divides everything, and INT64_MIN % -1 would trap.
    if (divisor.integer == -1 || divisor.integer == 1) return true;
    return divisor.integer != 0 && tape.integer(at) % divisor.integer == 0;
  }
  Decimal value;
  Decimal limit;
  if (!decimal_at(tape, at, value) || !parse_decimal(literal, limit)) return false;
  return is_multiple(value, limit);
}

bool is_whole(const json::TapeView& tape, std::size_t at) {
  if (tape.type(at) == json::tape::kDouble) {
    const double value = tape.real(at);
    return std::trunc(value) == value && std::isfinite(value);
  }
  Decimal value;
  return tape.type(at) == json::tape::kBigNumber && decimal_at(tape, at, value) && value.is_whole();
}

}  // namespace portico::schema
