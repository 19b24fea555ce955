#include "http/origin.h"

#include <algorithm>

#include "base/text.h"
#include "http/host.h"

namespace portico::http {
namespace {

bool is_scheme(std::string_view scheme) {
  return !scheme.empty() && is_alpha(scheme.front()) &&
         std::ranges::all_of(scheme, [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; });
}

bool has_upper_case(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Without the port where it is the scheme's own.
std::string_view short_host(std::string_view host, std::string_view scheme) {
  const std::string_view port = scheme == "https" ? ":443" : scheme == "http" ? ":80" : "";
  return !port.empty() && host.ends_with(port) ? host.substr(0, host.size() - port.size()) : host;
}

}  // namespace

bool parse_url_origin(std::string_view url, Origin& to) {
  constexpr std::string_view kSlashes = "://";
  const auto at = url.find(kSlashes);
  if (at == std::string_view::npos) return false;
  const auto rest = url.substr(at + kSlashes.size());
  to = {.scheme = url.substr(0, at), .host = rest.substr(0, rest.find_first_of("/?#"))};
  return is_scheme(to.scheme) && is_host(to.host);
}

bool parse_origin(std::string_view text, Origin& to) {
  return !has_upper_case(text) && parse_url_origin(text, to) && to.host.end() == text.end();
}

bool is_same_host(const Origin& origin, std::string_view host) {
  return equal_ignoring_case(short_host(origin.host, origin.scheme), short_host(host, origin.scheme));
}

}  // namespace portico::http
