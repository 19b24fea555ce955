// A fresh private key, what the world may know of it, and what it signs. The other half of identity/, which only
// verifies.
#pragma once

#include <string>
#include <string_view>

#include "identity/key.h"

namespace portico::signing {

class Signer {
 public:
  explicit Signer(identity::Algorithm algorithm, std::string key_id = {});

  // With a secret of the caller's: whatever its length.
  static Signer with_secret(identity::Algorithm algorithm, std::string secret, std::string key_id = {});

  identity::Algorithm algorithm() const { return algorithm_; }
  // The public key, or the secret, as a JWK; `extra` are more members: R"("use":"sig")".
  std::string jwk(std::string_view extra = {}) const;
  std::string public_pem() const;   // empty for a secret
  std::string private_pem() const;  // empty for a secret
  const std::string& secret() const { return secret_; }

  // The signature as JWS has it.
  std::string sign(std::string_view bytes) const;
  // A token in compact serialization of exactly these two texts.
  std::string token(std::string_view header, std::string_view payload) const;
  // The same with {"alg": ..., "kid": ...} as header.
  std::string token(std::string_view payload) const;

 private:
  std::string public_members() const;

  identity::Algorithm algorithm_;
  std::string key_id_;
  identity::KeyHandle key_;
  std::string secret_;
};

std::string base64url(std::string_view bytes);

}  // namespace portico::signing
