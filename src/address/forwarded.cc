#include "address/forwarded.h"

#include <algorithm>

#include "base/text.h"

namespace portico::address {
namespace {

bool is_port(std::string_view text) { return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit); }

// RFC 7239, section 6.3: "_" and more, which names a caller without telling its address.
bool is_obfuscated(std::string_view text) {
  return text.size() > 1 && text.front() == '_' &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-'; });
}

// An address with or without a port. IPv6 with a port is in brackets.
Hop parse_node(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return {};
    const std::string_view port = text.substr(close + 1);
    if (!port.empty() && (port.front() != ':' || !is_port(port.substr(1)))) return {};
    const auto ip = parse_ip(text.substr(1, close - 1));
    return ip ? Hop{Hop::Kind::kAddress, *ip} : Hop{};
  }
  if (const auto ip = parse_ip(text)) return {Hop::Kind::kAddress, *ip};
  const auto colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (!is_port(port) && !is_obfuscated(port)) return {};
  }
  if (equal_ignoring_case(host, "unknown") || is_obfuscated(host)) return {Hop::Kind::kUnknown, {}};
  const auto ip = parse_ip(host);
  return ip && ip->is_v4() ? Hop{Hop::Kind::kAddress, *ip} : Hop{};
}

// Where the last element of a list begins. Commas in quoted strings do not count; a quote that is never closed makes
// all of it one element.
std::size_t last_element(std::string_view value, char separator) {
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '"') quoted = !quoted;
    if (quoted && value[i] == '\\') ++i;
    if (!quoted && value[i] == separator) begin = i + 1;
  }
  return begin;
}

// `for="[2001:db8::1]";proto=https`
Hop parse_element(std::string_view element) {
  Hop hop{Hop::Kind::kUnknown, {}};  // an element need not say "for"
  bool seen = false;
  for (;;) {
    const std::size_t begin = last_element(element, ';');
    const std::string_view pair = trim(element.substr(begin));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) return {};
    if (equal_ignoring_case(pair.substr(0, equals), "for")) {
      if (seen) return {};
      seen = true;
      std::string_view node = pair.substr(equals + 1);
      if (node.size() >= 2 && node.front() == '"' && node.back() == '"') {
        node = node.substr(1, node.size() - 2);
      } else if (node.find_first_of("\":[") != std::string_view::npos) {
        return {};  // what is no token must be quoted
      }
      hop = parse_node(node);
    }
    if (begin == 0) return hop;
    element = element.substr(0, begin - 1);
  }
}

}  // namespace

Hop take_last_hop(std::string_view& value, ForwardedSyntax syntax) {
  const bool has_quotes = syntax == ForwardedSyntax::kForwarded;
  const auto comma = value.rfind(',');
  const std::size_t begin = has_quotes ? last_element(value, ',') : comma == std::string_view::npos ? 0 : comma + 1;
  const std::string_view element = trim(value.substr(begin));
  value = value.substr(0, begin == 0 ? 0 : begin - 1);
  return has_quotes ? parse_element(element) : parse_node(element);
}

bool ClientFinder::read(std::string_view line) {
  line = trim(line);
  while (!done_ && !line.empty()) {
    const Hop hop = take_last_hop(line, syntax_);
    if (hop.kind == Hop::Kind::kMalformed) return false;
    // Who is not told stays unknown: the proxy that does not tell is the last that is known.
    done_ = hop.kind == Hop::Kind::kUnknown || !trusted_.contains(hop.ip);
    if (hop.kind == Hop::Kind::kAddress) client_ = hop.ip;
  }
  return true;
}

}  // namespace portico::address
