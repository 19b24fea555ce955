#include "yaml/scalar.h"

#include <charconv>

#include "base/text.h"

namespace portico::yaml {
namespace {

using json::Kind;

std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - from;
}

// 0o17 and 0x1F. Beyond 64 bits there is no literal to give, and the text stays a string.
Scalar resolve_radix(std::string_view text, std::string& buffer) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, text[1] == 'x' ? 16 : 8);
  if (error != std::errc{} || end != text.data() + text.size()) return {Kind::kString, text};
  buffer = std::to_string(value);
  return {Kind::kNumber, buffer};
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
Scalar resolve_decimal(std::string_view text, std::string& buffer) {
  std::size_t at = text.front() == '-' || text.front() == '+' ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  std::string_view integer = text.substr(at, whole);
  at += whole;
  std::string_view fraction;
  bool point = false;
  if (at < text.size() && text[at] == '.') {
    point = true;
    fraction = text.substr(at + 1, digits_at(text, at + 1));
    at += 1 + fraction.size();
  }
  if (integer.empty() && fraction.empty()) return {Kind::kString, text};
  std::string_view exponent;
  if (at < text.size() && to_lower(text[at]) == 'e') {
    const std::size_t sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+') ? 1 : 0;
    const std::size_t digits = digits_at(text, at + 1 + sign);
    if (digits == 0) return {Kind::kString, text};
    exponent = text.substr(at, 1 + sign + digits);
    at += exponent.size();
  }
  if (at != text.size()) return {Kind::kString, text};
  const bool leading_zeros = integer.size() > 1 && integer.front() == '0';
  const bool is_json = text.front() != '+' && !integer.empty() && !leading_zeros && point == !fraction.empty();
  if (is_json) return {Kind::kNumber, text};
  while (integer.size() > 1 && integer.front() == '0') integer.remove_prefix(1);
  buffer.clear();
  if (text.front() == '-') buffer += '-';
  buffer += integer.empty() ? "0" : integer;
  if (point) (buffer += '.') += fraction.empty() ? "0" : fraction;
  buffer += exponent;
  return {Kind::kNumber, buffer};
}

bool is_one_of(std::string_view text, std::string_view lower, std::string_view title, std::string_view upper) {
  return text == lower || text == title || text == upper;
}

}  // namespace

Scalar resolve_plain(std::string_view text, std::string& buffer) {
  if (text.empty()) return {Kind::kNull, "null"};
  switch (text.front()) {
    case '~':
      if (text.size() == 1) return {Kind::kNull, "null"};
      break;
    case 'n':
    case 'N':
      if (is_one_of(text, "null", "Null", "NULL")) return {Kind::kNull, "null"};
      break;
    case 't':
    case 'T':
      if (is_one_of(text, "true", "True", "TRUE")) return {Kind::kBoolean, "true"};
      break;
    case 'f':
    case 'F':
      if (is_one_of(text, "false", "False", "FALSE")) return {Kind::kBoolean, "false"};
      break;
    case '0':
      if (text.size() > 2 && (text[1] == 'o' || text[1] == 'x')) return resolve_radix(text, buffer);
      return resolve_decimal(text, buffer);
    default:
      if (is_digit(text.front()) || text.front() == '-' || text.front() == '+' || text.front() == '.') {
        return resolve_decimal(text, buffer);
      }
  }
  return {Kind::kString, text};
}

}  // namespace portico::yaml
