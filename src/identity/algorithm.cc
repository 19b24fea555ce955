#include "identity/algorithm.h"

#include <algorithm>
#include <array>

namespace portico::identity {
namespace {

constexpr std::array<std::string_view, 14> kNames = {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512",   "PS256",
                                                     "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "Ed448"};

}  // namespace

std::optional<Algorithm> algorithm_of(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Algorithm>(found - kNames.begin());
}

std::string_view name(Algorithm algorithm) { return kNames[static_cast<std::size_t>(algorithm)]; }

bool names_algorithm(std::string_view text, Algorithm algorithm) {
  const bool edwards = algorithm == Algorithm::kEd25519 || algorithm == Algorithm::kEd448;
  return text == name(algorithm) || (edwards && text == "EdDSA");
}

}  // namespace portico::identity
