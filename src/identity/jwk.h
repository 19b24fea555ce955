// One JSON Web Key (RFC 7517; RFC 7518, section 6; RFC 8037) as a Key.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "base/result.h"
#include "identity/key.h"
#include "json/tree.h"

namespace portico::identity {

// Why a key is none of ours, and no mistake: "it is for encryption".
struct Unusable {
  std::string why;
};

struct ReadKey {
  std::variant<Key, Unusable> key;
  bool has_private_part = false;
};

// `allowed`: the algorithms that the configuration lets in; empty: all. Errors have no place: the caller knows it.
Result<ReadKey> read_jwk(const json::Node& jwk, std::span<const Algorithm> allowed);

// The one algorithm for a key without `alg`: its curve's, or the only one of `allowed` that fits. An Error when that
// leaves several, nothing when none is allowed.
Result<std::optional<Algorithm>> algorithm_for(EVP_PKEY* key, std::span<const Algorithm> allowed);

// Key::symmetric() for a secret that somebody configured: refuses those that are not random.
Result<Key> configured_secret(std::string_view secret, Algorithm algorithm, std::string key_id);

// The thumbprint of a public key (RFC 7638), base64url; empty for a key that has none.
std::string thumbprint(const json::Node& jwk);

}  // namespace portico::identity
