#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "schema/formats/checks.h"

namespace portico::schema {
namespace {

bool is_unreserved(char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~'; }
bool is_sub_delimiter(char c) { return std::string_view("!$&'()*+,;=").contains(c); }

// RFC 3987: ucschar, and iprivate in queries.
bool is_ucs(char32_t c, bool is_private) {
  if (c >= 0xa0 && c <= 0xd7ff) return true;
  if ((c >= 0xf900 && c <= 0xfdcf) || (c >= 0xfdf0 && c <= 0xffef)) return true;
  if (c >= 0x10000 && c <= 0xdfffd) return (c & 0xffff) <= 0xfffd;
  if (c >= 0xe1000 && c <= 0xefffd) return true;
  if (!is_private) return false;
  return (c >= 0xe000 && c <= 0xf8ff) || (c >= 0xf0000 && (c & 0xffff) <= 0xfffd);
}

struct Kind {
  bool international;
};

// Unreserved, sub-delimiters, escapes, and what `more` lists.
bool consists_of(std::string_view text, std::string_view more, Kind kind, bool is_private = false) {
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_unreserved(c) || is_sub_delimiter(c) || more.contains(c)) {
      ++at;
    } else if (c == '%') {
      if (at + 2 >= text.size() || hex_value(text[at + 1]) < 0 || hex_value(text[at + 2]) < 0) return false;
      at += 3;
    } else if (kind.international && static_cast<unsigned char>(c) >= 0x80) {
      if (!is_ucs(next_code_point(text, at), is_private)) return false;
    } else {
      return false;
    }
  }
  return true;
}

bool is_ip_future(std::string_view text) {
  if (text.size() < 4 || to_lower(text.front()) != 'v') return false;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
  const std::string_view version = text.substr(1, dot - 1);
  const std::string_view rest = text.substr(dot + 1);
  return std::ranges::all_of(version, [](char c) { return hex_value(c) >= 0; }) &&
         std::ranges::all_of(rest, [](char c) { return is_unreserved(c) || is_sub_delimiter(c) || c == ':'; });
}

bool is_authority(std::string_view text, Kind kind) {
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    if (!consists_of(text.substr(0, at), ":", kind)) return false;
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    const std::string_view literal = text.substr(1, end - 1);
    if (!is_ipv6(literal) && !is_ip_future(literal)) return false;
    text.remove_prefix(end + 1);
    if (!text.empty() && text.front() != ':') return false;
    port = text.empty() ? text : text.substr(1);
  } else {
    const std::size_t colon = text.find(':');
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (!consists_of(text.substr(0, colon), "", kind)) return false;
  }
  return std::ranges::all_of(port, is_digit);
}

// What follows the scheme, or a relative reference (whose first segment must not look like a scheme).
bool is_rest(std::string_view text, Kind kind, bool relative) {
  if (const std::size_t mark = text.find('#'); mark != std::string_view::npos) {
    if (!consists_of(text.substr(mark + 1), ":@/?", kind)) return false;
    text = text.substr(0, mark);
  }
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    if (!consists_of(text.substr(mark + 1), ":@/?", kind, true)) return false;
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::size_t end = std::min(text.find('/'), text.size());
    if (!is_authority(text.substr(0, end), kind)) return false;
    text.remove_prefix(end);
  } else if (relative && text.substr(0, text.find('/')).contains(':')) {
    return false;
  }
  return consists_of(text, ":@/", kind);
}

bool has_scheme(std::string_view text, std::size_t& end) {
  end = text.find(':');
  if (end == std::string_view::npos || end == 0 || !is_alpha(text.front())) return false;
  return std::ranges::all_of(text.substr(0, end),
                             [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; });
}

bool is_absolute(std::string_view text, Kind kind) {
  std::size_t end = 0;
  return has_scheme(text, end) && is_rest(text.substr(end + 1), kind, false);
}

bool is_varname(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.back() == '.' || name.contains("..")) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%') {
      if (i + 2 >= name.size() || hex_value(name[i + 1]) < 0 || hex_value(name[i + 2]) < 0) return false;
      i += 2;
    } else if (!is_alnum(name[i]) && name[i] != '_' && name[i] != '.') {
      return false;
    }
  }
  return true;
}

// RFC 6570, section 2.3, without braces.
bool is_expression(std::string_view text) {
  if (!text.empty() && std::string_view("+#./;?&=,!@|").contains(text.front())) text.remove_prefix(1);
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view variable = text.substr(0, comma);
    if (variable.ends_with('*')) {
      variable.remove_suffix(1);
    } else if (const std::size_t colon = variable.find(':'); colon != std::string_view::npos) {
      const std::string_view length = variable.substr(colon + 1);
      if (length.empty() || length.size() > 4 || length.front() == '0' || !std::ranges::all_of(length, is_digit)) {
        return false;
      }
      variable = variable.substr(0, colon);
    }
    if (!is_varname(variable)) return false;
    if (comma == text.size()) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_uri(std::string_view text) { return is_absolute(text, {false}); }
bool is_iri(std::string_view text) { return is_absolute(text, {true}); }
bool is_uri_reference(std::string_view text) { return is_uri(text) || is_rest(text, {false}, true); }
bool is_iri_reference(std::string_view text) { return is_iri(text) || is_rest(text, {true}, true); }

bool is_uri_template(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '{') {
      const std::size_t end = text.find('}', at);
      if (end == std::string_view::npos || !is_expression(text.substr(at + 1, end - at - 1))) return false;
      at = end + 1;
    } else if (c == '%') {
      if (at + 2 >= text.size() || hex_value(text[at + 1]) < 0 || hex_value(text[at + 2]) < 0) return false;
      at += 3;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      if (!is_ucs(next_code_point(text, at), true)) return false;
    } else if (c <= ' ' || c == 0x7f || std::string_view("\"<>\\^`|}").contains(c)) {
      return false;
    } else {
      ++at;
    }
  }
  return true;
}

}  // namespace portico::schema
