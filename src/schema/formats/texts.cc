#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/text.h"
#include "base/utf8.h"
#include "schema/formats/checks.h"

namespace portico::schema {
namespace {

bool is_token_character(char c) { return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c); }
bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_character); }

template <class T>
bool is_integer_text(std::string_view text) {
  T value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return !text.empty() && error == std::errc{} && at == end;
}

bool is_base64_of(std::string_view text, char plus, char slash, bool padded) {
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return false;
  if ((padded || padding != 0) && (rest + padding) % 4 != 0) return false;
  return std::ranges::all_of(text, [&](char c) { return is_alnum(c) || c == plus || c == slash; });
}

bool is_quoted_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return false;
    if (i == text.size()) return false;
  }
  return true;
}

}  // namespace

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

bool is_relative_json_pointer(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits == 0 || (digits > 1 && text.front() == '0')) return false;
  const std::string_view rest = text.substr(digits);
  return rest == "#" || is_json_pointer(rest);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : hex_value(text[i]) < 0) return false;
  }
  return true;
}

bool is_base64(std::string_view text) { return is_base64_of(text, '+', '/', true); }
bool is_base64url(std::string_view text) { return is_base64_of(text, '-', '_', false); }

bool is_one_character(std::string_view text) {
  if (text.empty()) return false;
  std::size_t at = 0;
  next_code_point(text, at);
  return at == text.size();
}

// RFC 9110, section 12.5.1, without weight.
bool is_media_range(std::string_view text) {
  std::size_t semicolon = std::min(text.find(';'), text.size());
  const std::string_view range = trim(text.substr(0, semicolon));
  const std::size_t slash = range.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view type = range.substr(0, slash);
  const std::string_view subtype = range.substr(slash + 1);
  if (!is_token(type) || !is_token(subtype) || (type == "*" && subtype != "*")) return false;
  while (semicolon < text.size()) {
    const std::size_t start = semicolon + 1;
    semicolon = std::min(text.find(';', start), text.size());
    const std::string_view parameter = trim(text.substr(start, semicolon - start));
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || !is_token(parameter.substr(0, equals))) return false;
    const std::string_view value = parameter.substr(equals + 1);
    if (!is_token(value) && !is_quoted_string(value)) return false;
  }
  return true;
}

bool is_sf_binary(std::string_view text) {
  return text.size() >= 2 && text.front() == ':' && text.back() == ':' &&
         is_base64_of(text.substr(1, text.size() - 2), '+', '/', false);
}

bool is_sf_boolean(std::string_view text) { return text == "?0" || text == "?1"; }

bool is_sf_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() <= 15 && std::ranges::all_of(text, is_digit);
}

bool is_sf_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction = text.substr(dot + 1);
  return !whole.empty() && whole.size() <= 12 && !fraction.empty() && fraction.size() <= 3 &&
         std::ranges::all_of(whole, is_digit) && std::ranges::all_of(fraction, is_digit);
}

bool is_sf_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < ' ' || text[i] > '~' || text[i] == '"') return false;
    if (text[i] == '\\' && (++i == text.size() || (text[i] != '"' && text[i] != '\\'))) return false;
  }
  return true;
}

bool is_sf_token(std::string_view text) {
  if (text.empty() || (!is_alpha(text.front()) && text.front() != '*')) return false;
  return std::ranges::all_of(text, [](char c) { return is_token_character(c) || c == ':' || c == '/'; });
}

bool is_decimal_text(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view power = text.substr(exponent + 1);
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    if (power.empty() || !std::ranges::all_of(power, is_digit)) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  return (!whole.empty() || !fraction.empty()) && std::ranges::all_of(whole, is_digit) &&
         std::ranges::all_of(fraction, is_digit);
}

bool is_int64_text(std::string_view text) { return is_integer_text<std::int64_t>(text); }
bool is_uint64_text(std::string_view text) { return is_integer_text<std::uint64_t>(text); }

}  // namespace portico::schema
