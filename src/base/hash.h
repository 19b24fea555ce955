// Hashing of short keys for tables in memory. Not cryptographic (that is OpenSSL's work), but keyed: with a secret seed
// an attacker cannot choose keys that collide.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace portico {

// The 128-bit product of two words, folded: the mixing step.
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t hash(std::string_view bytes, std::uint64_t seed = 0) {
  constexpr std::uint64_t kOdd1 = 0x9E3779B97F4A7C15U;
  constexpr std::uint64_t kOdd2 = 0xD6E8FEB86659FD93U;
  std::uint64_t state = seed ^ mix(bytes.size() ^ kOdd1, kOdd2);
  const auto take = [&](std::size_t count) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), count);
    bytes.remove_prefix(count);
    state = mix(state ^ word ^ kOdd2, kOdd1 ^ (state >> 32));
  };
  while (bytes.size() >= 8) take(8);
  if (!bytes.empty()) take(bytes.size());
  return mix(state ^ kOdd1, kOdd2);
}

}  // namespace portico
