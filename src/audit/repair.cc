#include "audit/repair.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "audit/shapes.h"
#include "audit/traits.h"
#include "audit/vocabulary.h"
#include "base/text.h"
#include "json/pointer.h"
#include "json/writer.h"

namespace portico::audit {
namespace {

using finding::Finding;
using json::Node;

std::string quoted(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

std::string joined(std::string_view pointer, std::string_view token) {
  std::string out(pointer);
  json::append_token(out, token);
  return out;
}

std::string_view last_token(std::string_view pointer) { return pointer.substr(pointer.rfind('/') + 1); }
std::string_view parent_of(std::string_view pointer) {
  return pointer.substr(0, std::min(pointer.rfind('/'), pointer.size()));
}

// One finding and where it stands.
struct Site {
  const contract::Contract& contract;
  const Finding& finding;
  const Node& node;
  const std::string& pointer;

  bool swagger() const { return contract.version == contract::Version::kSwagger20; }
  const Node* at(std::string_view place) const {
    const auto found = json::evaluate(*contract.root, place);
    return found ? *found : nullptr;
  }
  // The schema to write bounds into: a parameter's own in 3.x.
  std::string schema_pointer() const {
    const bool parameter = node.find("in") != nullptr && node.find("schema") != nullptr;
    return parameter ? joined(pointer, "schema") : pointer;
  }
  const Node& schema() const {
    const Node* own = at(schema_pointer());
    return own == nullptr ? node : *own;
  }
  // What the value is called: by the property or the parameter.
  std::string_view name() const {
    if (const auto text = node.text_of("name"); !text.empty()) return text;
    if (last_token(pointer) == "schema") {
      if (const Node* holder = at(parent_of(pointer)); holder != nullptr) return holder->text_of("name");
    }
    return last_token(pointer);
  }
};

using Edits = std::vector<Edit>;

Edit set(std::string pointer, std::string value) { return {Edit::Kind::kSet, std::move(pointer), std::move(value)}; }
Edit remove(std::string pointer) { return {Edit::Kind::kRemove, std::move(pointer), {}}; }

// A keyword beside a reference would have no effect before 3.1.
bool takes_keywords(const Site& site, const Node& schema) {
  return schema.is_object() &&
         (schema.text_of("$ref").empty() || site.contract.version >= contract::Version::kOpenApi31);
}

Edits set_keyword(const Site& site, std::string_view keyword, std::string value) {
  if (!takes_keywords(site, site.schema())) return {};
  return {set(joined(site.schema_pointer(), keyword), std::move(value))};
}

// --- bounds ---

std::string_view length_for(std::string_view name, std::string_view format) {
  if (format == "email" || format == "idn-email") return "254";  // RFC 5321, section 4.5.3.1
  if (format == "uri" || format == "url" || format == "uri-reference") return "2048";
  if (format == "byte") return "1048576";
  const Topics topics = topics_of(name);
  if ((topics & (bit(Topic::kUrl) | bit(Topic::kFetchedUrl))) != 0) return "2048";
  if ((topics & bit(Topic::kFreeText)) != 0) return "4096";
  if ((topics & bit(Topic::kPassword)) != 0) return "128";
  return "255";
}

Edits bound_string(const Site& site) {
  return set_keyword(site, "maxLength", std::string(length_for(site.name(), site.schema().text_of("format"))));
}
Edits bound_array(const Site& site) { return set_keyword(site, "maxItems", "100"); }
Edits bound_map(const Site& site) { return set_keyword(site, "maxProperties", "100"); }
Edits bound_upload(const Site& site) {
  if (parent_of(site.pointer).ends_with("/content")) {  // a media type without a schema
    return {set(joined(site.pointer, "schema"), R"({"type": "string", "format": "binary", "maxLength": 10485760})")};
  }
  return set_keyword(site, "maxLength", "10485760");
}

bool is_signed(std::string_view name) {
  return has_phrase(singular_words(name),
                    "balance|delta|difference|offset|change|temperature|latitude|longitude|x|y|z|adjustment|"
                    "profit|diff|score");
}

Edits bound_number(const Site& site) {
  const Node& schema = site.schema();
  if (!takes_keywords(site, schema)) return {};
  const bool wide = schema.text_of("format") == "int64" || schema.text_of("type") == "number";
  const std::string most = wide ? "9007199254740991" : "2147483647";
  const auto words = singular_words(site.name());
  const std::string angle = has_phrase(words, "latitude|lat")        ? "90"
                            : has_phrase(words, "longitude|lon|lng") ? "180"
                                                                     : "";
  if (!angle.empty()) {
    return {set(joined(site.schema_pointer(), "minimum"), "-" + angle),
            set(joined(site.schema_pointer(), "maximum"), angle)};
  }
  Edits edits;
  const auto exclusive = [&](std::string_view key) {
    const Node* value = schema.find(key);
    return value != nullptr && value->is_number();
  };
  if (schema.find("minimum") == nullptr && !exclusive("exclusiveMinimum")) {
    edits.push_back(set(joined(site.schema_pointer(), "minimum"), is_signed(site.name()) ? "-" + most : "0"));
  }
  if (schema.find("maximum") == nullptr && !exclusive("exclusiveMaximum")) {
    edits.push_back(set(joined(site.schema_pointer(), "maximum"), most));
  }
  return edits;
}

Edits bound_page(const Site& site) {
  Edits edits = set_keyword(site, "maximum", "100");
  if (!edits.empty() && site.schema().find("minimum") == nullptr) {
    edits.push_back(set(joined(site.schema_pointer(), "minimum"), "1"));
  }
  return edits;
}

Edits tighten(const Site& site) {
  return site.finding.message.contains("maxItems") ? set_keyword(site, "maxItems", "1000")
                                                   : set_keyword(site, "maxLength", "10000");
}

Edits anchor_pattern(const Site& site) {
  const auto pattern = site.schema().text_of("pattern");
  if (pattern.empty()) return {};
  return {set(joined(site.schema_pointer(), "pattern"), quoted("^(?:" + std::string(pattern) + ")$"))};
}
Edits drop_pattern(const Site& site) { return {remove(joined(site.schema_pointer(), "pattern"))}; }
Edits drop_format(const Site& site) { return {remove(joined(site.schema_pointer(), "format"))}; }

Edits drop_ineffective(const Site& site) {
  for (const std::string_view keyword : {"maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems",
                                         "minimum", "maximum", "multipleOf", "maxProperties"}) {
    if (site.finding.message.contains(" has a " + std::string(keyword) + ",") &&
        site.schema().find(keyword) != nullptr) {
      return {remove(joined(site.schema_pointer(), keyword))};
    }
  }
  return {};
}

// --- objects and properties ---

Edits close_object(const Site& site) {
  const Node& schema = site.node;
  const bool composed =
      schema.find("allOf") != nullptr || schema.find("oneOf") != nullptr || schema.find("anyOf") != nullptr;
  const bool since_31 = site.contract.version >= contract::Version::kOpenApi31;
  if (!takes_keywords(site, schema) || (composed && !since_31)) return {};
  // An object without names would take nothing at all any more.
  if (!composed && schema.find("properties") == nullptr) return {};
  return {set(joined(site.pointer, composed ? "unevaluatedProperties" : "additionalProperties"), "false")};
}

Edits read_only(const Site& site) { return set_keyword(site, "readOnly", "true"); }
Edits write_only(const Site& site) { return site.swagger() ? Edits{} : set_keyword(site, "writeOnly", "true"); }
Edits keep_write_only(const Site& site) { return {remove(joined(site.pointer, "readOnly"))}; }
Edits round_off(const Site& site) {
  const Node* items = site.schema().find("items");
  if (items == nullptr) return set_keyword(site, "multipleOf", "0.01");
  if (!takes_keywords(site, *items)) return {};
  return {set(joined(joined(site.schema_pointer(), "items"), "multipleOf"), "0.01")};
}
Edits mark_password(const Site& site) { return set_keyword(site, "format", quoted("password")); }
Edits lengthen_password(const Site& site) { return set_keyword(site, "minLength", "8"); }
Edits uncap_password(const Site& site) { return set_keyword(site, "maxLength", "128"); }
Edits drop_default(const Site& site) { return {remove(joined(site.schema_pointer(), "default"))}; }
Edits hide_secret(const Site& site) { return {set(site.pointer, quoted("EXAMPLE-PLACEHOLDER"))}; }
Edits drop_it(const Site& site) { return {remove(site.pointer)}; }
Edits drop_parent(const Site& site) { return {remove(std::string(parent_of(site.pointer)))}; }
Edits drop_body(const Site& site) { return {remove(joined(site.pointer, "requestBody"))}; }

// --- responses ---

std::string pointer_of(const contract::Contract& contract, const contract::Operation& operation) {
  std::string pointer = joined("/paths", operation.path);
  pointer = joined(pointer, lower(operation.method_name));
  const auto found = json::evaluate(*contract.root, pointer);
  return found && *found == operation.node ? pointer : std::string();
}

std::string whole_number_header(const Site& site, std::string_view description) {
  const std::string_view schema = R"("type": "integer", "format": "int32", "minimum": 0, "maximum": 2147483647)";
  return "{\"description\": " + quoted(description) + ", " +
         (site.swagger() ? std::string(schema) + "}" : "\"schema\": {" + std::string(schema) + "}}");
}
std::string retry_after(const Site& site) { return whole_number_header(site, "Seconds to wait"); }
std::string rate_limit(const Site& site) {
  return whole_number_header(site, "Requests that are allowed in the window");
}

Edits add_responses(const Site& site, std::string_view status, const std::string& response) {
  Edits edits;
  for (const auto index : site.finding.operations) {
    const auto& operation = site.contract.operations[index];
    const std::string pointer = pointer_of(site.contract, operation);
    if (pointer.empty() || operation.node->find("responses") == nullptr) continue;
    edits.push_back(set(joined(joined(pointer, "responses"), status), response));
  }
  return edits;
}

Edits add_response(const Site& site, std::string_view status, std::string_view description) {
  return add_responses(site, status, "{\"description\": " + quoted(description) + "}");
}

Edits add_rate_response(const Site& site) {
  return add_responses(site, "429",
                       R"({"description": "Too many requests", "headers": {"Retry-After": )" + retry_after(site) +
                           R"(, "RateLimit-Limit": )" + rate_limit(site) + "}}");
}

Edits add_header(const Site& site, const std::string& response, std::string_view name, const std::string& header) {
  const Node* node = site.at(response);
  if (node == nullptr || !node->is_object() || !node->text_of("$ref").empty()) return {};
  const std::string headers = joined(response, "headers");
  if (node->find("headers") != nullptr) return {set(joined(headers, name), header)};
  return {set(headers, "{" + quoted(name) + ": " + header + "}")};
}

Edits add_retry_after(const Site& site) { return add_header(site, site.pointer, "Retry-After", retry_after(site)); }

// On the answers of success, of each operation.
Edits add_to_success(const Site& site, std::string_view name, const std::string& header) {
  Edits edits;
  for (const auto index : site.finding.operations) {
    const auto& operation = site.contract.operations[index];
    const std::string pointer = pointer_of(site.contract, operation);
    if (pointer.empty()) continue;
    for (const auto& response : operation.responses) {
      if (!response.status.starts_with('2')) continue;
      auto more = add_header(site, joined(joined(pointer, "responses"), response.status), name, header);
      edits.insert(edits.end(), more.begin(), more.end());
      if (!more.empty()) break;
    }
  }
  return edits;
}

Edits add_rate_headers(const Site& site) { return add_to_success(site, "RateLimit-Limit", rate_limit(site)); }

Edits add_cache_control(const Site& site) {
  return add_to_success(site, "Cache-Control",
                        site.swagger() ? R"({"type": "string", "enum": ["no-store"]})"
                                       : R"({"schema": {"type": "string", "enum": ["no-store"]}})");
}

// --- security ---

Edits require_root(const Site& site) {
  const Node& root = *site.contract.root;
  if (root.find("security") != nullptr || site.contract.schemes.size() != 1) return {};
  return {set("/security", "[{" + quoted(site.contract.schemes.front().name) + ": []}]")};
}

// `security: []` goes, so that the document's holds.
Edits inherit_security(const Site& site) {
  if (site.finding.severity == finding::Severity::kInfo) return {};  // a login, a health probe
  return site.contract.root->find("security") != nullptr && site.node.is_array() ? drop_it(site) : Edits{};
}

// Elements of a `security` list that are to go, from the last one on: what is before them stays where it is.
template <class Weak>
Edits drop_alternatives(const Site& site, const Weak& is_weak) {
  Edits edits;
  const auto items = site.node.items();
  for (std::size_t i = items.size(); i-- > 0;) {
    if (is_weak(*items[i])) edits.push_back(remove(joined(site.pointer, std::to_string(i))));
  }
  return edits.size() == items.size() ? Edits{} : edits;
}

Edits require_credentials(const Site& site) {
  return drop_alternatives(site, [](const Node& item) { return item.is_object() && item.size() == 0; });
}

Edits require_strong(const Site& site) {
  return drop_alternatives(site, [&](const Node& item) {
    auto strength = Strength::kNone;
    for (const auto& [scheme, scopes] : item.members()) {
      const auto* found = site.contract.scheme(scheme->text());
      if (found != nullptr) strength = std::max(strength, strength_of(*found));
    }
    return strength == Strength::kWeak;
  });
}

Edits empty_scopes(const Site& site) {
  Edits edits;
  for (const auto& [scheme, scopes] : site.node.members()) {
    if (scopes->size() != 0) edits.push_back(set(joined(site.pointer, scheme->text()), "[]"));
  }
  return edits;
}

// A flow goes where another one is left.
Edits drop_flow(const Site& site) {
  const Node* flows = site.at(parent_of(site.pointer));
  return site.swagger() || flows == nullptr || flows->size() < 2 ? Edits{} : drop_it(site);
}

Edits add_refresh(const Site& site) {
  const auto token = site.node.text_of("tokenUrl");
  return token.empty() ? Edits{} : Edits{set(joined(site.pointer, "refreshUrl"), quoted(token))};
}

Edits describe_tokens(const Site& site) {
  std::string text(site.node.text_of("description"));
  if (!text.empty()) text += ' ';
  return {set(joined(site.pointer, "description"),
              quoted(text + "Issuer, audience, algorithm and lifetime of tokens are checked as RFC 8725 advises."))};
}

Edits name_discovery(const Site& site) {
  std::string url(site.node.text_of("openIdConnectUrl"));
  while (url.ends_with('/')) url.pop_back();
  return {set(joined(site.pointer, "openIdConnectUrl"), quoted(url + "/.well-known/openid-configuration"))};
}

Edits key_in_header(const Site& site) {
  return {set(joined(site.pointer, "in"), quoted("header")), set(joined(site.pointer, "name"), quoted("X-API-Key"))};
}

// --- transport ---

std::string with_tls(std::string_view url) {
  const auto colon = url.find(':');
  const std::string scheme = lower(url.substr(0, colon));
  if (scheme == "http") return "https" + std::string(url.substr(colon));
  if (scheme == "ws") return "wss" + std::string(url.substr(colon));
  return {};
}

Edits use_tls(const Site& site) {
  if (site.swagger()) return {set("/schemes", R"(["https"])")};
  const std::string url = with_tls(site.node.text_of("url"));
  return url.empty() ? Edits{} : Edits{set(joined(site.pointer, "url"), quoted(url))};
}

Edits use_tls_here(const Site& site) {
  const std::string url = with_tls(site.node.text());
  return url.empty() ? Edits{} : Edits{set(site.pointer, quoted(url))};
}

Edits drop_user(const Site& site) {
  const auto url = site.node.text_of("url");
  const auto slashes = url.find("//");
  const auto at = url.find('@');
  if (slashes == std::string_view::npos || at == std::string_view::npos) return {};
  return {set(joined(site.pointer, "url"),
              quoted(std::string(url.substr(0, slashes + 2)) + std::string(url.substr(at + 1))))};
}

Edits name_schemes(const Site& site) { return site.swagger() ? Edits{set("/schemes", R"(["https"])")} : Edits{}; }

struct Remedy {
  std::string_view rule;
  Edits (*edits)(const Site& site);
};

constexpr Remedy kRemedies[] = {
    {"access-method-override", drop_it},
    {"access-object-unchecked",
     [](const Site& site) { return add_response(site, "404", "No such object among the caller's"); }},
    {"access-privilege-parameter", drop_it},
    {"auth-credential-default", drop_default},
    {"auth-disabled", inherit_security},
    {"auth-header-parameter",
     [](const Site& site) { return site.node.is_string() ? drop_parent(site) : drop_it(site); }},
    {"auth-jwt-unspecified", describe_tokens},
    {"auth-key-in-url", key_in_header},
    {"auth-none", require_root},
    {"auth-oauth-implicit", drop_flow},
    {"auth-oauth-password", drop_flow},
    {"auth-oidc-discovery", name_discovery},
    {"auth-optional", require_credentials},
    {"auth-password-capped", uncap_password},
    {"auth-password-short", lengthen_password},
    {"auth-password-unmarked", mark_password},
    {"auth-scope-on-key", empty_scopes},
    {"auth-token-no-refresh", add_refresh},
    {"auth-weaker-alternative", require_strong},
    {"config-cache-undeclared", add_cache_control},
    {"config-debug-parameter", drop_it},
    {"config-error-bad-request",
     [](const Site& site) { return add_response(site, "400", "The request is not as the contract says"); }},
    {"config-error-default", [](const Site& site) { return add_response(site, "default", "Something went wrong"); }},
    {"config-error-forbidden",
     [](const Site& site) { return add_response(site, "403", "The caller may not do this"); }},
    {"config-error-media-type",
     [](const Site& site) { return add_response(site, "415", "The media type is not supported"); }},
    {"config-error-not-found", [](const Site& site) { return add_response(site, "404", "There is no such object"); }},
    {"config-error-unauthorized",
     [](const Site& site) { return add_response(site, "401", "Credentials are missing or not valid"); }},
    {"config-example-secret", hide_secret},
    {"config-get-body", drop_body},
    {"config-jsonp", drop_it},
    {"config-trace-method", drop_it},
    {"config-version-header", drop_it},
    {"data-card-returned", write_only},
    {"data-location-precise", round_off},
    {"data-object-open", close_object},
    {"data-owner-writable", read_only},
    {"data-price-writable", read_only},
    {"data-privilege-writable", read_only},
    {"data-response-open", close_object},
    {"data-secret-returned", write_only},
    {"data-server-field-writable", read_only},
    {"limit-array-items", bound_array},
    {"limit-batch-size", bound_array},
    {"limit-bound-meaningless", tighten},
    {"limit-integer-range", bound_number},
    {"limit-map-size", bound_map},
    {"limit-number-range", bound_number},
    {"limit-page-size", bound_page},
    {"limit-pattern-broad", drop_pattern},
    {"limit-pattern-unanchored", anchor_pattern},
    {"limit-rate-headers", add_rate_headers},
    {"limit-rate-undeclared", add_rate_response},
    {"limit-retry-after", add_retry_after},
    {"limit-string-length", bound_string},
    {"limit-upload-size", bound_upload},
    {"schema-format-type", drop_format},
    {"schema-keyword-ineffective", drop_ineffective},
    {"schema-pattern-invalid", drop_pattern},
    {"schema-read-write-only", keep_write_only},
    {"transport-credentials-in-server", drop_user},
    {"transport-oauth-plain-http", use_tls_here},
    {"transport-plain-http", use_tls},
    {"transport-undeclared", name_schemes},
};
static_assert(std::ranges::is_sorted(kRemedies, {}, &Remedy::rule));

const Remedy* remedy_of(const finding::Rule& rule) {
  const auto found = std::ranges::lower_bound(kRemedies, rule.id, {}, &Remedy::rule);
  return found != std::end(kRemedies) && found->rule == rule.id ? &*found : nullptr;
}

// Places that are taken: by an edit, or (for the removed) with all that is below.
class Taken {
 public:
  bool conflicts(const Edit& edit) const {
    if (set_.contains(edit.pointer)) return true;
    for (std::string_view at = edit.pointer; !at.empty(); at = parent_of(at)) {
      if (removed_.contains(std::string(at))) return true;
    }
    if (edit.kind == Edit::Kind::kSet) return false;
    const auto below = set_.lower_bound(edit.pointer + "/");
    return below != set_.end() && below->starts_with(edit.pointer + "/");
  }
  void add(const Edit& edit) {
    set_.insert(edit.pointer);
    if (edit.kind == Edit::Kind::kRemove) removed_.insert(edit.pointer);
  }

 private:
  std::set<std::string> set_;
  std::set<std::string> removed_;
};

// What is removed has to be there.
bool applies(const Site& site, const Edit& edit) {
  return edit.kind == Edit::Kind::kSet ? site.at(parent_of(edit.pointer)) != nullptr : site.at(edit.pointer) != nullptr;
}

}  // namespace

bool is_repairable(const finding::Rule& rule) { return remedy_of(rule) != nullptr; }

std::vector<Repair> repairs_of(const contract::Contract& contract, std::span<const Finding> findings) {
  std::vector<Repair> repairs;
  Taken taken;
  const std::string& name = (*contract.documents)[0].name;
  for (const Finding& finding : findings) {
    const Remedy* remedy = remedy_of(*finding.rule);
    if (remedy == nullptr || finding.location.place.file != name) continue;
    const auto node = json::evaluate(*contract.root, finding.location.pointer);
    if (!node) continue;
    const Site site{contract, finding, **node, finding.location.pointer};
    Edits edits = remedy->edits(site);
    std::erase_if(edits, [&](const Edit& edit) { return !applies(site, edit) || taken.conflicts(edit); });
    for (const Edit& edit : edits) taken.add(edit);
    if (!edits.empty()) repairs.push_back({std::string(finding.rule->id), std::move(edits)});
  }
  return repairs;
}

}  // namespace portico::audit
