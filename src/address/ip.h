// address/ knows IP addresses: reading them, sets of networks that are looked up in nanoseconds, lists from files, and
// who a request comes from when proxies stand in between. It knows no HTTP server and no policy.
//
// IPv4 addresses are kept as their IPv4-mapped IPv6 ones (RFC 4291, section 2.5.5.2), so there is one kind of address
// and one kind of prefix length everywhere: 10.0.0.0/8 is ::ffff:10.0.0.0/104.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace portico::address {

// The 128 bits of an address as two numbers, so that addresses compare as numbers do.
struct Ip {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool is_v4() const { return high == 0 && low >> 32 == 0xffff; }
  friend constexpr auto operator<=>(const Ip&, const Ip&) = default;
};

constexpr int kV4Offset = 96;  // what an IPv4 prefix length lacks to that of the mapped address
constexpr int kAddressBits = 128;

// All addresses that share the first `length` bits of `base`, whose other bits are zero.
struct Network {
  Ip base;
  std::uint8_t length = kAddressBits;

  friend constexpr auto operator<=>(const Network&, const Network&) = default;
};

// `ip` with all bits behind the first `length` cleared, or set.
Ip first_of(Ip ip, int length);
Ip last_of(Ip ip, int length);
// A network of IPv6 never holds an IPv4 address: "::/0" is all of IPv6, as it is for a router.
bool contains(const Network& network, Ip ip);

// 4 or 16 bytes in network order; anything else gives the unspecified address "::".
Ip from_bytes(std::span<const std::uint8_t> bytes);

// Strict: dotted quads without leading zeros, or RFC 4291 text without a zone. An IPv4-mapped address is the IPv4 one.
std::optional<Ip> parse_ip(std::string_view text);

// An address, or an address with a prefix length (RFC 4632, RFC 4291). Bits behind the prefix are dropped.
std::optional<Network> parse_network(std::string_view text);

// RFC 5952; a network that is one address is written without its length.
std::string to_string(Ip ip);
std::string to_string(const Network& network);

}  // namespace portico::address
