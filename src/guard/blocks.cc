#include "guard/blocks.h"

#include "guard/checks.h"
#include "state/reader.h"

namespace portico::guard {
namespace {

using state::Kind;

bool is_blocked(const state::Reader& state, const CallerNames& caller, std::int64_t wall_us) {
  const auto blocked = [&](Kind kind, std::string_view name) {
    return !name.empty() && state.find(kind, caller.issuer, name, wall_us).has_value();
  };
  const auto too_old = [&](Kind kind, std::string_view name) {
    const auto found = state.find(kind, caller.issuer, name, wall_us);
    return found && caller.issued_at_s < found->issued_before_s;
  };
  return blocked(Kind::kSubject, caller.subject) || blocked(Kind::kToken, caller.token) ||
         blocked(Kind::kTokenId, caller.token_id) || blocked(Kind::kCredential, caller.credential) ||
         blocked(Kind::kKey, caller.key) ||
         (!caller.subject.empty() && too_old(Kind::kSubjectIssuedBefore, caller.subject)) ||
         (!caller.issuer.empty() && too_old(Kind::kIssuerIssuedBefore, {}));
}

}  // namespace

Decision check_blocks(const Shared& shared, const CallerNames& caller, std::int64_t wall_us) {
  if (shared.state == nullptr || !is_blocked(*shared.state, caller, wall_us)) return {};
  return refuse(RuleId::kRequestCallerBlocked);
}

}  // namespace portico::guard
