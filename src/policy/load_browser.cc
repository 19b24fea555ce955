// The sections `cors`, `csrf` and `headers`.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/origin.h"
#include "policy/sections.h"
#include "policy/status_range.h"

namespace portico::policy {
namespace {

// Of RFC 9110: a token.
bool is_field_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() &&
         std::ranges::all_of(name, [&](char c) { return is_alnum(c) || kMarks.find(c) != std::string_view::npos; });
}

bool is_field_value(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
}

// These frame the message or belong to the connection: the server's own.
bool is_framing(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames = {"connection", "content-length",    "content-type",
                                                      "date",       "keep-alive",        "trailer",
                                                      "upgrade",    "transfer-encoding", "content-encoding"};
  return std::ranges::find(kNames, lower(name)) != kNames.end();
}

// "https://app.example", "https://*.app.example:8443".
bool is_origin_pattern(std::string_view text) {
  constexpr std::string_view kAny = "://*.";
  http::Origin origin;
  const auto at = text.find(kAny);
  if (at == std::string_view::npos) return http::parse_origin(text, origin);
  return http::parse_origin(std::string(text.substr(0, at + 3)) + std::string(text.substr(at + kAny.size())), origin);
}

void check_origins(Mapping& mapping, const std::vector<std::string>& origins, std::string_view what) {
  for (const std::string& origin : origins) {
    if (origin == "*" || is_origin_pattern(origin)) continue;
    mapping.check(false, std::string(what) + " has \"" + printable(origin) + "\", which is no origin",
                  "Write scheme, host and port as a browser does, in lower case: https://app.example, or "
                  "https://*.app.example for all subdomains.");
  }
}

void check_field_names(Mapping& mapping, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    mapping.check(is_field_name(name), "\"" + printable(name) + "\" is no name of a header field");
  }
}

void check_fields(Mapping& mapping, const std::vector<std::pair<std::string, std::string>>& fields) {
  for (const auto& [name, value] : fields) {
    mapping.check(is_field_name(name), "\"" + printable(name) + "\" is no name of a header field");
    mapping.check(is_field_value(value), "the value of " + printable(name) + " has bytes that a field must not have");
    mapping.check(!is_framing(name), printable(name) + " is the server's own field");
    mapping.check(!lower(name).starts_with("access-control-"), printable(name) + " belongs into the section cors");
  }
}

void read_rules(Mapping& rules, FieldRules& to) {
  rules.texts_by_name("set", to.set, "Fields that replace the service's");
  rules.texts_by_name("add", to.add, "Fields that are added where the service sent none");
  rules.texts("remove", to.remove, "Fields that are removed");
  rules.texts("keep", to.keep, "Fields that the defaults do not touch");
  check_fields(rules, to.set);
  check_fields(rules, to.add);
  check_field_names(rules, to.keep);
  check_field_names(rules, to.remove);
  for (const std::string& name : to.remove) {
    rules.check(!is_framing(name), printable(name) + " is the server's own field");
  }
}

}  // namespace

void read(Mapping& cors, Cors& to) {
  cors.texts("origins", to.origins,
             "Who may call: https://app.example, https://*.app.example for all subdomains, or * alone for everybody");
  cors.required();
  cors.selectors("operations", to.operations, "The operations that may be called from there; all, if left out");
  cors.texts("headers", to.headers, "Request header fields that may be sent beside those of the contract");
  cors.texts("expose", to.expose, "Response header fields that scripts may read beside those of the contract");
  cors.flag("credentials", to.credentials, "Let browsers send cookies and client certificates");
  cors.duration("max_age", to.max_age_ns, "How long browsers may keep the answer to a preflight");
  check_origins(cors, to.origins, "origins");
  const bool everybody = std::ranges::find(to.origins, "*") != to.origins.end();
  cors.check(!everybody || to.origins.size() == 1, "* is everybody: other origins have no meaning beside it");
  cors.check(!everybody || !to.credentials,
             "everybody (*) together with credentials would lend every visitor's session "
             "to every site",
             "Name the origins.");
  check_field_names(cors, to.headers);
  check_field_names(cors, to.expose);
}

void read(Mapping& csrf, Csrf& to) {
  csrf.flag("enabled", to.enabled, "Whether calls from other sites are refused where the browser's cookie is believed");
  csrf.selectors("operations", to.operations,
                 "Operations that are protected whatever their credentials; methods that only read (GET, HEAD, QUERY) "
                 "only where an operation is named by itself");
  csrf.texts("origins", to.origins, "Other origins that may call, beside those of cors");
  csrf.flag("strict", to.strict, "Refuse calls that do not say where they come from, as those of most programs");
  check_origins(csrf, to.origins, "origins");
  csrf.check(std::ranges::find(to.origins, "*") == to.origins.end(), "* would trust every site");
}

void read(Mapping& rule, FieldRules& to) {
  rule.selectors("operations", to.operations, "Whose answers; all, if left out");
  rule.texts("statuses", to.statuses, "Answers with these statuses: 404, 5XX; all, if left out");
  read_rules(rule, to);
  for (const std::string& status : to.statuses) {
    rule.check(parse_status_range(status).has_value(), "\"" + printable(status) + "\" is no status such as 404 or 5XX");
  }
}

void read(Mapping& headers, Headers& to) {
  headers.flag("defaults", to.defaults, "The fields that are good for every API");
  read_rules(headers, to.global);
  headers.list("rules", to.rules, "a rule of headers", "The same for some operations and statuses");
}

}  // namespace portico::policy
