#include "guard/revocations.h"

#include "identity/digest_name.h"
#include "state/reader.h"

namespace portico::guard {

using state::Kind;

std::uint64_t Revocations::epoch() const { return reader_ == nullptr ? 0 : reader_->epoch(); }

bool Revocations::revoked(const identity::Identity& identity, std::int64_t now_s) const {
  if (reader_ == nullptr) return false;
  const std::int64_t now_us = now_s * 1'000'000;
  const auto found = [&](Kind kind, std::string_view name) {
    return reader_->has(kind) ? reader_->find(kind, identity.issuer, name, now_us) : std::nullopt;
  };
  const auto names = [&](Kind kind, std::string_view name) { return !name.empty() && found(kind, name).has_value(); };
  const auto issued_too_early = [&](Kind kind, std::string_view name) {
    const auto entry = found(kind, name);
    return entry && identity.issued_at_s < entry->issued_before_s;
  };
  if (names(Kind::kSubject, identity.subject)) return true;
  if (identity.method != identity::Method::kToken) return names(Kind::kCredential, identity.id);
  return names(Kind::kTokenId, identity.id) || names(Kind::kKey, identity.key_id) ||
         (reader_->has(Kind::kToken) && names(Kind::kToken, identity::DigestName(identity.digest).view())) ||
         issued_too_early(Kind::kSubjectIssuedBefore, identity.subject) ||
         issued_too_early(Kind::kIssuerIssuedBefore, {});
}

}  // namespace portico::guard
