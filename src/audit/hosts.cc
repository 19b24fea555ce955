#include "audit/hosts.h"

#include <string>

#include "base/text.h"
#include "base/uri.h"

namespace portico::audit {

bool is_loopback(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1) == "[::1]";
  host = host.substr(0, host.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  const auto parts = split(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (const auto part : parts) {
    if (!parse_uint(part)) return false;
  }
  return true;
}

bool is_plain_http(std::string_view url) {
  const Uri uri = split_uri(url);
  if (!uri.scheme || !uri.authority) return false;
  const std::string scheme = lower(*uri.scheme);
  if (scheme != "http" && scheme != "ws") return false;
  const std::string authority = lower(*uri.authority);
  const auto user = authority.rfind('@');
  return !is_loopback(user == std::string::npos ? std::string_view(authority)
                                                : std::string_view(authority).substr(user + 1));
}

}  // namespace portico::audit
