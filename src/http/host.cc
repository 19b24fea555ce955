#include "http/host.h"

#include <algorithm>

#include "base/text.h"

namespace portico::http {
namespace {

constexpr std::size_t kLongestName = 255;

bool is_name(std::string_view name) {
  char before = '.';
  for (const char c : name) {
    if (c == '.' ? before == '.' : !is_alnum(c) && c != '-' && c != '_') return false;
    before = c;
  }
  return !name.empty() && name.size() <= kLongestName;
}

bool is_literal(std::string_view address) {
  return address.size() >= 2 && address.find(':') != std::string_view::npos &&
         std::ranges::all_of(address, [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
}

bool is_port(std::string_view port) {
  constexpr std::uint64_t kHighestPort = 65535;
  return port.size() <= 5 && parse_uint(port).value_or(kHighestPort + 1) <= kHighestPort;
}

}  // namespace

bool is_host(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_literal(text.substr(1, end - 1))) return false;
    const auto rest = text.substr(end + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const auto colon = text.find(':');
  return is_name(text.substr(0, colon)) && (colon == std::string_view::npos || is_port(text.substr(colon + 1)));
}

}  // namespace portico::http
