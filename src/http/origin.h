// Origins (RFC 6454): who a browser says is asking.
#pragma once

#include <string>
#include <string_view>

namespace portico::http {

struct Origin {
  std::string_view scheme;
  std::string_view host;  // with its port, if one is written: "app.example:8443", "[::1]:3000"

  bool operator==(const Origin&) const = default;
};

// Reads "https://app.example:8443", as browsers write it: scheme and host in lower case, nothing behind the port. False
// for anything else, "null" and an empty text among it.
bool parse_origin(std::string_view text, Origin& to);

// The origin of a URL, such as a Referer: what stands before the path.
bool parse_url_origin(std::string_view url, Origin& to);

// Whether the Host field names the same server, the scheme's own port written or not. Schemes are not compared: what
// stands behind a server that ends TLS does not know the client's.
bool is_same_host(const Origin& origin, std::string_view host);

}  // namespace portico::http
