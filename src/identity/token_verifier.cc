#include "identity/token_verifier.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "base/text.h"
#include "identity/cache.h"
#include "identity/claims.h"
#include "identity/digest.h"
#include "identity/jws.h"
#include "identity/record.h"
#include "identity/token_checks.h"
#include "json/parse.h"

namespace portico::identity {
namespace {

constexpr json::Strictness kClaimStrictness = {.max_depth = 32, .max_bytes = std::uint64_t{1} << 20};
constexpr std::size_t kLargestTokenLimit = 65536;

struct Releaser {
  void operator()(const Record* record) const { release(record); }
};
using RecordHolder = std::unique_ptr<Record, Releaser>;

TokenVerdict refusal(TokenProblem problem, std::string detail = {}) {
  return {.problem = problem, .detail = std::move(detail)};
}

TokenProblem problem_of(JwsProblem problem) {
  switch (problem) {
    case JwsProblem::kNone: return TokenProblem::kNone;
    case JwsProblem::kMalformed: return TokenProblem::kMalformed;
    case JwsProblem::kHeaderForbidden: return TokenProblem::kHeaderForbidden;
    case JwsProblem::kKey: return TokenProblem::kKey;
    case JwsProblem::kSignature: break;
  }
  return TokenProblem::kSignature;
}

// The keys of an issuer's source as this worker read them last.
struct CurrentKeys {
  std::shared_ptr<const KeySet> set;
  std::uint64_t epoch = 0;
};

}  // namespace

std::string_view name(TokenProblem problem) {
  constexpr std::array<std::string_view, 17> kNames = {
      "none",     "too-long",  "malformed", "header-forbidden", "type",          "issuer",
      "key",      "signature", "claims",    "claim-missing",    "expired",       "not-yet-valid",
      "lifetime", "audience",  "revoked",   "replayed",         "replay-unknown"};
  return kNames[static_cast<std::size_t>(problem)];
}

struct TokenWorker::State {
  State(std::uint64_t verifier_id, std::size_t issuers, const TokenLimits& limits)
      : verifier(verifier_id), keys(issuers), cache(limits.cache_entries, limits.cache_bytes) {}

  std::uint64_t verifier;  // whose it is
  std::vector<CurrentKeys> keys;
  Cache cache;
  JwsDecoder decoder;
  json::Parser parser;
  schema::Validator validator;
  std::vector<std::string_view> texts;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
};

TokenWorker::TokenWorker() = default;
TokenWorker::~TokenWorker() = default;
TokenWorker::TokenWorker(TokenWorker&&) noexcept = default;
TokenWorker& TokenWorker::operator=(TokenWorker&&) noexcept = default;
std::uint64_t TokenWorker::hits() const { return state_ ? state_->hits : 0; }
std::uint64_t TokenWorker::misses() const { return state_ ? state_->misses : 0; }

struct TokenVerifier::State {
  std::vector<IssuerOptions> issuers;
  TokenLimits limits;
  std::uint64_t id = 0;  // of this verifier, within the process

  std::uint64_t keys_epoch(std::size_t issuer) const {
    const auto& source = issuers[issuer].source;
    return source ? source->epoch() : 0;
  }
  const IssuerOptions* issuer_of(const Claims& claims) const;
  std::shared_ptr<const KeySet> keys_of(TokenWorker::State& worker, std::size_t issuer) const;
  TokenVerdict check_again(TokenWorker::State& worker, const Record& record, const TokenContext& context) const;
  TokenVerdict verify(TokenWorker::State& worker, std::string_view token, const TokenContext& context) const;
  TokenVerdict use_once(const Record& record, const TokenContext& context) const;
};

namespace {

Result<void> check(const IssuerOptions& options, std::size_t count) {
  const auto wrong = [&](std::string message) {
    return failure(ErrorCode::kInvalidArgument, "issuer \"" + printable(options.issuer) + "\": " + std::move(message));
  };
  if (options.issuer.empty() && count != 1) return wrong("it needs a name, as there are others");
  if ((options.keys == nullptr) == (options.source == nullptr)) return wrong("it needs keys, from one place");
  if (options.skew_s < 0 || options.skew_s > IssuerOptions::kMaxSkew) return wrong("skew is from 0 to 300 seconds");
  if (options.max_lifetime_s < 0) return wrong("a lifetime is not negative");
  if (options.subject_claim.empty() || options.scope_claim.empty()) return wrong("claims have names");
  if (options.one_time && (options.max_lifetime_s == 0 || options.max_lifetime_s > ReplayWindow::kLongest / 2)) {
    return wrong("one-time tokens need a maximal lifetime of at most 200 days");
  }
  return {};
}

}  // namespace

TokenVerifier::TokenVerifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
TokenVerifier::TokenVerifier(TokenVerifier&&) noexcept = default;
TokenVerifier& TokenVerifier::operator=(TokenVerifier&&) noexcept = default;
TokenVerifier::~TokenVerifier() = default;

Result<TokenVerifier> TokenVerifier::make(std::vector<IssuerOptions> issuers, TokenLimits limits) {
  if (issuers.empty()) return failure(ErrorCode::kInvalidArgument, "there is no issuer of tokens");
  if (limits.max_token_bytes > kLargestTokenLimit) {
    return failure(ErrorCode::kInvalidArgument, "tokens have at most 64 KiB");
  }
  for (const IssuerOptions& options : issuers) {
    PORTICO_CHECK_OK(check(options, issuers.size()));
    if (std::ranges::count(issuers, options.issuer, &IssuerOptions::issuer) > 1) {
      return failure(ErrorCode::kInvalidArgument, "two entries are for issuer \"" + printable(options.issuer) + "\"");
    }
  }
  static std::atomic<std::uint64_t> last_id = 0;
  auto state = std::make_unique<State>();
  state->issuers = std::move(issuers);
  state->limits = limits;
  state->id = ++last_id;
  return TokenVerifier(std::move(state));
}

const IssuerOptions* TokenVerifier::State::issuer_of(const Claims& claims) const {
  std::string_view name;
  const auto read = claims.text("iss", name);
  if (read == Claims::Read::kWrongType) return nullptr;
  if (issuers.front().issuer.empty()) return &issuers.front();
  const auto found = std::ranges::find(issuers, name, &IssuerOptions::issuer);
  return read == Claims::Read::kValid && found != issuers.end() ? &*found : nullptr;
}

std::shared_ptr<const KeySet> TokenVerifier::State::keys_of(TokenWorker::State& worker, std::size_t issuer) const {
  const IssuerOptions& options = issuers[issuer];
  if (options.keys) return options.keys;
  CurrentKeys& current = worker.keys[issuer];
  const std::uint64_t epoch = options.source->epoch();
  if (epoch == current.epoch) return current.set;
  std::string text;
  if (epoch == 0) {
    current = {};
  } else if (options.source->read(text)) {
    auto set =
        KeySet::parse(text, {.algorithms = options.algorithms, .name = options.issuer, .bad_key = BadKey::kLeaveOut});
    // Whoever published keys that nobody can read took the earlier ones back all the same.
    current = {.set = set ? std::make_shared<const KeySet>(*std::move(set)) : nullptr, .epoch = epoch};
  }
  return current.set;
}

TokenVerdict TokenVerifier::State::use_once(const Record& record, const TokenContext& context) const {
  if (context.replay == nullptr) return refusal(TokenProblem::kReplayUnknown);
  switch (context.replay->use(record.issuer, record.id, record.valid_before_s, context.now_s)) {
    case ReplayWindow::Use::kFirst: return {};
    case ReplayWindow::Use::kReplayed: return refusal(TokenProblem::kReplayed);
    case ReplayWindow::Use::kFull: break;
  }
  return refusal(TokenProblem::kReplayUnknown);
}

// What a token that was verified before must be asked again. kExpired and kKey mean: verify it anew.
TokenVerdict TokenVerifier::State::check_again(TokenWorker::State& worker, const Record& record,
                                               const TokenContext& context) const {
  const bool in_time = context.now_s >= record.valid_from_s && context.now_s < record.valid_before_s;
  if (!in_time) return refusal(TokenProblem::kExpired);
  if (record.keys_epoch != keys_epoch(record.issuer_index)) return refusal(TokenProblem::kKey);
  if (context.revocations != nullptr) {
    const std::uint64_t epoch = context.revocations->epoch();
    if (epoch != record.revocation_epoch) {
      if (context.revocations->revoked(record, context.now_s)) return refusal(TokenProblem::kRevoked);
      record.revocation_epoch = epoch;
    }
  }
  ++worker.hits;
  return {.identity = hold(&record), .issuer = record.issuer_index};
}

TokenVerdict TokenVerifier::State::verify(TokenWorker::State& worker, std::string_view token,
                                          const TokenContext& context) const {
  ++worker.misses;
  Jws jws;
  if (const auto problem = worker.decoder.decode(token, jws); problem != JwsProblem::kNone) {
    return refusal(problem_of(problem));
  }
  const bool is_json = worker.parser.parse(jws.payload, kClaimStrictness) == json::ParseProblem::kNone;
  if (!is_json || worker.parser.tape().type(json::TapeView::kFirst) != json::tape::kObject) {
    return refusal(TokenProblem::kMalformed);
  }
  const IssuerOptions* options = issuer_of(Claims(worker.parser.tape()));
  if (options == nullptr) return refusal(TokenProblem::kIssuer, "claim iss");
  const auto index = static_cast<std::size_t>(options - issuers.data());
  const auto fail = [&](TokenVerdict verdict) {
    verdict.issuer = index;
    return verdict;
  };
  if (!TokenChecks::is_wanted_type(*options, jws.has_type, jws.type)) return fail(refusal(TokenProblem::kType));
  // Old tokens come back often, and are not worth a signature.
  if (TokenChecks::is_over(*options, worker.parser.tape(), context.now_s)) {
    return fail(refusal(TokenProblem::kExpired, "claim exp"));
  }

  // Read before the keys: if they change meanwhile, the record looks old and is verified anew.
  const std::uint64_t epoch = keys_epoch(index);
  const std::uint64_t revocation_epoch = context.revocations == nullptr ? UINT64_MAX : context.revocations->epoch();
  const auto keys = keys_of(worker, index);
  const Key* key = nullptr;
  const auto problem = keys ? verify_signature(jws, *keys, key) : JwsProblem::kKey;
  if (problem != JwsProblem::kNone) return fail(refusal(problem_of(problem)));

  RecordHolder record(new Record);
  record->credential = token;
  record->keep_claims(worker.parser.tape());
  record->key_id = record->texts.emplace_back(key->key_id());
  record->digest = sha256(jws.signed_bytes);
  record->issuer_index = index;
  record->keys_epoch = epoch;
  record->revocation_epoch = revocation_epoch;
  if (TokenVerdict verdict = TokenChecks(*options, worker.validator, worker.texts, context.now_s).run(*record);
      verdict.problem != TokenProblem::kNone) {
    return fail(std::move(verdict));
  }
  if (context.revocations != nullptr && context.revocations->revoked(*record, context.now_s)) {
    return fail(refusal(TokenProblem::kRevoked));
  }
  if (options->one_time) {
    if (TokenVerdict verdict = use_once(*record, context); verdict.problem != TokenProblem::kNone) {
      return fail(std::move(verdict));
    }
  } else {
    worker.cache.insert(record.get());
  }
  return {.identity = record.release(), .issuer = index};
}

TokenVerdict TokenVerifier::verify(TokenWorker& worker, std::string_view token, const TokenContext& context) const {
  if (token.size() > state_->limits.max_token_bytes) return refusal(TokenProblem::kTooLong);
  auto& state = worker.state_;
  if (!state || state->verifier != state_->id) {
    state = std::make_unique<TokenWorker::State>(state_->id, state_->issuers.size(), state_->limits);
  }
  if (const Record* record = state->cache.find(token)) {
    TokenVerdict verdict = state_->check_again(*state, *record, context);
    if (verdict.problem == TokenProblem::kNone) return verdict;
    const std::size_t issuer = record->issuer_index;
    state->cache.erase(record);
    if (verdict.problem == TokenProblem::kRevoked) {
      verdict.issuer = issuer;
      return verdict;
    }
  }
  return state_->verify(*state, token, context);
}

}  // namespace portico::identity
