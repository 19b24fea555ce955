// What schemes and requirements say about tokens, scopes and keys (OWASP API2, API5).
#include <algorithm>
#include <array>
#include <map>

#include "audit/checks.h"
#include "audit/names.h"
#include "audit/sites.h"
#include "base/text.h"
#include "base/uri.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Operation;
using contract::SchemeType;
using contract::SecurityScheme;
using finding::design_rule;
using finding::Severity;

bool carries_scopes(const SecurityScheme& scheme) {
  return scheme.type == SchemeType::kOAuth2 || scheme.type == SchemeType::kOpenIdConnect;
}

bool is_jwt(const SecurityScheme& scheme) {
  return carries_scopes(scheme) || contains_ignoring_case(scheme.bearer_format, "jwt");
}

// "alg: none", "the algorithm none is accepted", {"alg": "none"}; not "none of the algorithms".
bool accepts_none(std::string_view text) {
  const auto words = words_of(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != "none") continue;
    const auto from = i >= 4 ? i - 4 : 0;
    const auto to = std::min(words.size(), i + 3);
    const std::vector<std::string> near(words.begin() + static_cast<std::ptrdiff_t>(from),
                                        words.begin() + static_cast<std::ptrdiff_t>(to));
    if (has_phrase(near, "not|never|refuse|refused|reject|rejected|forbidden|disallow|except|no|must not|denied"))
      continue;
    if (has_phrase(near, "alg|algs|algorithm|algorithms|signature|signing|jwt|hs256|rs256|unsigned")) return true;
  }
  return has_phrase(words,
                    "unsigned jwt|unsigned jwts|unsigned token|unsigned tokens|without signature verification|"
                    "signature is not verified|signatures are not verified");
}

bool scheme_accepts_none(const SecurityScheme& scheme) {
  if (accepts_none(scheme.node->text_of("description"))) return true;
  return std::ranges::any_of(scheme.node->members(), [](const json::Member& member) {
    if (!member.key->text().starts_with("x-")) return false;
    const bool of_algorithms = contains_ignoring_case(member.key->text(), "alg");
    const auto is_none = [&](const json::Node* node) { return equal_ignoring_case(node->text(), "none"); };
    if (of_algorithms && (is_none(member.value) || std::ranges::any_of(member.value->items(), is_none))) return true;
    return false;
  });
}

std::vector<std::uint32_t> operations_with(const Subject& subject, std::string_view scheme) {
  std::vector<std::uint32_t> indexes;
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    const bool needs = std::ranges::any_of(subject.contract.operations[i].security, [&](const auto& requirement) {
      return std::ranges::any_of(requirement.needs, [&](const auto& need) { return need.scheme == scheme; });
    });
    if (needs) indexes.push_back(i);
  }
  return indexes;
}

// A scheme that nobody requires weighs nothing, and is not reported.
void report(const Subject& subject, Drafts& drafts, const SecurityScheme& scheme, const json::Node& node,
            const finding::Rule* rule, std::string message) {
  const Site site{.node = &node, .label = {}, .operations = operations_with(subject, scheme.name)};
  if (!site.operations.empty()) drafts.push_back(draft_of(subject, site, rule, rule->severity, std::move(message)));
}

std::string named(const SecurityScheme& scheme) { return "the scheme \"" + printable(scheme.name) + "\""; }

bool is_broad_scope(std::string_view scope) {
  const auto words = words_of(scope);
  if (scope == "*" || scope.ends_with(":*") || scope.ends_with(".*") || scope.ends_with("/*")) return true;
  return words.size() <= 2 && has_phrase(words,
                                         "all|full|full access|fullaccess|superuser|root|god|everything|any|"
                                         "unrestricted|read write all|all access");
}

}  // namespace

void check_token_schemes(const Subject& subject, Drafts& drafts) {
  for (const SecurityScheme& scheme : subject.contract.schemes) {
    if (scheme_accepts_none(scheme)) {
      report(subject, drafts, scheme, *scheme.node, design_rule("auth-jwt-none"),
             named(scheme) + " accepts tokens with the algorithm none");
    }
    if (is_jwt(scheme) && subject.contract.version != contract::Version::kSwagger20) {
      const auto text = scheme.node->text_of("description");
      const bool says = contains_ignoring_case(text, "8725") || contains_ignoring_case(text, "issuer") ||
                        contains_ignoring_case(text, "audience") || contains_ignoring_case(text, "opaque");
      if (!says) {
        report(subject, drafts, scheme, *scheme.node, design_rule("auth-jwt-unspecified"),
               named(scheme) + " does not say how tokens are checked (RFC 8725)");
      }
    }
    if (scheme.type == SchemeType::kOpenIdConnect &&
        !scheme.open_id_connect_url.ends_with("/.well-known/openid-configuration")) {
      report(subject, drafts, scheme, *scheme.node, design_rule("auth-oidc-discovery"),
             named(scheme) + " does not name a discovery document");
    }
    for (const auto& flow : scheme.flows) {
      const bool renewable = !flow.refresh_url.empty() || flow.name == "clientCredentials";
      if (!renewable && subject.contract.version != contract::Version::kSwagger20) {
        report(subject, drafts, scheme, *flow.node, design_rule("auth-token-no-refresh"),
               "the flow " + printable(flow.name) + " of " + named(scheme) + " has no refreshUrl");
      }
    }
  }
}

// The algorithms that a body may choose, as in a request for a token or a key.
void check_algorithm_choices(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const Field& field : subject.fields) {
    const auto words = words_of(field.name);
    if (!has_phrase(words, "alg|algs|algorithm|algorithms|signing alg|signature algorithm") || field.schema == nullptr)
      continue;
    const Composition schema(subject.contract, std::array<const json::Node*, 1>{field.schema});
    const json::Node* values = schema.find("enum");
    if (values == nullptr && schema.has("items")) values = schema.find("items")->find("enum");
    const bool none = values != nullptr && std::ranges::any_of(values->items(), [](const json::Node* value) {
                        return equal_ignoring_case(value->text(), "none");
                      });
    const bool of_tokens = none && std::ranges::any_of(values->items(), [](const json::Node* value) {
                             const std::string text = lower(value->text());
                             return text.size() == 5 && (text.starts_with("hs") || text.starts_with("rs") ||
                                                         text.starts_with("es") || text.starts_with("ps"));
                           });
    if (none && (of_tokens || words.size() == 1)) {
      sites.add(*field.node, field.label(), field.directions, subject.fields.operations(field, field.directions));
    }
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-jwt-none"), Severity::kCritical,
                              describe(site) + " lets the algorithm none be chosen"));
  }
}

void check_requirements(const Subject& subject, Drafts& drafts) {
  Sites empty;
  Sites on_keys;
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    if (subject.traits[i].entry) continue;
    for (const auto& requirement : operation.security) {
      bool scoped = false;
      bool delegated = false;
      for (const auto& need : requirement.needs) {
        const SecurityScheme* scheme = subject.contract.scheme(need.scheme);
        if (scheme == nullptr) continue;
        scoped = scoped || !need.scopes.empty();
        delegated = delegated || carries_scopes(*scheme);
        // From 3.1 on the list may name roles.
        const bool roles = subject.contract.version >= contract::Version::kOpenApi31;
        if (!carries_scopes(*scheme) && !need.scopes.empty() && !roles) {
          on_keys.add(*requirement.node, {"scheme", need.scheme}, 0, {i});
        }
      }
      if (delegated && !scoped) empty.add(*requirement.node, {"requirement", {}}, 0, {i});
    }
  }
  for (const Site& site : empty) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-scopes-empty"), Severity::kLow,
                              "the requirement asks for a token of any scope"));
  }
  for (const Site& site : on_keys) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-scope-on-key"), Severity::kLow,
                              to_string(site.label) + " is given scopes, and carries none"));
  }
}

void check_scope_breadth(const Subject& subject, Drafts& drafts) {
  std::map<std::string_view, Site> sites;
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    for (const auto& requirement : subject.contract.operations[i].security) {
      for (const auto& need : requirement.needs) {
        for (const auto scope : need.scopes) {
          if (!is_broad_scope(scope)) continue;
          auto& site = sites[scope];
          if (site.node == nullptr) site.node = requirement.node;
          if (site.operations.empty() || site.operations.back() != i) site.operations.push_back(i);
        }
      }
    }
  }
  for (const auto& [scope, site] : sites) {
    Draft draft = draft_of(subject, site, design_rule("access-scope-broad"), Severity::kLow,
                           "the scope \"" + printable(scope) + "\" allows everything");
    draft.aspect = scope;
    drafts.push_back(std::move(draft));
  }
}

// A key that is all there is to an alternative.
void check_lone_keys(const Subject& subject, Drafts& drafts) {
  for (const SecurityScheme& scheme : subject.contract.schemes) {
    if (scheme.type != SchemeType::kApiKey || scheme.in != contract::ParameterIn::kHeader) continue;
    Site site{.node = scheme.node, .label = {"scheme", scheme.name}, .operations = {}};
    for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
      const bool alone = std::ranges::any_of(subject.contract.operations[i].security, [&](const auto& requirement) {
        return requirement.needs.size() == 1 && requirement.needs.front().scheme == scheme.name;
      });
      if (alone) site.operations.push_back(i);
    }
    if (site.operations.empty()) continue;
    drafts.push_back(draft_of(subject, site, design_rule("auth-key-alone"), Severity::kLow,
                              named(scheme) + " is a key, and nothing else is asked for"));
  }
}

void check_revocation(const Subject& subject, Drafts& drafts) {
  const auto& operations = subject.contract.operations;
  Site logins{.node = nullptr, .label = {}, .operations = {}};
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    const auto& words = subject.traits[i].words;
    const bool ends = has_phrase(words,
                                 "logout|log out|signout|sign out|revoke|revocation|logoff|invalidate|end session|"
                                 "revoke token|terminate");
    const bool deletes = operations[i].method == contract::Method::kDelete &&
                         has_phrase(words, "session|token|sessions|tokens|login|credential|access token|me");
    if (ends || deletes) return;
    if (operations[i].method != contract::Method::kPost || !subject.traits[i].entry) continue;
    bool gives = false;
    subject.schemas.visit_response_properties(i, success_of(operations[i]), [&](const PropertyUse& property) {
      const auto property_words = words_of(property.name);
      gives = gives || has_phrase(property_words,
                                  "access token|accesstoken|refresh token|refreshtoken|session token|"
                                  "auth token|authtoken");
    });
    if (gives) logins.operations.push_back(i);
  }
  if (logins.operations.empty()) return;
  logins.node = operations[logins.operations.front()].node;
  drafts.push_back(draft_of(
      subject, logins, design_rule("auth-revocation-missing"), Severity::kLow,
      title_of(operations[logins.operations.front()]) + " gives out tokens, and no operation takes them back"));
}

// Credentials described as parameters: headers and cookies that a scheme should say. (Authorization itself is told by
// the loader.)
void check_credential_headers(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const Field& field : subject.fields) {
    if (field.is_property() ||
        (field.in != contract::ParameterIn::kHeader && field.in != contract::ParameterIn::kCookie))
      continue;
    const std::string name = lower(field.name);
    const bool session = field.in == contract::ParameterIn::kCookie && is_session_id(field.name);
    const bool credential = is_credential(field.name) || session || name == "proxy-authorization";
    if (!credential || has_phrase(words_of(field.name), "csrf|xsrf|device|push|page|upload|captcha")) continue;
    const bool described = std::ranges::any_of(subject.contract.schemes, [&](const SecurityScheme& scheme) {
      return equal_ignoring_case(scheme.parameter, field.name);
    });
    if (!described) sites.add(*field.node, field.label(), kRequest, field.operations);
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-header-parameter"), Severity::kMedium,
                              describe(site) + " is a credential, and no security scheme"));
  }
}

}  // namespace portico::audit
