// identity/ answers one question: who is the caller? It verifies what a request presents and gives an Identity:
//
//   token_verifier.h   signed tokens (JWT, RFC 7519) by the rules of RFC 8725 and its revision
//   api_keys.h         keys that an API handed out, kept as salted hashes
//   certificate.h      client certificates that TLS has verified, and tokens bound to them (RFC 8705)
//   dpop.h             tokens bound to a key of the caller's (RFC 9449)
//   key_set.h, jws.h   what tokens are verified with: JSON Web Keys and signatures (RFC 7515, 7517, 7518, 8037, 9864)
//   revocation.h       what a verified credential must still be asked
//   replay_window.h    one-time ids, remembered by all workers
//
// It knows neither nginx nor the policy: it takes option structs. All cryptography is OpenSSL's. A password (HTTP
// Basic) is never verified here: Portico keeps no passwords.
//
// Threads: options, key sets and verifiers are immutable and shared; what is named ...Worker belongs to one worker, and
// so do the identities that come out of it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "json/tape.h"

namespace portico::identity {

enum class Method : std::uint8_t { kToken, kApiKey, kCertificate };

// "token", "api-key", "certificate".
std::string_view name(Method method);

using Digest = std::array<std::uint8_t, 32>;  // SHA-256

// Who the caller is, once verified. All views belong to the identity. Whoever got it from a verifier holds it, however
// long a cache keeps it, until release().
struct Identity {
  Method method = Method::kToken;
  std::string_view issuer;   // `iss`; of a certificate: its issuer's distinguished name; empty for an API key
  std::string_view subject;  // `sub`, or the claim that is configured; an API key's owner; a distinguished name
  std::string_view id;       // `jti`; an API key's id; a certificate's serial number in hexadecimal. May be empty
  std::string_view key_id;   // `kid` of the key that signed the token; may be empty
  std::span<const std::string_view> scopes;
  // An object for rules to read. Tokens: all claims. API keys: id, owner, scopes. Certificates: subject, issuer,
  // serial, thumbprint, dns, uri, email, ip.
  json::TapeView claims;
  // Names the credential without giving it away, alike in all workers: for revocations and limits. token_digest(), an
  // API key's hash, or the SHA-256 of a certificate.
  Digest digest{};
  std::int64_t issued_at_s = 0;             // seconds since 1970; 0: not known
  std::int64_t expires_at_s = 0;            // 0: never
  std::string_view certificate_thumbprint;  // `cnf.x5t#S256` (RFC 8705, section 3.1), base64url; empty: not bound
  std::string_view key_thumbprint;          // `cnf.jkt` (RFC 9449, section 6.1), base64url; empty: not bound

  bool has_scope(std::string_view scope) const;
};

// Gives back what a verifier gave. Null is allowed.
void release(const Identity* identity);
// The same identity for one more holder, who releases it, too.
const Identity* share(const Identity* identity);

// What names a token in a revocation: SHA-256 of its header and payload as they are written, without the signature. An
// ECDSA signature can be turned into a second valid one by anybody, so the signature must not make a difference.
Digest token_digest(std::string_view token);

}  // namespace portico::identity
