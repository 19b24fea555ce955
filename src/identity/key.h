// One key to verify signatures with, bound to one algorithm for good: what a token's header says of its algorithm can
// only agree or be refused (RFC 8725, sections 3.1 and 3.2).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/algorithm.h"

using EVP_PKEY = struct evp_pkey_st;

namespace portico::identity {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const;
};
using KeyHandle = std::unique_ptr<EVP_PKEY, KeyDeleter>;

class Key {
 public:
  // Errors (kInvalid) are what makes a key weak or no key: HMAC secrets shorter than their hash or hardly random, RSA
  // moduli below 2048 bits or with a known flaw, exponents outside of FIPS 186-5, points off the curve or of small
  // order; an algorithm that the key cannot serve.
  static Result<Key> symmetric(std::string_view secret, Algorithm algorithm, std::string key_id = {});
  static Result<Key> asymmetric(KeyHandle handle, Algorithm algorithm, std::string key_id = {});

  Algorithm algorithm() const { return algorithm_; }
  const std::string& key_id() const { return key_id_; }  // empty: it has none

  // `signature` as JWS has it (raw r and s for ECDSA). Thread-safe.
  bool verify(std::string_view signed_bytes, std::string_view signature) const;

 private:
  Key(Algorithm algorithm, std::string key_id) : algorithm_(algorithm), key_id_(std::move(key_id)) {}

  Algorithm algorithm_;
  std::string key_id_;
  KeyHandle handle_;
  std::vector<unsigned char> secret_;
};

}  // namespace portico::identity
