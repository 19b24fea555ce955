// What entries are found by: 128 bits made of what is restricted, with the file's secret seed. They are not
// cryptographic, but who does not know the seed cannot make two things have one key; and two that met by chance would
// mean a caller refused in error, never one let in.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "address/ip.h"
#include "base/hash.h"
#include "state/mapping.h"

namespace portico::state {

struct Key {
  std::uint64_t tag = 0;  // never 0
  std::uint64_t rest = 0;
};

inline Key key_of(const layout::Header& header, Kind kind, std::string_view issuer, std::string_view name) {
  const auto half = [&](std::uint64_t seed) {
    return hash(name, mix(hash(issuer, seed ^ (static_cast<std::uint64_t>(kind) + 1)), seed));
  };
  const Key key{half(header.seed[0]), half(header.seed[1])};
  return {key.tag == 0 ? 1 : key.tag, key.rest};
}

inline Key key_of(const layout::Header& header, const address::Network& network) {
  const std::uint64_t words[3] = {network.base.high, network.base.low, network.length};
  return key_of(header, Kind::kAddress, {}, {reinterpret_cast<const char*>(words), sizeof(words)});
}

// An entry lies in one of two buckets, so that a bucket is full only when the table nearly is.
inline std::size_t first_bucket(const Key& key) { return key.tag & (layout::kBuckets - 1); }
inline std::size_t second_bucket(const Key& key) { return key.rest >> 20 & (layout::kBuckets - 1); }

// Of the bytes of a key set: a copy that a writer overtook is not of them.
inline std::uint64_t checksum(const layout::Header& header, std::string_view bytes) {
  return hash(bytes, header.seed[0]);
}

inline Key key_of_url(const layout::Header& header, std::string_view url) {
  const Key key{hash(url, header.seed[0]), hash(url, header.seed[1])};
  return {key.tag == 0 ? 1 : key.tag, key.rest};
}

// Which of the file's key sets belongs to `url`.
std::optional<std::size_t> find_key_set(const Mapping& mapping, std::string_view url);

}  // namespace portico::state
