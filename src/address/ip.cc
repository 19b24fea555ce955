#include "address/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/text.h"

namespace portico::address {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

std::uint64_t big_endian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof(value));
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

Bytes bytes_of(Ip ip) {
  Bytes bytes;
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(ip.high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(ip.low >> (56 - 8 * i));
  }
  return bytes;
}

// The bits behind the first `length`, of each half.
Ip host_mask(int length) {
  const auto ones_behind = [](int bits) {
    return bits <= 0 ? ~std::uint64_t{0} : bits >= 64 ? 0 : ~std::uint64_t{0} >> bits;
  };
  return {ones_behind(length), ones_behind(length - 64)};
}

}  // namespace

Ip first_of(Ip ip, int length) {
  const Ip mask = host_mask(length);
  return {ip.high & ~mask.high, ip.low & ~mask.low};
}

Ip last_of(Ip ip, int length) {
  const Ip mask = host_mask(length);
  return {ip.high | mask.high, ip.low | mask.low};
}

bool contains(const Network& network, Ip ip) {
  if (ip.is_v4() && network.length < kV4Offset) return false;
  return first_of(ip, network.length) == network.base;
}

Ip from_bytes(std::span<const std::uint8_t> bytes) {
  if (bytes.size() == 16) return {big_endian(bytes.data()), big_endian(bytes.data() + 8)};
  if (bytes.size() != 4) return {};
  std::uint64_t low = 0xffff;
  for (const auto byte : bytes) low = low << 8 | byte;
  return {0, low};
}

std::optional<Ip> parse_ip(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.empty() || text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::ranges::copy(text, buffer.begin());
  Bytes bytes;
  if (::inet_pton(AF_INET, buffer.data(), bytes.data()) == 1) return from_bytes(std::span(bytes).first(4));
  if (::inet_pton(AF_INET6, buffer.data(), bytes.data()) == 1) return from_bytes(bytes);
  return std::nullopt;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto ip = parse_ip(text.substr(0, slash));
  if (!ip) return std::nullopt;
  if (slash == std::string_view::npos) return Network{*ip, kAddressBits};
  const std::string_view digits = text.substr(slash + 1);
  const auto length = digits.size() <= 3 ? parse_uint(digits) : std::nullopt;
  // "::ffff:10.0.0.0/104" counts 128 bits, "10.0.0.0/8" counts 32.
  const bool dotted_only = text.substr(0, slash).find(':') == std::string_view::npos;
  if (!length || *length > (dotted_only ? 32U : 128U)) return std::nullopt;
  const int bits = static_cast<int>(*length) + (dotted_only ? kV4Offset : 0);
  return Network{first_of(*ip, bits), static_cast<std::uint8_t>(bits)};
}

std::string to_string(Ip ip) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const Bytes bytes = bytes_of(ip);
  if (ip.is_v4()) {
    ::inet_ntop(AF_INET, bytes.data() + 12, text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  }
  return text.data();
}

std::string to_string(const Network& network) {
  if (network.length == kAddressBits) return to_string(network.base);
  const bool v4 = network.base.is_v4() && network.length >= kV4Offset;
  return to_string(network.base) + '/' + std::to_string(network.length - (v4 ? kV4Offset : 0));
}

}  // namespace portico::address
