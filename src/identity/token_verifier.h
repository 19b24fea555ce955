// Verifies signed tokens: JWT (RFC 7519) in JWS compact serialization, by RFC 8725 and draft-ietf-oauth-rfc8725bis.
//
//   auto verifier = TokenVerifier::make({{.issuer = "https://id.example", .audiences = {"orders"}, .keys = keys}});
//   TokenWorker worker;                                 // one a worker
//   TokenVerdict verdict = verifier->verify(worker, token, {.now_s = now});
//   if (verdict.problem == TokenProblem::kNone) ... verdict.identity ...
//   release(verdict.identity);
//
// The token chooses nothing: its `iss` picks one of the configured issuers, its `kid` one of that issuer's keys, and
// the key says the algorithm. Keys and addresses of keys in the token (jwk, jku, x5u, x5c) are refused, and so are
// `crit`, `b64`, `zip`, nested and encrypted tokens, JSON serialization, padding, bits that base64url leaves over,
// members or claims that occur twice, and claims of the wrong type.
//
// A verified token is kept in the worker's cache: the next time it is compared whole, and only its times, the epoch of
// its keys and the revocations are asked again. A cache hit allocates nothing. Cached bytes are bounded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/identity.h"
#include "identity/key_set.h"
#include "identity/replay_window.h"
#include "identity/revocation.h"
#include "schema/compile.h"

namespace portico::identity {

// What one issuer's tokens must be.
struct IssuerOptions {
  // Compared exactly with `iss`. Empty: `iss` is not looked at, which is allowed only if it is the only issuer.
  std::string issuer;
  // One of them must be in `aud`. Empty: a token that has `aud` is not for us (RFC 7519, section 4.1.3).
  std::vector<std::string> audiences;

  std::shared_ptr<const KeySet> keys;       // either these,
  std::shared_ptr<const KeySource> source;  // or keys that change, read with `algorithms`
  std::vector<Algorithm> algorithms;        // of `source`; KeySetOptions has those of `keys`

  // Media type that `typ` must have, without "application/": "at+jwt" (RFC 9068). Empty: none, "JWT" or "at+jwt"; other
  // types are made for other purposes.
  std::string type;
  std::int64_t max_lifetime_s = 86400;  // from `iat` (else from now) to `exp`; 0: any
  std::int64_t skew_s = 30;             // between clocks, allowed for exp, nbf and iat; at most kMaxSkew
  bool requires_expiry = true;
  std::vector<std::string> required;  // claims that must be there
  schema::Program claims;             // a schema for all claims; the default accepts everything

  // Claims by name, or by JSON pointer ("/realm_access/roles"). Scopes are a text of words or an array of texts.
  std::string subject_claim = "sub";
  std::string scope_claim = "scope";

  bool one_time = false;  // needs `jti`; each may be used once, as long as a ReplayWindow is given

  static constexpr std::int64_t kMaxSkew = 300;
};

enum class TokenProblem : std::uint8_t {
  kNone,
  kTooLong,
  kMalformed,        // not three parts of canonical base64url, or a header or payload that is no strict JSON object
  kHeaderForbidden,  // crit, b64, zip, enc, jwk, jku, x5u, x5c, cty JWT; members of the wrong type
  kType,             // `typ`
  kIssuer,           // `iss`
  kKey,              // no key, or not exactly one, for its `kid` and `alg`; also `none`
  kSignature,
  kClaims,  // a claim of the wrong type, or what the schema for claims refuses
  kClaimMissing,
  kExpired,
  kNotYetValid,  // `nbf` or `iat` in the future
  kLifetime,     // longer than allowed
  kAudience,
  kRevoked,
  kReplayed,
  kReplayUnknown,  // one-time, and there is no window, or no room in it
};

// A stable reason in kebab-case: "not-yet-valid".
std::string_view name(TokenProblem problem);

struct TokenVerdict {
  TokenProblem problem = TokenProblem::kNone;
  const Identity* identity = nullptr;  // held by the caller until release(); null if there is a problem
  std::size_t issuer = 0;              // index of the IssuerOptions that it was verified by, once `iss` chose one
  std::string detail;                  // what is wrong, never a value: "claim nbf", "/roles/0 must be one of ..."
};

// What surrounds one verification.
struct TokenContext {
  std::int64_t now_s = 0;                       // wall clock, seconds since 1970
  const RevocationView* revocations = nullptr;  // null: nothing is revoked
  ReplayWindow* replay = nullptr;               // null: one-time tokens are refused
};

struct TokenLimits {
  std::size_t max_token_bytes = 8192;
  std::size_t cache_entries = 4096;  // of one worker; rounded up to a power of two; 0: no cache
  std::size_t cache_bytes = std::size_t{16} << 20;
};

// The scratch memory, the cache and the current keys of one worker for one verifier. Used with another verifier it
// starts anew. Not thread-safe.
class TokenWorker {
 public:
  TokenWorker();
  ~TokenWorker();
  TokenWorker(TokenWorker&&) noexcept;
  TokenWorker& operator=(TokenWorker&&) noexcept;

  // Since the worker began.
  std::uint64_t hits() const;
  std::uint64_t misses() const;

  struct State;

 private:
  friend class TokenVerifier;
  std::unique_ptr<State> state_;  // null until it is used
};

class TokenVerifier {
 public:
  // Errors: no issuer, two entries for one `iss`, an entry without keys, numbers out of range.
  static Result<TokenVerifier> make(std::vector<IssuerOptions> issuers, TokenLimits limits = {});

  TokenVerifier(TokenVerifier&&) noexcept;
  TokenVerifier& operator=(TokenVerifier&&) noexcept;
  ~TokenVerifier();

  TokenVerdict verify(TokenWorker& worker, std::string_view token, const TokenContext& context) const;

 private:
  struct State;
  explicit TokenVerifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace portico::identity
