// What is said about answers: which refusals and failures are declared (OWASP API8), limits (API4), header fields.
#include <algorithm>
#include <array>

#include "audit/checks.h"
#include "audit/names.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Method;
using contract::Operation;
using finding::design_rule;
using finding::Severity;

// A variable of the path is refused by 404.
bool takes_input(const Operation& operation) {
  return operation.body ||
         std::ranges::any_of(operation.parameters, [](const auto& p) { return p.in != contract::ParameterIn::kPath; });
}

bool lacks_bad_request(const Subject&, const Operation& operation, const Traits&) {
  return takes_input(operation) && !declares(operation, "400") && !declares(operation, "422");
}
bool lacks_unauthorized(const Subject&, const Operation& operation, const Traits& traits) {
  return !traits.open && !declares(operation, "401");
}
bool needs_forbidden(const Operation& operation, const Traits& traits) {
  return traits.scoped && !is_safe(operation.method) && !has_phrase(traits.path_words, "me|self|my");
}

// Where the object itself is named, 404 refuses as well: unless the API answers 403 elsewhere.
bool lacks_forbidden(const Subject& subject, const Operation& operation, const Traits& traits) {
  if (!needs_forbidden(operation, traits) || declares(operation, "403")) return false;
  if (!traits.names_object || !declares(operation, "404")) return !traits.names_object;
  for (std::size_t i = 0; i < subject.traits.size(); ++i) {
    const Operation& other = subject.contract.operations[i];
    if (needs_forbidden(other, subject.traits[i]) && declares_exactly(other, "403")) return true;
  }
  return false;
}
bool lacks_not_found(const Subject&, const Operation& operation, const Traits& traits) {
  if (!traits.names_object || declares(operation, "404")) return false;
  // access-object-unchecked says it where nothing at all is refused; 403 and 410 refuse as well.
  return (traits.open && !traits.published) || (declares(operation, "403") && is_safe(operation.method));
}
bool lacks_media_type(const Subject&, const Operation& operation, const Traits&) {
  return operation.body && !declares(operation, "415");
}
bool lacks_default(const Subject&, const Operation& operation, const Traits&) {
  return !declares(operation, "500") && std::ranges::none_of(operation.responses, [](const auto& response) {
    return response.status.starts_with('5');
  });
}
bool lacks_rate(const Subject&, const Operation& operation, const Traits& traits) {
  return !traits.published && !declares_exactly(operation, "429");
}
bool lacks_success(const Subject&, const Operation& operation, const Traits&) {
  return std::ranges::none_of(operation.responses, [](const auto& response) {
    return response.status == "default" || response.status[0] <= '3';
  });
}
bool lacks_rate_headers(const Subject&, const Operation& operation, const Traits& traits) {
  if (traits.published || !declares_exactly(operation, "429")) return false;
  return std::ranges::none_of(operation.responses, [](const auto& response) {
    return std::ranges::any_of(response.headers, [](const auto& header) {
      return contains_ignoring_case(header.name, "ratelimit") || contains_ignoring_case(header.name, "rate-limit");
    });
  });
}

struct Lack {
  const finding::Rule* rule;
  bool (*test)(const Subject& subject, const Operation& operation, const Traits& traits);
  std::string_view what;  // "do not declare the response 429"
};

constexpr Lack kLacks[] = {
    {design_rule("config-error-bad-request"), lacks_bad_request, "the response 400 (or 422)"},
    {design_rule("config-error-unauthorized"), lacks_unauthorized, "the response 401"},
    {design_rule("config-error-forbidden"), lacks_forbidden, "the response 403"},
    {design_rule("config-error-not-found"), lacks_not_found, "the response 404"},
    {design_rule("config-error-media-type"), lacks_media_type, "the response 415"},
    {design_rule("config-error-default"), lacks_default, "the response default (or 500)"},
    {design_rule("limit-rate-undeclared"), lacks_rate, "the response 429"},
    {design_rule("config-success-undeclared"), lacks_success, "a response of success"},
    {design_rule("limit-rate-headers"), lacks_rate_headers, "rate limit header fields"},
};

// What most operations lack is one decision of the API's: one finding. What few lack was forgotten there.
void report(const Subject& subject, const Lack& lack, const std::vector<std::uint32_t>& lacking, Drafts& drafts) {
  constexpr std::size_t kFew = 3;
  const auto& operations = subject.contract.operations;
  const bool note = lack.rule->severity == Severity::kInfo;
  const bool together = lacking.size() > (note ? 0 : kFew) && lacking.size() * 2 > operations.size();
  if (together) {
    Draft draft{.rule = lack.rule,
                .severity = lack.rule->severity,
                .node = subject.contract.root->find("paths"),
                .message = std::to_string(lacking.size()) + " of " + std::to_string(operations.size()) +
                           " operations do not declare " + std::string(lack.what),
                .operations = lacking};
    for (const auto index : lacking) {
      if (draft.related.size() == finding::kMaxRelated) break;
      draft.related.push_back({operations[index].node, &operations[index], title_of(operations[index])});
    }
    drafts.push_back(std::move(draft));
    return;
  }
  for (const auto index : lacking) {
    drafts.push_back({.rule = lack.rule,
                      .severity = lack.rule->severity,
                      .node = operations[index].node,
                      .operation = &operations[index],
                      .message = title_of(operations[index]) + " does not declare " + std::string(lack.what)});
  }
}

// Each response and header once, however many operations share it.
template <class Visit>
void each_response(const Subject& subject, const Visit& visit) {
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    for (const auto& response : subject.contract.operations[i].responses) visit(i, response);
  }
}

bool has_header(const contract::Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [&](const auto& h) { return equal_ignoring_case(h.name, name); });
}

// The fixed values of a header: what `const`, `enum`, `default` and examples show.
std::vector<std::string_view> values_of(const contract::Contract& contract, const contract::Header& header) {
  std::vector<std::string_view> values;
  const auto add = [&](const json::Node* node) {
    if (node == nullptr) return;
    if (node->is_string()) values.push_back(node->text());
    for (const json::Node* item : node->items()) values.push_back(item->text());
  };
  const json::Node* schema = header.schema == nullptr ? nullptr : contract.resolve(*header.schema);
  for (const json::Node* holder : {schema, header.node}) {
    if (holder == nullptr) continue;
    for (const std::string_view key : {"const", "enum", "default", "example", "examples"}) add(holder->find(key));
  }
  return values;
}

}  // namespace

void check_declared_responses(const Subject& subject, Drafts& drafts) {
  const auto& operations = subject.contract.operations;
  for (const Lack& lack : kLacks) {
    std::vector<std::uint32_t> lacking;
    for (std::uint32_t i = 0; i < operations.size(); ++i) {
      if (operations[i].node == nullptr || operations[i].method == Method::kOptions) continue;
      if (lack.test(subject, operations[i], subject.traits[i])) lacking.push_back(i);
    }
    report(subject, lack, lacking, drafts);
  }
}

void check_retry_after(const Subject& subject, Drafts& drafts) {
  Sites sites;
  each_response(subject, [&](std::uint32_t index, const contract::Response& response) {
    if (response.status != "429" || has_header(response, "Retry-After")) return;
    const bool told = std::ranges::any_of(response.headers, [](const auto& header) {
      return contains_ignoring_case(header.name, "ratelimit") || contains_ignoring_case(header.name, "rate-limit");
    });
    if (!told) sites.add(*response.node, {"response 429", {}}, kResponse, {index});
  });
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("limit-retry-after"), Severity::kInfo,
                              "the response 429 does not declare Retry-After"));
  }
}

void check_response_headers(const Subject& subject, Drafts& drafts) {
  Sites wildcard;
  Sites with_credentials;
  Sites versions;
  Sites cookies;
  Sites preflights;
  each_response(subject, [&](std::uint32_t index, const contract::Response& response) {
    for (const auto& header : response.headers) {
      if (header.node == nullptr) continue;
      const Label label{"header", header.name};
      const auto values = values_of(subject.contract, header);
      const std::string name = lower(header.name);
      if (name == "access-control-allow-origin" && std::ranges::find(values, "*") != values.end()) {
        (has_header(response, "Access-Control-Allow-Credentials") ? with_credentials : wildcard)
            .add(*header.node, label, kResponse, {index});
      }
      if (name == "server" || name == "x-powered-by" || name == "x-aspnet-version" || name == "x-aspnetmvc-version" ||
          name == "x-generator" || name == "x-runtime-version") {
        versions.add(*header.node, label, kResponse, {index});
      }
      const bool bare = std::ranges::any_of(values, [](std::string_view value) {
        return value.contains('=') &&
               !(contains_ignoring_case(value, "httponly") && contains_ignoring_case(value, "secure") &&
                 contains_ignoring_case(value, "samesite"));
      });
      if (name == "set-cookie" && bare) cookies.add(*header.node, label, kResponse, {index});
    }
    const Operation& operation = subject.contract.operations[index];
    const bool answered = response.status.starts_with('2');
    if (operation.method == Method::kOptions && answered && !has_header(response, "Access-Control-Allow-Origin")) {
      preflights.add(*response.node, {"the answer", response.status}, kResponse, {index});
    }
  });
  const auto say = [&](const Sites& sites, const finding::Rule* rule, Severity severity, std::string_view what) {
    for (const Site& site : sites) {
      drafts.push_back(draft_of(subject, site, rule, severity, to_string(site.label) + std::string(what)));
    }
  };
  say(wildcard, design_rule("config-cors-wildcard"), Severity::kMedium, " allows every origin");
  say(with_credentials, design_rule("config-cors-wildcard"), Severity::kHigh,
      " allows every origin, and credentials with it");
  say(versions, design_rule("config-version-header"), Severity::kLow, " tells what software answers");
  say(cookies, design_rule("auth-cookie-flags"), Severity::kMedium,
      " shows a cookie without Secure, HttpOnly or SameSite");
  say(preflights, design_rule("config-cors-undeclared"), Severity::kLow,
      " to a preflight does not declare Access-Control-Allow-Origin");
}

void check_error_details(const Subject& subject, Drafts& drafts) {
  const auto in_errors = subject.schemas.reached_by_responses([](std::string_view status) {
    return status.starts_with('4') || status.starts_with('5') || status == "default";
  });
  const auto in_success =
      subject.schemas.reached_by_responses([](std::string_view status) { return status.starts_with('2'); });
  Sites sites;
  for (const Field& field : subject.fields) {
    if (!field.is_property() || !field.in_response() || !field.is_about(Topic::kErrorDetail)) continue;
    if (!in_errors[field.unit] || in_success[field.unit]) continue;
    sites.add(*field.node, field.label(), kResponse, subject.fields.operations(field, kResponse));
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("config-error-leak"), Severity::kMedium,
                              describe(site) + " tells how the service works inside"));
  }
}

}  // namespace portico::audit
