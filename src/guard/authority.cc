#include "guard/authority.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "identity/algorithm.h"
#include "identity/key_set.h"
#include "json/tree.h"
#include "schema/compile.h"
#include "state/reader.h"
#include "yaml/reader.h"

namespace portico::guard {
namespace {

using Where = SchemePlan::Where;
using Means = SchemePlan::Means;

SchemePlan located(const contract::SecurityScheme& scheme, std::size_t index) {
  SchemePlan plan{.index = index, .name = scheme.parameter};
  switch (scheme.type) {
    case contract::SchemeType::kApiKey:
      plan.where = scheme.in == contract::ParameterIn::kQuery    ? Where::kQuery
                   : scheme.in == contract::ParameterIn::kCookie ? Where::kCookie
                                                                 : Where::kHeader;
      break;
    case contract::SchemeType::kMutualTls: plan.where = Where::kConnection; break;
    case contract::SchemeType::kHttp: plan.name = scheme.scheme; break;
    default: plan.name = "Bearer"; break;
  }
  return plan;
}

// Keys that `portico serve` fetched into the policy's state file. Threads of one process see the same file.
class PublishedKeys final : public identity::KeySource {
 public:
  PublishedKeys(std::string url, std::shared_ptr<std::atomic<const state::Reader*>> state)
      : url_(std::move(url)), state_(std::move(state)) {}

  std::uint64_t epoch() const override {
    const state::Reader* reader = state_->load(std::memory_order_relaxed);
    return reader == nullptr ? 0 : reader->keys_generation(url_);
  }

  bool read(std::string& text) const override {
    const state::Reader* reader = state_->load(std::memory_order_relaxed);
    return reader != nullptr && reader->read_keys(url_, text);
  }

 private:
  std::string url_;
  std::shared_ptr<std::atomic<const state::Reader*>> state_;
};

bool is_field_value(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F;
  });
}

class AuthorityMaker {
 public:
  AuthorityMaker(const contract::Contract& contract, const policy::Policy& policy, std::vector<std::string>& notes)
      : contract_(contract), policy_(policy), notes_(notes) {}

  Result<Authority> make();

 private:
  Result<SchemePlan*> named(const policy::Text& name, bool claims);
  Result<void> add_tokens();
  Result<void> add_api_keys();
  Result<void> add_certificates();
  Result<void> leave_to_service();
  Result<void> check_all_covered() const;
  Result<identity::IssuerOptions> issuer(const policy::TokenIssuer& entry);
  Result<schema::Program> claims(const std::string& path);
  Result<std::shared_ptr<const identity::KeySet>> keys(const policy::TokenIssuer& entry,
                                                       const std::vector<identity::Algorithm>& algorithms);
  void note_unverified() const;

  const contract::Contract& contract_;
  const policy::Policy& policy_;
  std::vector<std::string>& notes_;
  Authority authority_;
  std::set<std::string_view> covered_;
};

// The plan of a scheme that the policy names. `claims`: nothing else may verify it.
Result<SchemePlan*> AuthorityMaker::named(const policy::Text& name, bool claims) {
  const auto at = std::ranges::find(contract_.schemes, name.text, &contract::SecurityScheme::name);
  if (at == contract_.schemes.end()) {
    std::vector<std::string_view> names;
    for (const auto& scheme : contract_.schemes) names.push_back(scheme.name);
    const auto near = nearest(name.text, names);
    return failure(ErrorCode::kInvalid, "the contract has no security scheme \"" + printable(name.text) + '"',
                   name.place, near ? "Did you mean \"" + std::string(*near) + "\"?" : "");
  }
  if (!covered_.insert(at->name).second && claims) {
    return failure(ErrorCode::kInvalid, "the security scheme \"" + printable(name.text) + "\" is verified twice",
                   name.place);
  }
  return &authority_.schemes[static_cast<std::size_t>(at - contract_.schemes.begin())];
}

Result<schema::Program> AuthorityMaker::claims(const std::string& path) {
  constexpr std::uint64_t kMaxBytes = UINT64_C(1) << 20;
  if (path.empty()) return schema::Program();
  PORTICO_TRY(const std::string text, read_file(path, kMaxBytes));
  json::Documents& documents = *authority_.claim_schemas.emplace_back(std::make_shared<json::Documents>());
  json::Document& document = documents.add(path, "file:" + path);
  PORTICO_CHECK_OK(yaml::read_document(text, document));
  return schema::compile(*document.root, {.documents = &documents}, {.dialect = schema::Dialect::kJsonSchema202012});
}

Result<std::shared_ptr<const identity::KeySet>> AuthorityMaker::keys(
    const policy::TokenIssuer& entry, const std::vector<identity::Algorithm>& algorithms) {
  PORTICO_TRY(identity::KeySet set, identity::KeySet::read_file(entry.keys, {.algorithms = algorithms, .name = {}}));
  for (const std::string& note : set.notes()) notes_.push_back(entry.keys + ": " + note);
  return std::make_shared<const identity::KeySet>(std::move(set));
}

Result<identity::IssuerOptions> AuthorityMaker::issuer(const policy::TokenIssuer& entry) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  identity::IssuerOptions options{.issuer = entry.issuer,
                                  .audiences = entry.audiences,
                                  .type = entry.type,
                                  .max_lifetime_s = entry.max_lifetime_ns / kSecond,
                                  .skew_s = entry.skew_ns / kSecond,
                                  .required = entry.required,
                                  .subject_claim = entry.subject,
                                  .scope_claim = entry.scopes,
                                  .one_time = entry.one_time};
  for (const policy::Text& name : entry.algorithms) {
    const auto algorithm = identity::algorithm_of(name.text);
    if (!algorithm) {
      return failure(ErrorCode::kInvalid, "there is no signature algorithm \"" + printable(name.text) + '"', name.place,
                     "Known are HS, RS, PS and ES with 256, 384 or 512, Ed25519 and Ed448.");
    }
    options.algorithms.push_back(*algorithm);
  }
  PORTICO_TRY(options.claims, claims(entry.claims));
  if (entry.fetches_keys) {
    if (policy_.state.empty()) {
      return failure(ErrorCode::kInvalid, "keys from a URL need the policy's state, into which they are fetched",
                     entry.place, "Name a file with \"state:\", and run portico serve with this policy.");
    }
    if (authority_.published_ == nullptr) {
      authority_.published_ = std::make_shared<std::atomic<const state::Reader*>>(nullptr);
    }
    options.source = std::make_shared<const PublishedKeys>(entry.keys, authority_.published_);
    return options;
  }
  PORTICO_TRY(options.keys, keys(entry, options.algorithms));
  return options;
}

// A scheme may have tokens of several issuers; schemes that have the same ones share a verifier, and so its cache.
Result<void> AuthorityMaker::add_tokens() {
  std::vector<std::vector<const policy::TokenIssuer*>> entries(authority_.schemes.size());
  for (const policy::TokenIssuer& entry : policy_.identity.tokens) {
    for (const policy::Text& name : entry.schemes) {
      PORTICO_TRY(const SchemePlan* plan, named(name, false));
      if (plan->where == Where::kConnection) {
        return failure(ErrorCode::kInvalid, "the credentials of a mutualTLS scheme are no tokens", name.place);
      }
      entries[plan->index].push_back(&entry);
    }
  }
  for (SchemePlan& plan : authority_.schemes) {
    const auto& mine = entries[plan.index];
    if (mine.empty()) continue;
    plan.means = Means::kToken;
    const auto same = std::ranges::find(entries, mine);
    if (const auto first = static_cast<std::size_t>(same - entries.begin()); first < plan.index) {
      plan.tokens = authority_.schemes[first].tokens;
      continue;
    }
    std::vector<identity::IssuerOptions> issuers;
    std::vector<TokenMeans::Binding> bindings;
    for (const policy::TokenIssuer* entry : mine) {
      PORTICO_TRY(issuers.emplace_back(), issuer(*entry));
      bindings.push_back({entry->dpop, entry->certificate});
    }
    auto verifier = identity::TokenVerifier::make(std::move(issuers));
    if (!verifier) {
      Error error = std::move(verifier).error();
      if (error.place.file.empty()) error.place = mine.front()->place;
      return std::unexpected(std::move(error));
    }
    plan.tokens = std::make_shared<const TokenMeans>(*std::move(verifier), std::move(bindings));
  }
  return {};
}

Result<void> AuthorityMaker::add_api_keys() {
  for (const policy::ApiKeyFile& entry : policy_.identity.api_keys) {
    PORTICO_TRY(identity::ApiKeys read, identity::ApiKeys::read_file(entry.file));
    const auto keys = std::make_shared<const identity::ApiKeys>(std::move(read));
    for (const policy::Text& name : entry.schemes) {
      PORTICO_TRY(SchemePlan * plan, named(name, true));
      if (plan->where == Where::kConnection) {
        return failure(ErrorCode::kInvalid, "the credentials of a mutualTLS scheme are no keys", name.place);
      }
      plan->means = Means::kApiKey;
      plan->keys = keys;
    }
  }
  return {};
}

Result<void> AuthorityMaker::add_certificates() {
  for (const policy::CertificateRule& entry : policy_.identity.certificates) {
    for (const policy::Text& name : entry.schemes) {
      PORTICO_TRY(SchemePlan * plan, named(name, true));
      if (plan->where != Where::kConnection) {
        return failure(ErrorCode::kInvalid, "certificates are the credentials of schemes of type mutualTLS",
                       name.place);
      }
      plan->means = Means::kCertificate;
      plan->subjects = entry.subjects;
    }
  }
  return {};
}

Result<void> AuthorityMaker::leave_to_service() {
  for (const policy::Text& name : policy_.identity.unverified) PORTICO_CHECK_OK(named(name, true));
  return {};
}

Result<void> AuthorityMaker::check_all_covered() const {
  for (const contract::Operation& operation : contract_.operations) {
    for (const auto& requirement : operation.security) {
      for (const auto& need : requirement.needs) {
        if (covered_.contains(need.scheme)) continue;
        const contract::SecurityScheme* scheme = contract_.scheme(need.scheme);
        return failure(ErrorCode::kInvalid,
                       "nothing verifies the security scheme \"" + printable(need.scheme) + "\" that " +
                           printable(operation.id) + " asks for",
                       scheme == nullptr ? Place{} : contract_.place(*scheme->node),
                       "Say what does in the policy's identity, or that the service does, under unverified.");
      }
    }
  }
  return {};
}

void AuthorityMaker::note_unverified() const {
  std::vector<std::string> names;
  for (const SchemePlan& plan : authority_.schemes) {
    if (plan.means == Means::kPresence) names.emplace_back(contract_.schemes[plan.index].name);
  }
  if (names.empty()) return;
  notes_.push_back("credentials of " + join(names, ", ") +
                   " must be there, but are NOT verified: that is left to the service" +
                   (authority_.verifies ? "" : "; the policy's identity changes that"));
}

Result<Authority> AuthorityMaker::make() {
  for (const contract::SecurityScheme& scheme : contract_.schemes) {
    authority_.schemes.push_back(located(scheme, authority_.schemes.size()));
    if (authority_.schemes.back().where == Where::kQuery) {
      notes_.push_back(portico::to_string(contract_.place(*scheme.node)) + ": the credential \"" +
                       printable(scheme.parameter) + "\" is taken from the query, where logs and histories keep it");
    }
  }
  authority_.verifies = policy_.identity.present;
  authority_.public_url = policy_.identity.public_url;
  for (const auto& [told, field] : policy_.identity.forward) {
    authority_.caller_fields.push_back(field);
    authority_.told_in_them.push_back(told);
  }
  if (authority_.verifies) {
    PORTICO_CHECK_OK(add_tokens());
    PORTICO_CHECK_OK(add_api_keys());
    PORTICO_CHECK_OK(add_certificates());
    PORTICO_CHECK_OK(leave_to_service());
    PORTICO_CHECK_OK(check_all_covered());
  }
  note_unverified();
  return std::move(authority_);
}

}  // namespace

bool TokenMeans::takes_dpop() const {
  return std::ranges::any_of(bindings, [](const Binding& one) { return one.dpop != policy::Binding::kOff; });
}

Result<Authority> Authority::make(const contract::Contract& contract, const policy::Policy& policy,
                                  std::vector<std::string>& notes) {
  return AuthorityMaker(contract, policy, notes).make();
}

bool Authority::append_caller_field(std::string& out, const identity::Identity& caller, std::size_t index) const {
  const std::size_t before = out.size();
  switch (told_in_them[index]) {
    case policy::CallerField::kSubject: out += caller.subject; break;
    case policy::CallerField::kIssuer: out += caller.issuer; break;
    case policy::CallerField::kCredential: out += caller.id; break;
    case policy::CallerField::kMethod: out += identity::name(caller.method); break;
    case policy::CallerField::kScopes:
      for (const auto scope : caller.scopes) (out += out.size() == before ? "" : " ") += scope;
      break;
  }
  if (is_field_value(std::string_view(out).substr(before))) return true;
  out.resize(before);
  return false;
}

const SchemePlan* Authority::scheme(const contract::Contract& contract, std::string_view name) const {
  const auto at = std::ranges::find(contract.schemes, name, &contract::SecurityScheme::name);
  return at == contract.schemes.end() ? nullptr : &schemes[static_cast<std::size_t>(at - contract.schemes.begin())];
}

}  // namespace portico::guard
