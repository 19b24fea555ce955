#include "repair/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "json/writer.h"

namespace portico::repair {
namespace {

constexpr bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t code_points(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, is_continuation));
}

// The end of the text that holds `count` code points.
std::string_view last_code_points(std::string_view text, std::size_t count) {
  std::size_t at = text.size();
  while (at > 0 && count > 0) {
    if (!is_continuation(text[--at])) --count;
  }
  return text.substr(at);
}

void append_shape(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (is_continuation(c)) continue;
    const bool letter = is_alpha(c) || (static_cast<unsigned char>(c) & 0x80) != 0;
    if (letter) {
      out += 'x';
    } else if (is_digit(c)) {
      out += '0';
    } else if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else {
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  out += '"';
}

}  // namespace

void append_masked(std::string& out, std::string_view text, const Action& action) {
  switch (action.mask) {
    case Action::Mask::kText: json::append_string(out, action.text); return;
    case Action::Mask::kShape: append_shape(out, text); return;
    case Action::Mask::kLast: break;
  }
  const std::size_t length = code_points(text);
  const std::size_t kept = length < 2 * std::size_t{action.keep} ? 0 : action.keep;
  // Always as many stars: a length is something, too.
  constexpr std::string_view kStars = "****";
  std::array<char, std::size_t{4} * 256 + kStars.size()> buffer;
  const std::string_view end = last_code_points(text, kept);
  std::size_t size = kStars.copy(buffer.data(), kStars.size());
  size += end.copy(buffer.data() + size, buffer.size() - size);
  json::append_string(out, {buffer.data(), size});
}

bool is_number(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - from;
  };
  const bool zero = i < text.size() && text[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

bool append_rounded(std::string& out, std::string_view literal, int decimals) {
  const bool whole = literal.find_first_of(".eE") == std::string_view::npos;
  if (whole && decimals >= 0) {
    out += literal;
    return true;
  }
  double value = 0;
  const auto read = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (read.ec != std::errc() || !std::isfinite(value)) return false;
  if (decimals < 0) {
    const double unit = std::pow(10.0, -decimals);
    value = std::nearbyint(value / unit) * unit;
  }
  // The largest double has 309 digits.
  std::array<char, 400> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed,
                                     decimals < 0 ? 0 : decimals);
  if (written.ec != std::errc()) return false;
  std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  if (text.find('.') != std::string_view::npos) {
    while (text.ends_with('0')) text.remove_suffix(1);
    if (text.ends_with('.')) text.remove_suffix(1);
  }
  out += text == "-0" ? "0" : text;
  return true;
}

}  // namespace portico::repair
