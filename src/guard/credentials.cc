#include "guard/credentials.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "guard/checks.h"
#include "http/target.h"

namespace portico::guard {
namespace {

using Where = SchemePlan::Where;
using Means = SchemePlan::Means;
using State = SchemeVerdict::State;

// What follows the authentication scheme's name; empty if it is another one.
std::string_view after_scheme(std::string_view authorization, std::string_view scheme) {
  if (authorization.size() <= scheme.size() || authorization[scheme.size()] != ' ') return {};
  if (!equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return {};
  return trim(authorization.substr(scheme.size()));
}

// Three parts of base64url, the first of which is the beginning of a JSON object.
bool looks_like_token(std::string_view value) {
  constexpr std::size_t kShortest = 20;
  return value.size() >= kShortest && value.starts_with("eyJ") && std::ranges::count(value, '.') == 2;
}

void invalidate(SchemeVerdict& verdict, std::string_view problem, std::string_view detail = {}) {
  verdict.state = State::kInvalid;
  verdict.detail = problem;
  if (!detail.empty()) (verdict.detail += ": ") += detail;
}

void let_go(SchemeVerdict& verdict) {
  identity::release(verdict.identity);
  verdict.identity = nullptr;
}

bool same_name(const SchemePlan& scheme, std::string_view name) {
  const bool folds = scheme.where == Where::kAuthorization || scheme.where == Where::kHeader;
  return folds ? equal_ignoring_case(scheme.name, name) : scheme.name == name;
}

std::string place_of(const SchemePlan& scheme) {
  switch (scheme.where) {
    case Where::kHeader: return "header/" + lower(scheme.name);
    case Where::kQuery: return "query/" + std::string(scheme.name);
    case Where::kCookie: return "cookie/" + std::string(scheme.name);
    case Where::kAuthorization: return "header/authorization";
    case Where::kConnection: break;
  }
  return "connection";
}

// Who is the caller, where several credentials say it.
int rank(identity::Method method) {
  switch (method) {
    case identity::Method::kToken: return 0;
    case identity::Method::kApiKey: return 1;
    case identity::Method::kCertificate: break;
  }
  return 2;
}

}  // namespace

identity::TokenWorker& Worker::State::tokens_of(const void* verifier) {
  for (auto& [owner, worker] : tokens) {
    if (owner == verifier) return worker;
  }
  return tokens.emplace_back(verifier, identity::TokenWorker()).second;
}

Decision CredentialCheck::decide(Transaction& transaction) {
  if (plan_.closed) return judge_(refuse(RuleId::kRequestOperationClosed));
  if (Decision decision = tokens_in_query(); !decision.allowed()) return decision;
  if (!plan_.asks() || judge_.ignores(RuleId::kRequestCredentialsMissing, RuleId::kRequestCredentialsInvalid,
                                      RuleId::kRequestScopeMissing)) {
    return {};
  }
  plan_.authority->use(shared_.state);
  worker_.schemes.resize(std::max(worker_.schemes.size(), plan_.authority->schemes.size()));
  for (SchemeVerdict& verdict : worker_.schemes) verdict.state = State::kUnknown;
  auto best = Met::kNoCredential;
  bool invalid = false;
  // All of them: the service may look at another credential than the one that is enough for us, so none may be forged.
  for (const auto& alternative : plan_.alternatives) {
    const Met met = meets(alternative);
    invalid = invalid || met == Met::kInvalid;
    best = std::max(best, met);
  }
  keep_caller(transaction);
  if (invalid) return judge_(refusal(Met::kInvalid));
  // Who need not say who they are may be anybody.
  return best == Met::kYes || plan_.anonymous ? Decision{} : judge_(refusal(best));
}

Decision CredentialCheck::tokens_in_query() const {
  for (const Pair& pair : worker_.query) {
    const bool named = equal_ignoring_case(pair.name, "access_token");
    if (!named && !looks_like_token(pair.raw_value)) continue;
    const auto is_it = [&](std::string_view name) { return name == pair.name; };
    if (std::ranges::any_of(operation_.query_credentials, is_it)) continue;
    const auto declared = [&](const ParameterPlan& plan) { return plan.parameter->name == pair.name; };
    if (!named && std::ranges::any_of(operation_.query, declared)) continue;
    return judge_(refuse(RuleId::kRequestTokenInQuery, "query"));
  }
  return {};
}

CredentialCheck::Met CredentialCheck::meets(const std::vector<CredentialNeed>& alternative) {
  auto met = Met::kYes;
  for (const CredentialNeed& need : alternative) {
    const SchemeVerdict& verdict = verify(*need.scheme);
    switch (verdict.state) {
      case State::kInvalid: return Met::kInvalid;
      case State::kVerified: {
        const auto has = [&](std::string_view scope) { return verdict.identity->has_scope(scope); };
        if (met == Met::kYes && !std::ranges::all_of(need.scopes, has)) met = Met::kNoScope;
        break;
      }
      case State::kPresent: break;
      default: met = Met::kNoCredential; break;
    }
  }
  return met;
}

const SchemeVerdict& CredentialCheck::verify(const SchemePlan& scheme) {
  SchemeVerdict& verdict = worker_.schemes[scheme.index];
  if (verdict.state != State::kUnknown) return verdict;
  verdict.state = State::kAbsent;
  verdict.proof_missing = false;
  if (copy_earlier(scheme, verdict)) return verdict;
  if (scheme.where == Where::kConnection) {
    if (!head_.client_certificate.empty()) verify_certificate(scheme, verdict);
  } else if (const auto value = presented(scheme, verdict); !value.empty()) {
    switch (scheme.means) {
      case Means::kToken: verify_token(scheme, value, verdict); break;
      case Means::kApiKey: verify_key(scheme, value, verdict); break;
      default: verdict.state = State::kPresent; break;
    }
  }
  if (verdict.state == State::kInvalid) verdict.place = place_of(scheme);
  return verdict;
}

// Schemes that read one credential and verify it alike (a bearer token by "http" and by "oauth2") have one verdict:
// seen a second time, a token for one use or a proof would be a replay.
bool CredentialCheck::copy_earlier(const SchemePlan& scheme, SchemeVerdict& verdict) const {
  if (scheme.means != Means::kToken) return false;
  for (const SchemePlan& other : plan_.authority->schemes) {
    const SchemeVerdict& earlier = worker_.schemes[other.index];
    if (&other == &scheme || earlier.state == State::kUnknown || other.tokens != scheme.tokens ||
        other.where != scheme.where || !same_name(scheme, other.name)) {
      continue;
    }
    verdict = earlier;
    if (verdict.identity != nullptr && verdict.state == State::kVerified)
      verdict.identity = identity::share(verdict.identity);
    return true;
  }
  return false;
}

// The credential's text. Empty: there is none, or two that differ, which is said in the verdict.
std::string_view CredentialCheck::presented(const SchemePlan& scheme, SchemeVerdict& verdict) {
  switch (scheme.where) {
    case Where::kHeader: {
      std::string_view found;
      int count = 0;
      for (const HeaderField& field : head_.headers) {
        if (!equal_ignoring_case(field.name, scheme.name)) continue;
        found = trim(field.value);
        ++count;
      }
      if (count <= 1) return found;
      break;
    }
    case Where::kQuery: {
      const auto group = pairs_named(worker_.query, scheme.name);
      if (group.empty()) return {};
      worker_.credential.clear();
      if (group.size() > 1 || !http::append_percent_decoded(worker_.credential, group.front().raw_value)) break;
      return worker_.credential;
    }
    case Where::kCookie: {
      const auto group = pairs_named(worker_.cookies, scheme.name);
      if (group.empty()) return {};
      if (group.size() == 1) return group.front().raw_value;
      break;
    }
    case Where::kAuthorization: {
      const auto value = after_scheme(authorization_, scheme.name);
      if (!value.empty() || scheme.means != Means::kToken || !scheme.tokens->takes_dpop()) return value;
      return after_scheme(authorization_, "DPoP");
    }
    case Where::kConnection: return {};
  }
  invalidate(verdict, "repeated");
  return {};
}

void CredentialCheck::verify_token(const SchemePlan& scheme, std::string_view token, SchemeVerdict& verdict) {
  const TokenMeans& means = *scheme.tokens;
  const identity::TokenContext context{.now_s = now_s(), .revocations = &revocations_, .replay = shared_.replay};
  auto made = means.verifier.verify(worker_.tokens_of(&means.verifier), token, context);
  if (made.problem != identity::TokenProblem::kNone) {
    return invalidate(verdict, identity::name(made.problem), made.detail);
  }
  verdict.state = State::kVerified;
  verdict.identity = made.identity;
  const auto& binding = means.bindings[made.issuer];
  if (binding.certificate != policy::Binding::kOff) {
    const identity::Identity* bound_to = certificate();
    const bool holds = identity::certificate_binding_holds(*made.identity, bound_to,
                                                           binding.certificate == policy::Binding::kRequired);
    identity::release(bound_to);
    if (!holds) invalidate(verdict, "certificate-binding");
  }
  if (verdict.state == State::kVerified && binding.dpop != policy::Binding::kOff) {
    check_proof(scheme, token, binding.dpop, verdict);
  }
  if (verdict.state != State::kVerified) let_go(verdict);
}

// A token that is bound to a key, or that comes by the scheme of bound tokens, needs its proof (RFC 9449, section 7).
void CredentialCheck::check_proof(const SchemePlan& scheme, std::string_view token, policy::Binding binding,
                                  SchemeVerdict& verdict) {
  const bool presented_so = scheme.where == Where::kAuthorization && after_scheme(authorization_, scheme.name).empty();
  const bool bound = !verdict.identity->key_thumbprint.empty();
  if (!presented_so && !bound && binding != policy::Binding::kRequired) return;
  verdict.proof_missing = true;
  if (!presented_so && scheme.where == Where::kAuthorization) return invalidate(verdict, "dpop: not presented as DPoP");
  std::string_view proof;
  int proofs = 0;
  for (const HeaderField& field : head_.headers) {
    if (!equal_ignoring_case(field.name, "dpop")) continue;
    proof = trim(field.value);
    ++proofs;
  }
  if (proofs != 1) return invalidate(verdict, proofs == 0 ? "dpop: no proof" : "dpop: several proofs");
  worker_.text = plan_.authority->public_url;
  if (worker_.text.empty()) ((worker_.text += head_.tls ? "https://" : "http://") += head_.host);
  worker_.text += http::split_target(head_.target).path;
  const auto problem = worker_.proofs.verify(proof, {.method = head_.method,
                                                     .uri = worker_.text,
                                                     .access_token = token,
                                                     .token = verdict.identity,
                                                     .now_s = now_s(),
                                                     .replay = shared_.replay});
  if (problem != identity::DpopProblem::kNone) return invalidate(verdict, "dpop", identity::name(problem));
  verdict.proof_missing = false;
}

void CredentialCheck::verify_key(const SchemePlan& scheme, std::string_view key, SchemeVerdict& verdict) {
  const auto made = scheme.keys->verify(key, now_s(), &revocations_);
  if (made.problem != identity::ApiKeyProblem::kNone) return invalidate(verdict, identity::name(made.problem));
  verdict.state = State::kVerified;
  verdict.identity = made.identity;
}

void CredentialCheck::verify_certificate(const SchemePlan& scheme, SchemeVerdict& verdict) {
  if (scheme.means != Means::kCertificate) {
    verdict.state = State::kPresent;
    return;
  }
  const auto made = worker_.certificates.identify(head_.client_certificate, now_s(), &revocations_);
  if (made.problem != identity::CertificateProblem::kNone) return invalidate(verdict, identity::name(made.problem));
  verdict.state = State::kVerified;
  verdict.identity = made.identity;
  const auto is_caller = [&](const std::string& subject) { return subject == made.identity->subject; };
  if (scheme.subjects.empty() || std::ranges::any_of(scheme.subjects, is_caller)) return;
  let_go(verdict);
  invalidate(verdict, "subject");
}

// What a token may be bound to; null: no certificate, or none that may be used.
const identity::Identity* CredentialCheck::certificate() {
  if (head_.client_certificate.empty()) return nullptr;
  return worker_.certificates.identify(head_.client_certificate, now_s(), &revocations_).identity;
}

Decision CredentialCheck::refusal(Met best) const {
  if (best == Met::kNoScope) {
    Decision decision = refuse(RuleId::kRequestScopeMissing);
    decision.challenge = plan_.scope_challenge;
    return decision;
  }
  if (best == Met::kNoCredential) {
    Decision decision = refuse(RuleId::kRequestCredentialsMissing);
    decision.challenge = plan_.challenge;
    return decision;
  }
  const auto invalid = std::ranges::find(worker_.schemes, State::kInvalid, &SchemeVerdict::state);
  Decision decision = refuse(RuleId::kRequestCredentialsInvalid, invalid->place, invalid->detail);
  decision.challenge = invalid->proof_missing ? plan_.proof_challenge : plan_.invalid_challenge;
  return decision;
}

void CredentialCheck::keep_caller(Transaction& transaction) {
  for (SchemeVerdict& verdict : worker_.schemes) {
    if (verdict.state == State::kPresent) transaction.credentials_unverified = true;
    if (verdict.state != State::kVerified) continue;
    const identity::Identity* found = std::exchange(verdict.identity, nullptr);
    if (transaction.identity != nullptr && rank(found->method) < rank(transaction.identity->method)) {
      std::swap(found, transaction.identity);
    }
    if (transaction.identity == nullptr) {
      transaction.identity = found;
    } else {
      identity::release(found);
    }
  }
}

}  // namespace portico::guard
