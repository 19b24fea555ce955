// How callers prove who they are: the security schemes, and credentials that travel outside of them (OWASP API2).
#include <algorithm>
#include <array>

#include "audit/checks.h"
#include "audit/hosts.h"
#include "audit/names.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::SchemeType;
using contract::SecurityScheme;
using finding::Severity;

// The IANA registry of authentication schemes (RFC 9110, section 16.4.1), without those that are obsolete.
bool is_current_scheme(std::string_view scheme) {
  constexpr std::array<std::string_view, 10> kCurrent = {
      "bearer", "basic", "dpop", "gnap", "hoba", "mutual", "privatetoken", "vapid", "concealed", "scram-sha-256"};
  return std::ranges::find(kCurrent, scheme) != kCurrent.end();
}

bool is_obsolete_scheme(std::string_view scheme) {
  constexpr std::array<std::string_view, 5> kObsolete = {"digest", "negotiate", "ntlm", "oauth", "scram-sha-1"};
  return std::ranges::find(kObsolete, scheme) != kObsolete.end();
}

std::vector<std::uint32_t> operations_with(const contract::Contract& contract, std::string_view scheme) {
  std::vector<std::uint32_t> indexes;
  for (std::uint32_t i = 0; i < contract.operations.size(); ++i) {
    const bool needs = std::ranges::any_of(contract.operations[i].security, [&](const auto& requirement) {
      return std::ranges::any_of(requirement.needs, [&](const auto& need) { return need.scheme == scheme; });
    });
    if (needs) indexes.push_back(i);
  }
  return indexes;
}

// A finding at the scheme, for all operations that require it; a scheme that none requires is only a temptation.
void report(const Subject& subject, Drafts& drafts, const SecurityScheme& scheme, const json::Node& node,
            const finding::Rule* rule, std::string message) {
  const Site site{.node = &node, .label = {}, .operations = operations_with(subject.contract, scheme.name)};
  const bool used = !site.operations.empty();
  if (!used) message += ", though no operation requires it";
  drafts.push_back(
      used ? draft_of(subject, site, rule, rule->severity, std::move(message))
           : Draft{.rule = rule, .severity = Severity::kInfo, .node = &node, .message = std::move(message)});
}

void report_url(const Subject& subject, Drafts& drafts, const SecurityScheme& scheme, const json::Node& holder,
                std::string_view field) {
  const json::Node* url = holder.find(field);
  if (url == nullptr || !is_plain_http(url->text())) return;
  report(subject, drafts, scheme, *url, finding::design_rule("transport-oauth-plain-http"),
         std::string(field) + " of the scheme \"" + printable(scheme.name) + "\" does not use TLS");
}

// "/tokens/{token}": the identifier of an object that is called so, unless it is what lets somebody in.
bool names_collection(const contract::Operation& operation, std::string_view name) {
  const std::string variable = "{" + std::string(name) + "}";
  const auto at = operation.path.find(variable);
  if (at == std::string_view::npos || at < 2) return false;
  const auto before = operation.path.substr(0, at - 1);
  const auto segment = before.substr(before.rfind('/') + 1);
  if (segment.contains('{') || !segment.ends_with('s')) return false;
  return lower(segment.substr(0, segment.size() - 1)) == lower(name) && !operation.open_to_nobody();
}

}  // namespace

void check_security_schemes(const Subject& subject, Drafts& drafts) {
  for (const SecurityScheme& scheme : subject.contract.schemes) {
    const std::string name = "the scheme \"" + printable(scheme.name) + "\"";
    if (scheme.type == SchemeType::kApiKey && scheme.in == contract::ParameterIn::kQuery) {
      report(subject, drafts, scheme, *scheme.node, finding::design_rule("auth-key-in-url"),
             name + " sends its key in the query parameter \"" + printable(scheme.parameter) + "\"");
    }
    if (scheme.type != SchemeType::kHttp) continue;
    const std::string http = lower(scheme.scheme);
    if (http == "basic") {
      report(subject, drafts, scheme, *scheme.node, finding::design_rule("auth-basic"),
             name + " sends the password with every request");
    } else if (is_obsolete_scheme(http)) {
      report(subject, drafts, scheme, *scheme.node, finding::design_rule("auth-scheme-obsolete"),
             name + " uses the obsolete HTTP authentication \"" + printable(scheme.scheme) + "\"");
    } else if (!is_current_scheme(http)) {
      report(subject, drafts, scheme, *scheme.node, finding::design_rule("auth-scheme-obsolete"),
             name + " uses \"" + printable(scheme.scheme) + "\", which is no registered HTTP authentication");
    }
  }
}

void check_oauth_flows(const Subject& subject, Drafts& drafts) {
  for (const SecurityScheme& scheme : subject.contract.schemes) {
    if (scheme.type == SchemeType::kOpenIdConnect)
      report_url(subject, drafts, scheme, *scheme.node, "openIdConnectUrl");
    for (const contract::OAuthFlow& flow : scheme.flows) {
      const std::string name = "the scheme \"" + printable(scheme.name) + "\" offers the ";
      if (flow.name == "implicit") {
        report(subject, drafts, scheme, *flow.node, finding::design_rule("auth-oauth-implicit"),
               name + "implicit flow");
      } else if (flow.name == "password") {
        report(subject, drafts, scheme, *flow.node, finding::design_rule("auth-oauth-password"),
               name + "password flow");
      }
      for (const std::string_view field : {"authorizationUrl", "tokenUrl", "refreshUrl"}) {
        report_url(subject, drafts, scheme, *flow.node, field);
      }
    }
  }
}

void check_credential_parameters(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    for (const auto& parameter : subject.contract.operations[i].parameters) {
      const bool in_path = parameter.in == contract::ParameterIn::kPath;
      if (!in_path && parameter.in != contract::ParameterIn::kQuery) continue;
      if (parameter.node == nullptr) continue;
      if (in_path && names_collection(subject.contract.operations[i], parameter.name)) continue;
      // In a path a session is most often an object of its own (a checkout, an upload).
      if (!is_credential(parameter.name) && (in_path || !is_session_id(parameter.name))) continue;
      sites.add(*parameter.node, {kind_of(parameter.in), parameter.name}, kRequest, {i});
    }
  }
  for (const Site& site : sites) {
    // One-time links carry their token in the path; that is weaker than a header and better than a password.
    const auto severity = site.label.kind.starts_with("path") ? Severity::kMedium : Severity::kHigh;
    drafts.push_back(draft_of(subject, site, finding::design_rule("auth-credential-in-url"), severity,
                              describe(site) + " is a credential in the URL"));
  }
}

}  // namespace portico::audit
