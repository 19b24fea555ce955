#include <algorithm>
#include <array>

#include "base/text.h"
#include "schema/formats/checks.h"

namespace portico::schema {
namespace {

constexpr std::size_t kLongestLocalPart = 64;
constexpr std::size_t kLongestAddress = 254;

bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

constexpr auto kAtom = [] {
  std::array<bool, 256> atom{};
  for (int c = 0; c < 0x80; ++c) {
    const char letter = static_cast<char>(c);
    atom[static_cast<std::size_t>(c)] = is_alnum(letter) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(letter);
  }
  return atom;
}();

bool is_atom(char c, bool international) {
  return kAtom[static_cast<unsigned char>(c)] || (international && is_beyond_ascii(c));
}

bool is_dot_string(std::string_view text, bool international) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' ? text[i - 1] == '.' : !is_atom(text[i], international)) return false;
  }
  return true;
}

// RFC 5321, Quoted-string, quotes included.
bool is_quoted_string(std::string_view text, bool international) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      if (++i == text.size() || text[i] < ' ' || text[i] > '~') return false;
    } else if (text[i] == '"') {
      return false;
    } else if (!(text[i] >= ' ' && text[i] <= '~') && !(international && is_beyond_ascii(text[i]))) {
      return false;
    }
  }
  return true;
}

bool is_domain(std::string_view text, bool international) {
  if (text.starts_with('[') && text.ends_with(']')) {
    const std::string_view literal = text.substr(1, text.size() - 2);
    if (literal.size() > 5 && equal_ignoring_case(literal.substr(0, 5), "IPv6:")) return is_ipv6(literal.substr(5));
    return is_ipv4(literal);
  }
  return international ? is_idn_hostname(text) : is_hostname(text);
}

bool is_mailbox(std::string_view text, bool international) {
  // The last @: a quoted local part may hold others.
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > kLongestLocalPart || text.size() > kLongestAddress) return false;
  const std::string_view local = text.substr(0, at);
  const bool local_fits =
      local.front() == '"' ? is_quoted_string(local, international) : is_dot_string(local, international);
  return local_fits && is_domain(text.substr(at + 1), international);
}

}  // namespace

bool is_email(std::string_view text) { return is_mailbox(text, false); }
bool is_idn_email(std::string_view text) { return is_mailbox(text, true); }

}  // namespace portico::schema
