// What has been taken back before its time. The lists are kept by others (shared memory, a database); a verifier asks
// them through this interface, for every credential, cached or not.
#pragma once

#include <cstdint>
#include <string_view>

#include "identity/identity.h"

namespace portico::identity {

class RevocationView {
 public:
  virtual ~RevocationView() = default;

  // Another number whenever any answer of revoked() may have changed from no to yes. Asked for every credential, so one
  // load from memory.
  virtual std::uint64_t epoch() const = 0;

  // Whether the credential itself (digest, or issuer and `jti`), its subject, the key that signed it, or everything
  // issued before a time is taken back. A credential without `issued_at_s` counts as issued before any time. `now_s`
  // is the wall clock. Must not wait or allocate.
  virtual bool revoked(const Identity& identity, std::int64_t now_s) const = 0;
};

}  // namespace portico::identity
