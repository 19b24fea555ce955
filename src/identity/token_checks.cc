#include "identity/token_checks.h"

#include <algorithm>

#include "base/text.h"
#include "identity/claims.h"
#include "identity/jws.h"

namespace portico::identity {
namespace {

constexpr std::size_t kLongestName = 1024;  // of iss, sub and jti

TokenVerdict refusal(TokenProblem problem, std::string_view claim) {
  return {.problem = problem, .detail = "claim " + std::string(claim)};
}

// Names go on to logs and header fields, where a line feed would begin another one.
bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

bool TokenChecks::is_wanted_type(const IssuerOptions& options, bool has_type, std::string_view type) {
  if (!options.type.empty()) return has_type && is_media_type(type, options.type);
  return !has_type || is_media_type(type, "JWT") || is_media_type(type, "at+jwt");
}

bool TokenChecks::is_over(const IssuerOptions& options, json::TapeView claims, std::int64_t now_s) {
  std::int64_t expires = 0;
  return Claims(claims).time("exp", expires) == Claims::Read::kValid && expires + options.skew_s <= now_s;
}

TokenVerdict TokenChecks::times(Record& record) const {
  const Claims claims(record.claims);
  std::int64_t expires = 0;
  std::int64_t not_before = 0;
  std::int64_t issued = 0;
  const auto exp = claims.time("exp", expires);
  const auto nbf = claims.time("nbf", not_before);
  const auto iat = claims.time("iat", issued);
  for (const auto& [read, claim] : {std::pair(exp, "exp"), std::pair(nbf, "nbf"), std::pair(iat, "iat")}) {
    if (read == Claims::Read::kWrongType) return refusal(TokenProblem::kClaims, claim);
  }
  const std::int64_t skew = options_.skew_s;
  if (iat == Claims::Read::kValid) {
    if (issued > now_s_ + skew) return refusal(TokenProblem::kNotYetValid, "iat");
    record.issued_at_s = issued;
    record.valid_from_s = issued - skew;
  }
  if (nbf == Claims::Read::kValid) {
    if (not_before > now_s_ + skew) return refusal(TokenProblem::kNotYetValid, "nbf");
    record.valid_from_s = std::max(record.valid_from_s, not_before - skew);
  }
  if (exp == Claims::Read::kAbsent) {
    return options_.requires_expiry ? refusal(TokenProblem::kClaimMissing, "exp") : TokenVerdict{};
  }
  if (is_over(options_, record.claims, now_s_)) return refusal(TokenProblem::kExpired, "exp");
  record.expires_at_s = expires;
  record.valid_before_s = expires + skew;
  const bool dated = iat == Claims::Read::kValid;
  if (dated && expires < issued) return refusal(TokenProblem::kLifetime, "exp");
  // Without `iat` nobody knows how long it was made for; what is left must not be too much. The cache keeps it no
  // longer for that.
  const std::int64_t lifetime = expires - (dated ? issued : now_s_);
  if (options_.max_lifetime_s != 0 && lifetime > options_.max_lifetime_s)
    return refusal(TokenProblem::kLifetime, "exp");
  return {};
}

TokenVerdict TokenChecks::audience(const Record& record) {
  const auto read = Claims(record.claims).texts("aud", texts_);
  if (read == Claims::Read::kWrongType) return refusal(TokenProblem::kClaims, "aud");
  const auto is_ours = [&](std::string_view one) {
    return std::ranges::find(options_.audiences, one) != options_.audiences.end();
  };
  const bool holds = read == Claims::Read::kAbsent ? options_.audiences.empty() : std::ranges::any_of(texts_, is_ours);
  return holds ? TokenVerdict{} : refusal(TokenProblem::kAudience, "aud");
}

TokenVerdict TokenChecks::names(Record& record) {
  const Claims claims(record.claims);
  struct Name {
    std::string_view claim;
    std::string_view& to;
  };
  std::string_view sub;
  for (const auto& [claim, to] : {Name{"iss", record.issuer}, Name{"sub", sub}, Name{"jti", record.id},
                                  Name{options_.subject_claim, record.subject}}) {
    if (claims.text(claim, to) == Claims::Read::kWrongType || to.size() > kLongestName || has_control(to)) {
      return refusal(TokenProblem::kClaims, claim);
    }
  }
  if (claims.words(options_.scope_claim, record.scope_list) == Claims::Read::kWrongType ||
      std::ranges::any_of(record.scope_list, has_control)) {
    return refusal(TokenProblem::kClaims, options_.scope_claim);
  }
  record.scopes = record.scope_list;
  return {};
}

// RFC 7800: a token that is bound in a way that nobody here can check must not pass as if it were not bound.
TokenVerdict TokenChecks::confirmation(Record& record) const {
  const Claims claims(record.claims);
  if (claims.find("cnf") == 0) return {};
  const auto certificate = claims.text("/cnf/x5t#S256", record.certificate_thumbprint);
  const auto key = claims.text("/cnf/jkt", record.key_thumbprint);
  constexpr auto kWrong = Claims::Read::kWrongType;
  const bool known = !record.certificate_thumbprint.empty() || !record.key_thumbprint.empty();
  return known && certificate != kWrong && key != kWrong ? TokenVerdict{} : refusal(TokenProblem::kClaims, "cnf");
}

TokenVerdict TokenChecks::rest(const Record& record) {
  const Claims claims(record.claims);
  for (const std::string& claim : options_.required) {
    if (claims.find(claim) == 0) return refusal(TokenProblem::kClaimMissing, claim);
  }
  if (options_.one_time && record.id.empty()) return refusal(TokenProblem::kClaimMissing, "jti");
  // A one-time token must be remembered until it ends, so it has to end.
  if (options_.one_time && record.expires_at_s == 0) return refusal(TokenProblem::kClaimMissing, "exp");
  if (options_.claims.accepts_everything() || validator_.accepts(options_.claims, record.claims)) return {};
  TokenVerdict verdict{.problem = TokenProblem::kClaims};
  for (const schema::Failure& failure : validator_.explain(options_.claims, record.claims, 1)) {
    verdict.detail = failure.instance_pointer + " " + failure.message;
  }
  return verdict;
}

TokenVerdict TokenChecks::run(Record& record) {
  TokenVerdict verdict = names(record);
  if (verdict.problem == TokenProblem::kNone) verdict = times(record);
  if (verdict.problem == TokenProblem::kNone) verdict = audience(record);
  if (verdict.problem == TokenProblem::kNone) verdict = confirmation(record);
  if (verdict.problem == TokenProblem::kNone) verdict = rest(record);
  return verdict;
}

}  // namespace portico::identity
