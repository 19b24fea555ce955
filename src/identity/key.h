// One key to verify signatures with, bound to one algorithm for good: what a token's header says of its algorithm can
// only agree or be refused (RFC 8725, sections 3.1 and 3.2).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/algorithm.h"

using EVP_PKEY = struct evp_pkey_st;
using EVP_MAC_CTX = struct evp_mac_ctx_st;
using EVP_MD_CTX = struct evp_md_ctx_st;

namespace portico::identity {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const;
};
using KeyHandle = std::unique_ptr<EVP_PKEY, KeyDeleter>;
struct MacContextDeleter {
  void operator()(EVP_MAC_CTX* context) const;
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, MacContextDeleter>;
struct DigestContextDeleter {
  void operator()(EVP_MD_CTX* context) const;
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, DigestContextDeleter>;

class Key {
 public:
  // Errors (kInvalid) are what makes a key weak or no key: HMAC secrets shorter than their hash, RSA
  // moduli below 2048 bits or with a known flaw, exponents outside of FIPS 186-5, points off the curve or of small
  // order; an algorithm that the key cannot serve.
  static Result<Key> symmetric(std::string_view secret, Algorithm algorithm, std::string key_id = {});
  static Result<Key> asymmetric(KeyHandle handle, Algorithm algorithm, std::string key_id = {});

  Algorithm algorithm() const { return algorithm_; }
  const std::string& key_id() const { return key_id_; }  // empty: it has none

  // Null for a secret.
  EVP_PKEY* handle() const { return handle_.get(); }

  // `signature` as JWS has it (raw r and s for ECDSA). Thread-safe.
  bool verify(std::string_view signed_bytes, std::string_view signature) const;

 private:
  Key(Algorithm algorithm, std::string key_id) : algorithm_(algorithm), key_id_(std::move(key_id)) {}

  bool verify_mac(std::string_view signed_bytes, std::string_view signature) const;
  bool verify_digest(std::string_view signed_bytes, std::string_view signature) const;

  Algorithm algorithm_;
  std::string key_id_;
  KeyHandle handle_;
  // Prepared once and copied for each signature. One of them is set.
  MacContext mac_;
  DigestContext digest_;
};

}  // namespace portico::identity
