// Who a request comes from, as proxies tell it: X-Forwarded-For, or Forwarded (RFC 7239).
//
// Each proxy appends who called it, so the list is read from its end: as long as the speaker is trusted, the next
// address is the one that it saw. What stands to the left of the first address that is not trusted is that caller's own
// word, and is not looked at.
#pragma once

#include <optional>
#include <string_view>

#include "address/ip.h"
#include "address/set.h"

namespace portico::address {

enum class ForwardedSyntax : std::uint8_t { kXForwardedFor, kForwarded };

// What one address of the list says.
struct Hop {
  enum class Kind : std::uint8_t { kAddress, kUnknown, kMalformed };
  Kind kind = Kind::kMalformed;
  Ip ip;
};

// The last element of a field's value, which is taken away from it. "1.2.3.4", "1.2.3.4:80", "[2001:db8::1]:80",
// `for="[2001:db8::1]:80";proto=https`; kUnknown for "unknown" and for names that proxies give to callers that they do
// not tell ("_hidden").
Hop take_last_hop(std::string_view& value, ForwardedSyntax syntax);

// Walks from the peer to the client, over one field line after the other, the last one first.
class ClientFinder {
 public:
  ClientFinder(Ip peer, const Set& trusted, ForwardedSyntax syntax)
      : client_(peer), trusted_(trusted), syntax_(syntax), done_(!trusted.contains(peer)) {}

  // Whether more field lines matter.
  bool wants_more() const { return !done_; }
  // False: what a trusted proxy said cannot be read.
  bool read(std::string_view line);
  Ip client() const { return client_; }

 private:
  Ip client_;
  const Set& trusted_;
  ForwardedSyntax syntax_;
  bool done_;
};

}  // namespace portico::address
