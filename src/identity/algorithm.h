// The signature algorithms of JOSE (RFC 7518, section 3; RFC 8037; RFC 9864). There is no "none".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace portico::identity {

enum class Algorithm : std::uint8_t {
  kHs256,
  kHs384,
  kHs512,
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512,
  kEs256,
  kEs384,
  kEs512,
  kEd25519,
  kEd448,
};

// "ES256". Exact, letter case included; "EdDSA" names no algorithm but a family (RFC 9864), see names_algorithm().
std::optional<Algorithm> algorithm_of(std::string_view name);
std::string_view name(Algorithm algorithm);

// Whether a header or a key may call `algorithm` so: by its own name, and Ed25519 and Ed448 also by "EdDSA".
bool names_algorithm(std::string_view name, Algorithm algorithm);

constexpr bool is_symmetric(Algorithm algorithm) { return algorithm <= Algorithm::kHs512; }

}  // namespace portico::identity
