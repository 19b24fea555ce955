#include "event/scrub.h"

#include <algorithm>

#include "base/text.h"

namespace portico::event {
namespace {

constexpr std::string_view kMask = "***";
// Identifiers (UUIDs have 36 characters) stay readable: enumeration is seen by them. What is longer and random is more
// likely a token.
constexpr std::size_t kLongestIdentifier = 40;

bool looks_like_email(std::string_view text) {
  auto at = text.find('@');
  std::size_t after = 1;
  if (at == std::string_view::npos) {
    const auto encoded = std::ranges::search(text, std::string_view("%40"));
    if (encoded.empty()) return false;
    at = static_cast<std::size_t>(encoded.begin() - text.begin());
    after = 3;
  }
  return at > 0 && text.find('.', at + after) != std::string_view::npos;
}

bool looks_like_jwt(std::string_view text) { return text.starts_with("eyJ") && std::ranges::count(text, '.') == 2; }

// The Luhn check (ISO/IEC 7812-1) over 13 to 19 digits.
bool looks_like_card(std::string_view digits) {
  if (digits.size() < 13 || digits.size() > 19) return false;
  int sum = 0;
  bool twice = false;
  for (auto i = digits.size(); i-- > 0; twice = !twice) {
    int value = digits[i] - '0';
    if (twice) value *= 2;
    if (value > 9) value -= 9;
    sum += value;
  }
  return sum % 10 == 0;
}

bool looks_like_telephone(std::string_view text) {
  return (text.starts_with('+') || text.starts_with("%2B") || text.starts_with("%2b")) &&
         std::ranges::count_if(text, is_digit) >= 9;
}

bool looks_like_token(std::string_view text) {
  if (text.size() <= kLongestIdentifier) return false;
  const auto alnum = static_cast<std::size_t>(std::ranges::count_if(text, is_alnum));
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(text, is_digit));
  // Slugs of words have few digits.
  return alnum * 10 >= text.size() * 8 && digits * 12 >= text.size();
}

bool is_sensitive(std::string_view text) {
  if (text.size() < 6) return false;
  if (looks_like_email(text) || looks_like_jwt(text) || looks_like_telephone(text)) return true;
  std::string digits;
  for (const char c : text) {
    if (is_digit(c))
      digits += c;
    else if (c != '-')
      return looks_like_token(text);
  }
  return looks_like_card(digits);
}

void append_scrubbed(std::string& out, std::string_view text, char separator, std::size_t limit) {
  const bool cut = text.size() > limit;
  text = text.substr(0, limit);
  for (bool first = true;; first = false) {
    const auto end = text.find(separator);
    const auto part = text.substr(0, end);
    if (!first) out += separator;
    if (is_sensitive(part))
      out += kMask;
    else
      out += part;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (cut) out += "...";
}

}  // namespace

void append_scrubbed_path(std::string& out, std::string_view path, std::size_t limit) {
  append_scrubbed(out, path, '/', limit);
}

void append_scrubbed_text(std::string& out, std::string_view text, std::size_t limit) {
  append_scrubbed(out, text, ' ', limit);
}

}  // namespace portico::event
