#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/utf8.h"
#include "schema/formats/checks.h"

namespace portico::schema {
namespace {

constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestName = 253;

constexpr auto kInLabel = [] {
  std::array<bool, 256> in_label{};
  for (int c = 0; c < 0x80; ++c) {
    const char letter = static_cast<char>(c);
    in_label[static_cast<std::size_t>(c)] = is_alnum(letter) || letter == '-';
  }
  return in_label;
}();

bool is_plain_label(std::string_view label) {
  if (label.empty() || label.size() > kLongestLabel || label.front() == '-' || label.back() == '-') return false;
  // To the end in any case: labels are short, and nearly all are good.
  bool good = true;
  for (const char c : label) good &= kInLabel[static_cast<unsigned char>(c)];
  return good;
}

bool is_label(std::string_view label) {
  if (!is_plain_label(label)) return false;
  if (label.size() < 4 || label.substr(2, 2) != "--") return true;
  // RFC 5891, section 4.2.3.1: hyphens there mean an encoding, and only one is known.
  return equal_ignoring_case(label.substr(0, 2), "xn") && is_a_label(label.substr(4));
}

template <class IsLabel>
bool is_name(std::string_view text, IsLabel is_valid) {
  if (text.empty() || text.size() > kLongestName) return false;
  std::size_t start = 0;
  while (true) {
    const std::size_t dot = std::min(text.find('.', start), text.size());
    if (!is_valid(text.substr(start, dot - start))) return false;
    if (dot == text.size()) return true;
    start = dot + 1;
  }
}

// The dots of RFC 3490, section 3.1.
bool is_dot(char32_t c) { return c == U'.' || c == U'\u3002' || c == U'\uff0e' || c == U'\uff61'; }

}  // namespace

bool is_ipv4(std::string_view text) {
  int parts = 0;
  while (true) {
    std::size_t digits = 0;
    int value = 0;
    while (digits < text.size() && is_digit(text[digits]) && digits < 4) value = value * 10 + (text[digits++] - '0');
    // A leading zero is octal for some readers.
    if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text.front() == '0')) return false;
    text.remove_prefix(digits);
    ++parts;
    if (parts == 4) return text.empty();
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
  }
}

bool is_ipv6(std::string_view text) {
  int groups = 0;
  bool gap = false;
  if (text.starts_with("::")) {
    gap = true;
    text.remove_prefix(2);
    if (text.empty()) return true;
  }
  while (true) {
    std::size_t digits = 0;
    while (digits < text.size() && hex_value(text[digits]) >= 0) ++digits;
    if (digits < text.size() && text[digits] == '.') return is_ipv4(text) && (gap ? groups <= 5 : groups == 6);
    if (digits == 0 || digits > 4) return false;
    if (++groups > 8) return false;
    text.remove_prefix(digits);
    if (text.empty()) return gap ? groups <= 7 : groups == 8;
    if (text.starts_with("::")) {
      if (gap) return false;
      gap = true;
      text.remove_prefix(2);
      if (text.empty()) return groups <= 7;
    } else if (text.starts_with(':')) {
      text.remove_prefix(1);
    } else {
      return false;
    }
  }
}

bool is_hostname(std::string_view text) { return is_name(text, is_label); }
bool is_rfc1123_hostname(std::string_view text) { return is_name(text, is_plain_label); }

bool is_idn_hostname(std::string_view text) {
  if (text.empty() || text.size() > 4 * kLongestName) return false;
  std::size_t label = 0;
  std::size_t size = 0;
  bool right_to_left = false;
  bool bidi_fits = true;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t here = at;
    const bool end = at == text.size();
    if (!end && !is_dot(next_code_point(text, at))) continue;
    const std::string_view part = text.substr(label, here - label);
    const bool ascii = std::ranges::all_of(part, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    const std::size_t label_size = ascii ? (is_label(part) ? part.size() : 0) : u_label_size(part);
    size += label_size + (size > 0 ? 1 : 0);
    if (label_size == 0 || size > kLongestName) return false;
    right_to_left = right_to_left || (!ascii && is_right_to_left_label(part));
    bidi_fits = bidi_fits && fits_bidi_rule(part);
    if (end) return !right_to_left || bidi_fits;
    label = at;
  }
  return false;
}

}  // namespace portico::schema
