#include "guard/browser.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "guard/checks.h"
#include "http/origin.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

using Action = FieldChange::Action;

constexpr std::array<std::string_view, 6> kCorsFields = {
    "Access-Control-Allow-Origin",  "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers", "Access-Control-Expose-Headers",    "Access-Control-Max-Age"};

// Methods by which nothing should change (RFC 9110, section 9.2.1; QUERY is safe, too).
bool only_reads(contract::Method method) {
  using contract::Method;
  return method == Method::kGet || method == Method::kHead || method == Method::kOptions || method == Method::kTrace ||
         method == Method::kQuery;
}

bool opens_socket(const contract::Operation& operation) {
  return std::ranges::find(operation.responses, "101", &contract::Response::status) != operation.responses.end();
}

// An origin against "https://app.example" or "https://*.app.example".
bool matches(std::string_view pattern, std::string_view origin) {
  const auto star = pattern.find("*.");
  if (star == std::string_view::npos) return pattern == origin;
  const auto before = pattern.substr(0, star);
  const auto after = pattern.substr(star + 1);
  return origin.size() > before.size() + after.size() && origin.starts_with(before) && origin.ends_with(after);
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view origin) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches(pattern, origin); });
}

bool has_cookie(std::string_view field, std::string_view name) {
  while (!field.empty()) {
    const auto end = std::min(field.find(';'), field.size());
    const auto part = trim(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    if (part.starts_with(name) && part.size() > name.size() && part[name.size()] == '=') return true;
  }
  return false;
}

void add_name(std::string& list, std::string_view name) {
  if (!list.empty()) list += ", ";
  list += name;
}

// Named by itself: not by a tag, or as one of all.
bool is_named(const policy::Selectors& selectors, const contract::Contract& contract,
              const contract::Operation& operation) {
  return std::ranges::any_of(
      selectors, [&](const policy::Text& selector) { return contract.operation(selector.text) == &operation; });
}

// What a browser must be allowed to send: the declared fields and those of the credentials.
void add_request_headers(BrowserPlan& plan, const contract::Contract& contract, const contract::Operation& operation,
                         const std::vector<std::string>& others) {
  const auto add = [&](std::string_view name) {
    if (std::ranges::find(plan.header_names, lower(name)) != plan.header_names.end()) return;
    plan.header_names.push_back(lower(name));
    add_name(plan.allow_headers, name);
  };
  if (operation.body) add("Content-Type");
  for (const auto& requirement : operation.security) {
    for (const auto& need : requirement.needs) {
      const contract::SecurityScheme* scheme = contract.scheme(need.scheme);
      if (scheme == nullptr || scheme->type == contract::SchemeType::kMutualTls) continue;
      if (scheme->type != contract::SchemeType::kApiKey)
        add("Authorization");
      else if (scheme->in == contract::ParameterIn::kHeader)
        add(scheme->parameter);
    }
  }
  for (const auto& parameter : operation.parameters) {
    if (parameter.in == contract::ParameterIn::kHeader) add(parameter.name);
  }
  for (const std::string& name : others) add(name);
}

void add_exposed(BrowserPlan& plan, const contract::Operation& operation, const std::vector<std::string>& others) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    if (std::ranges::find(names, lower(name)) != names.end()) return;
    names.push_back(lower(name));
    add_name(plan.expose, name);
  };
  for (const auto& response : operation.responses) {
    for (const auto& header : response.headers) {
      if (!equal_ignoring_case(header.name, "set-cookie")) add(header.name);
    }
  }
  for (const std::string& name : others) add(name);
}

}  // namespace

BrowserFields browser_fields(const RequestHead& head) {
  BrowserFields fields;
  const auto take = [](const HeaderField& field, std::string_view name, std::string_view& to) {
    if (!equal_ignoring_case(field.name, name)) return false;
    to = field.value;
    return true;
  };
  bool asks = false;
  for (const HeaderField& field : head.headers) {
    switch (field.name.size()) {
      case 6:
        if (take(field, "origin", fields.origin))
          fields.has_origin = true;
        else
          take(field, "cookie", fields.cookie);
        break;
      case 7: take(field, "referer", fields.referer); break;
      case 14: take(field, "sec-fetch-site", fields.fetch_site); break;
      case 29: asks = take(field, "access-control-request-method", fields.requested_method) || asks; break;
      case 30: take(field, "access-control-request-headers", fields.requested_headers); break;
      default: break;
    }
  }
  fields.is_preflight = asks && fields.has_origin && head.method == "OPTIONS";
  return fields;
}

BrowserRules::BrowserRules(const policy::Policy& policy) : strict_(policy.csrf.strict), trusted_(policy.csrf.origins) {
  if (!policy.cors) return;
  has_cors_ = true;
  origins_ = policy.cors->origins;
  everybody_ = std::ranges::find(origins_, "*") != origins_.end();
  credentials_ = policy.cors->credentials;
  max_age_ = std::to_string(policy.cors->max_age_ns / 1'000'000'000);
}

BrowserPlan BrowserRules::plan(const policy::Policy& policy, const contract::Contract& contract,
                               const contract::Operation& operation) const {
  BrowserPlan plan;
  if (has_cors_) {
    const policy::Cors& cors = *policy.cors;
    plan.cors = cors.operations.empty() || policy::selects(cors.operations, contract, operation);
    add_request_headers(plan, contract, operation, cors.headers);
    add_exposed(plan, operation, cors.expose);
  }
  const policy::Csrf& csrf = policy.csrf;
  if (!csrf.enabled) return plan;
  const bool acts = !only_reads(operation.method) || opens_socket(operation);
  if (is_named(csrf.operations, contract, operation) ||
      (acts && policy::selects(csrf.operations, contract, operation))) {
    plan.csrf = BrowserPlan::Csrf::kAlways;
    return plan;
  }
  for (const auto& requirement : operation.security) {
    for (const auto& need : requirement.needs) {
      const contract::SecurityScheme* scheme = contract.scheme(need.scheme);
      const bool is_cookie = scheme != nullptr && scheme->type == contract::SchemeType::kApiKey &&
                             scheme->in == contract::ParameterIn::kCookie;
      if (acts && is_cookie) plan.cookies.push_back(scheme->parameter);
    }
  }
  if (!plan.cookies.empty()) plan.csrf = BrowserPlan::Csrf::kWithCookie;
  return plan;
}

void BrowserRules::add_fields(FieldsPlan& plan) const {
  if (!has_cors_) return;
  // What the service says of them is not what the policy says.
  for (const std::string_view name : kCorsFields) plan.remove(name);
  if (!everybody_) plan.add(Action::kAppend, "Vary", "Origin");
}

bool BrowserRules::allows(std::string_view origin) const {
  http::Origin parsed;
  return has_cors_ && (everybody_ || (http::parse_origin(origin, parsed) && any_matches(origins_, origin)));
}

bool BrowserRules::trusts(std::string_view origin, std::string_view host) const {
  http::Origin parsed;
  if (!http::parse_origin(origin, parsed)) return false;
  if (http::is_same_host(parsed, host) || any_matches(trusted_, origin)) return true;
  return !everybody_ && allows(origin);
}

Decision BrowserRules::check_origin(const BrowserPlan& plan, const RequestHead& head, const BrowserFields& fields,
                                    std::string_view& allowed_origin) const {
  if (!has_cors_ || !fields.has_origin) return {};
  http::Origin origin;
  const bool is_own = http::parse_origin(fields.origin, origin) && http::is_same_host(origin, head.host);
  if (is_own && !fields.is_preflight) return {};
  if (plan.cors && (is_own || allows(fields.origin))) {
    allowed_origin = fields.origin;
    return {};
  }
  return refuse(RuleId::kRequestOriginUnknown, "header/origin");
}

Decision BrowserRules::check_site(const BrowserPlan& plan, const RequestHead& head, const BrowserFields& fields) const {
  using Csrf = BrowserPlan::Csrf;
  if (plan.csrf == Csrf::kNever) return {};
  if (plan.csrf == Csrf::kWithCookie &&
      std::ranges::none_of(plan.cookies, [&](std::string_view name) { return has_cookie(fields.cookie, name); })) {
    return {};
  }
  if (fields.has_origin) {
    if (trusts(fields.origin, head.host)) return {};
    return refuse(RuleId::kRequestCrossSite, "header/origin");
  }
  // Browsers set it themselves, and no script can (Fetch Metadata).
  if (!fields.fetch_site.empty()) {
    if (fields.fetch_site == "same-origin" || fields.fetch_site == "none") return {};
    return refuse(RuleId::kRequestCrossSite, "header/sec-fetch-site");
  }
  if (!fields.referer.empty()) {
    http::Origin origin;
    if (http::parse_url_origin(fields.referer, origin)) {
      const auto size = static_cast<std::size_t>(origin.host.end() - fields.referer.begin());
      if (trusts(fields.referer.substr(0, size), head.host)) return {};
    }
    return refuse(RuleId::kRequestCrossSite, "header/referer");
  }
  return strict_ ? refuse(RuleId::kRequestCrossSite, "header/origin", "is missing") : Decision{};
}

Decision BrowserRules::check_requested_headers(const BrowserPlan& plan, const BrowserFields& fields) {
  constexpr std::array<std::string_view, 5> kSafe = {"accept", "accept-language", "content-language", "range",
                                                     "content-type"};
  std::string_view rest = fields.requested_headers;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto name = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto is_it = [&](std::string_view known) { return equal_ignoring_case(known, name); };
    if (name.empty() || std::ranges::any_of(kSafe, is_it) || std::ranges::any_of(plan.header_names, is_it)) continue;
    return refuse(RuleId::kRequestOriginUnknown, "header/access-control-request-headers",
                  "asks for a field that the operation does not take");
  }
  return {};
}

void BrowserRules::append_changes(const BrowserPlan* plan, std::string_view allowed_origin,
                                  std::vector<FieldChange>& to) const {
  if (allowed_origin.empty()) return;
  to.push_back({.action = Action::kSet,
                .name = "Access-Control-Allow-Origin",
                .value = everybody_ ? std::string_view("*") : allowed_origin,
                .unless = {}});
  if (credentials_) {
    to.push_back({.action = Action::kSet, .name = "Access-Control-Allow-Credentials", .value = "true", .unless = {}});
  }
  if (plan != nullptr && !plan->expose.empty()) {
    to.push_back(
        {.action = Action::kSet, .name = "Access-Control-Expose-Headers", .value = plan->expose, .unless = {}});
  }
}

void BrowserRules::append_preflight(const BrowserPlan& plan, std::string_view methods,
                                    std::vector<FieldChange>& to) const {
  const auto set = [&](std::string_view name, std::string_view value) {
    to.push_back({.action = Action::kSet, .name = name, .value = value, .unless = {}});
  };
  set("Access-Control-Allow-Methods", methods);
  if (!plan.allow_headers.empty()) set("Access-Control-Allow-Headers", plan.allow_headers);
  set("Access-Control-Max-Age", max_age_);
  to.push_back({.action = Action::kAppend,
                .name = "Vary",
                .value = "Access-Control-Request-Method, Access-Control-Request-Headers",
                .unless = {}});
}

}  // namespace portico::guard
