// What the policy's state file takes back (state/reader.h), as identity/ asks for it. Made anew for each request: it is
// two pointers.
#pragma once

#include "identity/revocation.h"

namespace portico::state {
class Reader;
}

namespace portico::guard {

class Revocations final : public identity::RevocationView {
 public:
  // `reader` may be null: then nothing is revoked.
  explicit Revocations(const state::Reader* reader) : reader_(reader) {}

  std::uint64_t epoch() const override;
  bool revoked(const identity::Identity& identity, std::int64_t now_s) const override;

 private:
  const state::Reader* reader_;
};

}  // namespace portico::guard
