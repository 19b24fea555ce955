// The Host field and the authority of a target (RFC 9110, section 7.2; RFC 3986, section 3.2).
#pragma once

#include <string_view>

namespace portico::http {

// Whether `text` is a host name, an IPv4 address or an IPv6 address in brackets, with or without a port. Stricter than
// RFC 3986, whose reg-name may hold nearly anything: names are letters, digits, hyphens and underscores between single
// dots (one may stand at the end), so no server can find user information, a path or an escape in it.
bool is_host(std::string_view text);

}  // namespace portico::http
