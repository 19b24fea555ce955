// What callers are recognised by after they have proved who they are: cookies and keys (OWASP API2, API8).
#include <algorithm>
#include <array>

#include "audit/checks.h"
#include "audit/names.h"
#include "audit/sites.h"
#include "base/text.h"
#include "contract/data_class.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Operation;
using contract::ParameterIn;
using contract::SchemeType;
using contract::SecurityScheme;
using finding::Severity;

bool is_cookie(const contract::Contract& contract, std::string_view name) {
  const SecurityScheme* scheme = contract.scheme(name);
  return scheme != nullptr && scheme->type == SchemeType::kApiKey && scheme->in == ParameterIn::kCookie;
}

// Whether one of the alternatives asks for nothing that a browser does not send by itself.
bool cookie_is_enough(const contract::Contract& contract, const Operation& operation) {
  return std::ranges::any_of(operation.security, [&](const auto& requirement) {
    return !requirement.needs.empty() &&
           std::ranges::all_of(requirement.needs, [&](const auto& need) { return is_cookie(contract, need.scheme); });
  });
}

// A header field that has to be sent, and that a form of another site cannot set. Any will do: a request with a header
// field of its own needs the service's permission (Fetch Standard, "CORS-safelisted request-header").
bool requires_own_header(const Operation& operation) {
  static constexpr std::array<std::string_view, 3> kSafelisted = {"Accept", "Accept-Language", "Content-Language"};
  return std::ranges::any_of(operation.parameters, [](const auto& parameter) {
    return parameter.in == ParameterIn::kHeader && parameter.required &&
           std::ranges::none_of(kSafelisted, [&](auto name) { return equal_ignoring_case(parameter.name, name); });
  });
}

// Media types that a form can send, or no body at all.
bool takes_forms(const Operation& operation) {
  if (!operation.body) return operation.method == contract::Method::kPost;
  return std::ranges::any_of(operation.body->content, [](const auto& media) {
    return contains_ignoring_case(media.range, "x-www-form-urlencoded") ||
           contains_ignoring_case(media.range, "multipart/form-data") ||
           contains_ignoring_case(media.range, "text/plain") || media.range.starts_with("*/");
  });
}

// Keys and bearer tokens in header fields of which the contract does not say where they come from.
bool is_of_unknown_origin(const SecurityScheme& scheme) {
  if (scheme.type == SchemeType::kApiKey) return scheme.in == ParameterIn::kHeader;
  return scheme.type == SchemeType::kHttp && equal_ignoring_case(scheme.scheme, "bearer");
}

bool requires_scheme(const Operation& operation, std::string_view name) {
  return std::ranges::any_of(operation.security, [&](const auto& requirement) {
    return requirement.needs.size() == 1 && requirement.needs.front().scheme == name;
  });
}

// The API has a login of its own that gives out tokens: then it is known where they come from.
bool issues_tokens(const Subject& subject) {
  const auto& operations = subject.contract.operations;
  bool issues = false;
  for (std::uint32_t i = 0; i < operations.size() && !issues; ++i) {
    if (!is_entry(operations[i])) continue;
    subject.schemas.visit_response_properties(i, success_of(operations[i]), [&](const PropertyUse& property) {
      issues = issues || contract::classify(property.name, property.resolved) == contract::DataClass::kSecret;
    });
  }
  return issues;
}

bool returns_personal_data(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  bool returns = false;
  subject.schemas.visit_response_properties(index, success_of(operation), [&](const PropertyUse& property) {
    returns = returns || contract::is_personal(subject.fields.data_class(property));
  });
  return returns;
}

}  // namespace

void check_cookies(const Subject& subject, Drafts& drafts) {
  for (const Operation& operation : subject.contract.operations) {
    if (is_safe(operation.method) || !cookie_is_enough(subject.contract, operation)) continue;
    if (requires_own_header(operation) || !takes_forms(operation)) continue;
    drafts.push_back({.rule = finding::design_rule("auth-cookie-csrf"),
                      .severity = Severity::kMedium,
                      .node = operation.node,
                      .operation = &operation,
                      .message = title_of(operation) +
                                 " changes state for whoever has the cookie, and a form of another site can send it"});
  }
}

void check_static_keys(const Subject& subject, Drafts& drafts) {
  if (issues_tokens(subject)) return;
  const auto& operations = subject.contract.operations;
  for (const SecurityScheme& scheme : subject.contract.schemes) {
    if (!is_of_unknown_origin(scheme)) continue;
    Sites sites;
    for (std::uint32_t i = 0; i < operations.size(); ++i) {
      if (!requires_scheme(operations[i], scheme.name) || !returns_personal_data(subject, i)) continue;
      sites.add(*scheme.node, {"scheme", scheme.name}, 0, {i});
    }
    for (const Site& site : sites) {
      drafts.push_back(draft_of(subject, site, finding::design_rule("auth-no-framework"), Severity::kMedium,
                                "the scheme \"" + printable(scheme.name) +
                                    "\" protects personal data, but nothing says who issues its credentials"));
    }
  }
}

}  // namespace portico::audit
