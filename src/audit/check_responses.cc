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

// Whether the operation should say it at all.
using Applies = bool (*)(const Operation& operation, const Traits& traits);

bool may_be_bad(const Operation& operation, const Traits&) { return takes_input(operation); }
bool needs_credentials(const Operation&, const Traits& traits) { return !traits.open; }
bool needs_rights(const Operation& operation, const Traits& traits) {
  return traits.scoped && !is_safe(operation.method) && !has_phrase(traits.path_words, "me|self|my");
}
bool names_object(const Operation& operation, const Traits& traits) {
  // access-object-unchecked says it where nothing at all is refused.
  return traits.names_object && !traits.published &&
         (traits.open || declares(operation, "403") || declares(operation, "404"));
}
bool takes_body(const Operation& operation, const Traits&) { return operation.body.has_value(); }
bool always(const Operation&, const Traits&) { return true; }
bool is_private(const Operation&, const Traits& traits) { return !traits.published; }
bool says_limit(const Operation& operation, const Traits& traits) {
  return !traits.published && declares_exactly(operation, "429");
}

// Whether it says it. `exactly`: most operations of the API do so by the status itself, so `default` is no excuse.
using Says = bool (*)(const Operation& operation, const Traits& traits, bool exactly);

bool says(const Operation& operation, std::string_view status, bool exactly) {
  return exactly ? declares_exactly(operation, status) : declares(operation, status);
}
bool says_unauthorized(const Operation& operation, const Traits&, bool exactly) {
  return says(operation, "401", exactly);
}
bool says_media_type(const Operation& operation, const Traits&, bool exactly) {
  return says(operation, "415", exactly);
}
bool says_bad_request(const Operation& operation, const Traits&, bool exactly) {
  return says(operation, "400", exactly) || says(operation, "422", exactly);
}
// Where the API has no habit of 403, 404 (of an object) or 401 refuse as well.
bool says_forbidden(const Operation& operation, const Traits&, bool exactly) {
  return says(operation, "403", exactly) || (!exactly && (declares(operation, "404") || declares(operation, "401")));
}
bool says_not_found(const Operation& operation, const Traits& traits, bool exactly) {
  return says(operation, "404", exactly) || (!exactly && !traits.open && !is_safe(operation.method)) ||
         declares_exactly(operation, "410");
}
bool says_failure(const Operation& operation, const Traits&, bool exactly) {
  return (!exactly && declares(operation, "500")) || std::ranges::any_of(operation.responses, [](const auto& response) {
           return response.status.starts_with('5') || response.status == "default";
         });
}
bool says_too_many(const Operation& operation, const Traits&, bool) { return declares_exactly(operation, "429"); }
bool says_success(const Operation& operation, const Traits&, bool) {
  return std::ranges::any_of(operation.responses, [](const auto& response) {
    return response.status == "default" || response.status[0] <= '3';
  });
}
bool says_rest(const Operation& operation, const Traits&, bool) {
  return std::ranges::any_of(operation.responses, [](const auto& response) {
    return std::ranges::any_of(response.headers, [](const auto& header) {
      return contains_ignoring_case(header.name, "ratelimit") || contains_ignoring_case(header.name, "rate-limit");
    });
  });
}

struct Lack {
  const finding::Rule* rule;
  Applies applies;
  Says says;
  std::string_view what;  // "do not declare the response 429"
};

constexpr Lack kLacks[] = {
    {design_rule("config-error-bad-request"), may_be_bad, says_bad_request, "the response 400 (or 422)"},
    {design_rule("config-error-unauthorized"), needs_credentials, says_unauthorized, "the response 401"},
    {design_rule("config-error-forbidden"), needs_rights, says_forbidden, "the response 403"},
    {design_rule("config-error-not-found"), names_object, says_not_found, "the response 404"},
    {design_rule("config-error-media-type"), takes_body, says_media_type, "the response 415"},
    {design_rule("config-error-default"), always, says_failure, "the response default (or 500)"},
    {design_rule("limit-rate-undeclared"), is_private, says_too_many, "the response 429"},
    {design_rule("config-success-undeclared"), always, says_success, "a response of success"},
    {design_rule("limit-rate-headers"), says_limit, says_rest, "rate limit header fields"},
};

struct Lacking {
  std::vector<std::uint32_t> bare;     // nothing says it
  std::vector<std::uint32_t> covered;  // `default` does, where the habit is to say it
};

Lacking lacking_of(const Subject& subject, const Lack& lack) {
  const auto& operations = subject.contract.operations;
  std::vector<std::uint32_t> asked;
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    if (operations[i].node == nullptr || operations[i].method == Method::kOptions) continue;
    if (lack.applies(operations[i], subject.traits[i])) asked.push_back(i);
  }
  const auto says_exactly = [&](auto i) { return lack.says(operations[i], subject.traits[i], true); };
  const bool habit = static_cast<std::size_t>(std::ranges::count_if(asked, says_exactly)) * 2 > asked.size();
  Lacking lacking;
  for (const auto i : asked) {
    if (!lack.says(operations[i], subject.traits[i], false)) {
      lacking.bare.push_back(i);
    } else if (habit && !says_exactly(i)) {
      lacking.covered.push_back(i);
    }
  }
  return lacking;
}

// What most operations lack is one decision of the API's: one finding. What few lack was forgotten there.
void report(const Subject& subject, const Lack& lack, const std::vector<std::uint32_t>& lacking, Severity severity,
            Drafts& drafts) {
  constexpr std::size_t kFew = 3;
  const auto& operations = subject.contract.operations;
  const bool note = severity == Severity::kInfo;
  const bool together = lacking.size() > (note ? 0 : kFew) && lacking.size() * 2 > operations.size();
  if (together) {
    Draft draft{.rule = lack.rule,
                .severity = severity,
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
                      .severity = severity,
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
  for (const Lack& lack : kLacks) {
    const Lacking lacking = lacking_of(subject, lack);
    report(subject, lack, lacking.bare, lack.rule->severity, drafts);
    // Only a note: a habit that is nearly one must not cost points when it becomes one.
    report(subject, lack, lacking.covered, Severity::kInfo, drafts);
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
