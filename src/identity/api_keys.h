// Keys that an API handed to its callers. The file keeps no key, only SHA-256 of the file's salt and the key: Portico's
// keys carry 256 bits of chance, so nothing can be guessed and a slow hash (made for passwords) would only cost time.
// The hash is also what a key is found by: one table look-up, and no comparison with the key itself, so that time says
// nothing about it; the hash that was found is then compared whole, in constant time.
//
//   # keys.yaml, made by `portico key`
//   version: 1
//   salt: wl1Vb2cZsWDnLkPqOZzYJQ
//   keys:
//     - {id: billing, hash: "...", owner: billing-service, scopes: [orders.read], expires: 2027-01-31T00:00:00Z}
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/identity.h"
#include "identity/revocation.h"

namespace portico::identity {

struct ApiKeyEntry {
  std::string id;  // public: names the key in events and revocations; unique in its file
  Digest hash{};
  std::string owner;
  std::vector<std::string> scopes;
  std::int64_t issued_at_s = 0;   // 0: not known
  std::int64_t expires_at_s = 0;  // 0: never
};

enum class ApiKeyProblem : std::uint8_t { kNone, kUnknown, kExpired, kRevoked };

// "unknown", "expired", "revoked".
std::string_view name(ApiKeyProblem problem);

struct ApiKeyVerdict {
  ApiKeyProblem problem = ApiKeyProblem::kNone;
  const Identity* identity = nullptr;  // as in TokenVerdict
};

// Immutable; may be shared by threads. Identities live as long as it does. Their digest is the entry's hash.
class ApiKeys {
 public:
  static constexpr std::uint64_t kMaxBytes = UINT64_C(64) << 20;
  static constexpr std::size_t kMaxKeys = 100'000;
  static constexpr std::size_t kMaxKeyBytes = 512;  // of a presented key; longer ones are not known

  // YAML or JSON. Unknown members, wrong types, ids or hashes that occur twice are Errors with their place.
  static Result<ApiKeys> parse(std::string_view text, const std::string& name);
  static Result<ApiKeys> read_file(const std::string& path);

  ApiKeys(ApiKeys&&) noexcept;
  ApiKeys& operator=(ApiKeys&&) noexcept;
  ~ApiKeys();

  // Does not allocate.
  ApiKeyVerdict verify(std::string_view key, std::int64_t now_s, const RevocationView* revocations = nullptr) const;

  std::size_t size() const;
  std::string_view salt() const;  // its bytes

 private:
  struct State;
  explicit ApiKeys(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A new key: "portico_" and 43 letters and digits, 256 bits of chance.
std::string generate_api_key();
// Bytes of a new file's salt.
std::string generate_salt();
Digest api_key_hash(std::string_view salt, std::string_view key);

}  // namespace portico::identity
