// Hosts and schemes of URLs, as far as transport security is concerned.
#pragma once

#include <string_view>

namespace portico::audit {

// Whether nothing leaves the machine: localhost and its subdomains (RFC 6761, section 6.3), 127.0.0.0/8, ::1. `host` is
// in lower case and may carry a port.
bool is_loopback(std::string_view host);

// An absolute http: or ws: URL to another machine than this one.
bool is_plain_http(std::string_view url);

}  // namespace portico::audit
