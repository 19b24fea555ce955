// Rules about named values, as a table: which topic, travelling where, left open how.
#include <algorithm>
#include <array>

#include "audit/checks.h"
#include "audit/names.h"
#include "audit/shapes.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::DataClass;
using contract::Operation;
using contract::ParameterIn;
using finding::design_rule;
using finding::Severity;
using json::Node;

// Where a value travels, as bits.
using Ways = std::uint8_t;
constexpr Ways kPath = 1;
constexpr Ways kQuery = 2;
constexpr Ways kHeader = 4;
constexpr Ways kCookie = 8;
constexpr Ways kSent = 16;      // a property of a request
constexpr Ways kReturned = 32;  // a property of a response
constexpr Ways kInput = kPath | kQuery | kHeader | kCookie | kSent;

Ways ways_of(const Field& field) {
  if (!field.is_property()) {
    switch (*field.in) {
      case ParameterIn::kPath: return kPath;
      case ParameterIn::kQuery: return kQuery;
      case ParameterIn::kHeader: return kHeader;
      case ParameterIn::kCookie: return kCookie;
    }
  }
  Ways ways = 0;
  if (field.in_request()) ways |= kSent;
  if (field.in_response()) ways |= kReturned;
  return ways;
}

using Test = bool (*)(const Subject& subject, const Field& field);
using Concerns = bool (*)(const Subject& subject, std::uint32_t operation);

bool always(const Subject&, const Field&) { return true; }
bool every(const Subject&, std::uint32_t) { return true; }

Composition compose(const Subject& subject, const Field& field) {
  return {subject.contract, std::array<const Node*, 1>{field.schema}};
}

bool is_free(const Subject& subject, const Field& field) { return is_free_text(subject.contract, field.schema); }
bool is_free_list(const Subject& subject, const Field& field) {
  return is_free_text_or_list(subject.contract, field.schema);
}

// The "path" of a JSON Patch is a pointer.
bool is_file_name(const Subject& subject, const Field& field) {
  if (!is_free(subject, field)) return false;
  const auto description = field.schema->text_of("description");
  return !contains_ignoring_case(description, "pointer") && !contains_ignoring_case(description, "json patch") &&
         !contains_ignoring_case(description, "json path");
}

// A search for words is no statement, a filter of a list fetches no URL, a glob is no regular expression.
bool says(const Field& field, std::string_view words) {
  const auto description = [&](const Node* node) {
    return node == nullptr ? std::string_view() : node->text_of("description");
  };
  return contains_ignoring_case(description(field.schema), words) ||
         contains_ignoring_case(description(field.node), words);
}
bool is_pattern(const Subject& subject, const Field& field) { return is_free(subject, field) && !says(field, "glob"); }
bool is_statement(const Subject& subject, const Field& field) {
  return is_free(subject, field) && words_of(field.name) != std::vector<std::string>{"query"};
}
bool takes_statements(const Subject& subject, std::uint32_t index) {
  return has_phrase(subject.traits[index].words, "query|queries|sql|execute|analytics|report|graphql|database");
}
bool is_plain_query(const Subject& subject, const Field& field) {
  return is_free(subject, field) && words_of(field.name) == std::vector<std::string>{"query"};
}

bool is_scalar(const Subject& subject, const Field& field) {
  if (field.schema == nullptr) return true;
  const Composition schema = compose(subject, field);
  return schema.types() == 0 || schema.allows(kString | kBoolean | kInteger | kNumber);
}

bool is_number(const Subject& subject, const Field& field) {
  return field.schema != nullptr && compose(subject, field).allows(kNumber | kInteger);
}

// Who does not look after others does not set rights: roles of a team are what its administrators send.
bool is_for_users(const Subject& subject, std::uint32_t index) {
  const Traits& traits = subject.traits[index];
  return !traits.management && !subject.contract.operations[index].method_name.empty() && !traits.safe;
}

bool is_rights_management(const std::vector<std::string>& words) {
  return has_phrase(words,
                    "role|roles|permission|permissions|grant|grants|member|members|membership|memberships|"
                    "invitation|invitations|collaborator|collaborators|access|acl|policy|policies|team|teams|"
                    "collaboration|collaborations");
}

// A record of a person or account that its owner may change: not the management of rights, where rights are the point.
bool sets_account(const Subject& subject, std::uint32_t index) {
  return is_for_users(subject, index) && !is_rights_management(subject.traits[index].path_words);
}

bool creates_or_changes(const Subject& subject, std::uint32_t index) { return is_for_users(subject, index); }

// An own resource path of the object whose owner is named ("/users/{userId}/orders") takes the owner from there.
bool path_names_owner(const Operation& operation) {
  return std::ranges::any_of(operation.parameters, [](const auto& parameter) {
    return parameter.in == ParameterIn::kPath && is_account_identifier(parameter.name, {});
  });
}

bool sets_owner(const Subject& subject, std::uint32_t index) {
  return sets_account(subject, index) && !path_names_owner(subject.contract.operations[index]);
}

// Where prices are made: the catalogue's own management, and what is paid or moved on purpose.
bool is_bought(const Subject& subject, std::uint32_t index) {
  return is_for_users(subject, index) &&
         has_phrase(subject.traits[index].path_words,
                    "order|orders|cart|carts|basket|checkout|checkouts|purchase|purchases|booking|bookings|reservation|"
                    "reservations|wallet|wallets|account|accounts|me|profile|user|users|customer|customers|item|items|"
                    "line item|subscription|subscriptions|payment|payments|ticket|tickets|trade|trades");
}

bool is_server_kept(const Subject& subject, const Field& field) {
  if (!field.on_top || !is_scalar(subject, field)) return false;
  // An id that is only sent is one that the client chooses, or the name of what is meant.
  const auto words = words_of(field.name);
  return field.in_response() || !has_phrase({words.back()}, "id|uuid|etag|revision");
}

bool is_owner(const Subject& subject, const Field& field) {
  if (!field.on_top) return false;
  return field.schema == nullptr || compose(subject, field).types() == 0 ||
         compose(subject, field).allows(kString | kInteger);
}

bool is_diagnosis(const Subject& subject, std::uint32_t index) {
  return has_phrase(
      subject.traits[index].words,
      "ping|traceroute|trace route|nslookup|lookup|scan|probe|connect|resolve|fetch|proxy|test connection|"
      "check connection|curl|request|reachability|portscan|port scan|whois|dns|telnet|health check");
}

// The identifier of an object may be called by the object's name ("/file_links/{link}").
bool is_named_url(const Field& field) {
  if (field.in != ParameterIn::kPath) return true;
  const auto words = words_of(field.name);
  return has_phrase({words.back()}, "url|uri|href");
}

bool is_sensitive_in_url(const Subject&, const Field& field) {
  switch (field.data_class) {
    case DataClass::kContact:
    case DataClass::kGovernmentId:
    case DataClass::kFinancial:
    case DataClass::kHealth:
    case DataClass::kSpecial: return true;
    case DataClass::kPersonal:  // not the identifier of a "cardholder"
      return has_phrase(words_of(field.name),
                        "name|firstname|lastname|birth|dob|birthdate|birthday|gender|nationality");
    default: return false;
  }
}

bool is_url(const Subject& subject, const Field& field) {
  return (field.is_about(Topic::kFetchedUrl) || field.is_about(Topic::kUrl)) && is_named_url(field) &&
         !says(field, "only return") && !is_bound_to_hosts(subject.contract, field.schema) &&
         (field.schema == nullptr || compose(subject, field).allows(kString) || compose(subject, field).types() == 0);
}

bool is_open_selection(const Subject& subject, const Field& field) {
  return field.schema != nullptr && is_free_text_or_list(subject.contract, field.schema);
}

// Roles of a list that gives no power ("signer", "approver") are not rights.
bool gives_power(const Composition& schema) {
  const Node* values = schema.find("enum");
  if (values == nullptr) return true;
  return std::ranges::any_of(values->items(), [](const Node* value) {
    return has_phrase(words_of(value->text()),
                      "admin|administrator|coadmin|owner|root|superuser|super|manager|moderator|"
                      "staff|operator|verified|approved|premium|full|write|internal|gold|active|"
                      "enabled|support|employee|editor|superadmin|trusted|vip");
  });
}

bool is_account_property(const Subject& subject, const Field& field) {
  if (!field.on_top && !has_phrase(words_of(field.parent), "user|account|profile|member|customer|me")) return false;
  if (field.schema == nullptr) return true;
  const Composition schema = compose(subject, field);
  if (schema.types() != 0 && !schema.allows(kString | kBoolean | kInteger | kArray)) return false;
  return gives_power(schema);
}

bool is_card_number(const Subject& subject, const Field& field) {
  if (field.schema == nullptr || !compose(subject, field).allows(kString | kInteger)) return false;
  const auto most = integer_of(compose(subject, field), "maxLength");
  return !most || *most > 4;  // the last four digits
}

struct NamedRule {
  const finding::Rule* rule;
  Topic topic;
  Ways ways;
  Test test;
  Concerns concerns;
  Severity severity;
  std::string_view message;
};

constexpr NamedRule kRules[] = {
    {design_rule("input-command"), Topic::kCommand, kInput, is_free, every, Severity::kHigh,
     " is run, by its name, and takes any text"},
    {design_rule("input-path"), Topic::kFilePath, kInput, is_file_name, every, Severity::kMedium,
     " names a file, and takes any text"},
    {design_rule("input-query-language"), Topic::kQueryLanguage, kInput, is_statement, every, Severity::kMedium,
     " is a statement, filter or template, and takes any text"},
    {design_rule("input-query-language"), Topic::kQueryLanguage, kInput, is_plain_query, takes_statements,
     Severity::kMedium, " is a statement, and takes any text"},
    {design_rule("input-regex"), Topic::kPattern, kInput, is_pattern, every, Severity::kMedium,
     " is a regular expression of the caller's"},
    {design_rule("input-sort-open"), Topic::kSort, kQuery | kSent, is_free_list, every, Severity::kLow,
     " takes any column"},
    {design_rule("data-field-selection-open"), Topic::kFieldSelection, kQuery, is_open_selection, every, Severity::kLow,
     " takes any name of a field or relation"},
    {design_rule("url-host"), Topic::kHost, kQuery | kPath | kSent, is_free, every, Severity::kMedium,
     " names a host to connect to, and takes any"},
    {design_rule("url-host"), Topic::kAddress, kQuery | kPath | kSent, is_free, is_diagnosis, Severity::kMedium,
     " names a host to connect to, and takes any"},
    {design_rule("url-parameter"), Topic::kUrl, kPath | kQuery | kHeader | kCookie, is_url, every, Severity::kMedium,
     " is a URL, and any host is taken"},
    {design_rule("url-parameter"), Topic::kFetchedUrl, kPath | kQuery | kHeader | kCookie, is_url, every,
     Severity::kMedium, " is a URL, and any host is taken"},
    {design_rule("url-property"), Topic::kFetchedUrl, kSent, is_url, every, Severity::kMedium,
     " is a URL that the service would call or fetch, and any host is taken"},
    {design_rule("config-debug-parameter"), Topic::kDebug, kQuery | kHeader | kCookie, is_scalar, every,
     Severity::kMedium, " switches diagnosis on"},
    {design_rule("access-method-override"), Topic::kMethodOverride, kHeader, is_scalar, every, Severity::kMedium,
     " replaces the method of the request"},
    {design_rule("access-identity-header"), Topic::kIdentity, kHeader | kCookie, is_scalar, every, Severity::kHigh,
     " says who calls, and the client writes it"},
    {design_rule("access-privilege-parameter"), Topic::kPrivilege, kQuery, is_scalar, is_for_users, Severity::kHigh,
     " asks for rights"},
    {design_rule("data-privilege-writable"), Topic::kPrivilege, kSent, is_account_property, sets_account,
     Severity::kHigh, " can be set by the client"},
    {design_rule("data-owner-writable"), Topic::kOwner, kSent, is_owner, sets_owner, Severity::kMedium,
     " says whose it is, and the client sets it"},
    {design_rule("data-price-writable"), Topic::kPrice, kSent, is_number, is_bought, Severity::kMedium,
     " is money's worth, and the client sets it"},
    {design_rule("data-server-field-writable"), Topic::kServerKept, kSent, is_server_kept, creates_or_changes,
     Severity::kLow, " is kept by the service, and the client can set it"},
    {design_rule("data-internal-exposed"), Topic::kInternal, kReturned, always, every, Severity::kLow,
     " is internal by its name, and returned"},
    {design_rule("data-card-returned"), Topic::kCardNumber, kReturned, is_card_number, every, Severity::kHigh,
     " is a full card number, and returned"},
    {design_rule("data-card-returned"), Topic::kCardCode, kReturned, is_scalar, every, Severity::kHigh,
     " is a card's security code, which must not be kept"},
};

std::string message_of(const Site& site, const NamedRule& rule) { return describe(site) + std::string(rule.message); }

void apply(const Subject& subject, const NamedRule& rule, Drafts& drafts) {
  Sites sites;
  for (const Field& field : subject.fields) {
    if (!field.is_about(rule.topic)) continue;
    const Ways ways = ways_of(field) & rule.ways;
    if (ways == 0 || !rule.test(subject, field)) continue;
    const Directions directions = ways == kReturned ? kResponse : kRequest;
    auto operations = subject.fields.operations(field, directions);
    std::erase_if(operations, [&](auto index) { return !rule.concerns(subject, index); });
    if (!operations.empty()) sites.add(*field.node, field.label(), directions, operations);
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, rule.rule, rule.severity, message_of(site, rule)));
  }
}

bool has_uri_format(const Subject& subject, const Field& field) {
  if (field.schema == nullptr) return false;
  const Composition schema = compose(subject, field);
  const Node* format = schema.find("format");
  return format != nullptr && (format->text() == "uri" || format->text() == "url" || format->text() == "iri" ||
                               format->text() == "uri-reference");
}

}  // namespace

void check_names(const Subject& subject, Drafts& drafts) {
  for (const NamedRule& rule : kRules) apply(subject, rule, drafts);
}

// URLs by their format, where the name did not say it.
void check_urls(const Subject& subject, Drafts& drafts) {
  Sites parameters;
  Sites properties;
  for (const Field& field : subject.fields) {
    if (!field.in_request() || is_bound_to_hosts(subject.contract, field.schema)) continue;
    if (field.is_property()) {
      if (field.is_about(Topic::kFetchedUrl)) continue;
      if (!has_uri_format(subject, field) && !(field.is_about(Topic::kUrl) && is_url(subject, field))) continue;
      properties.add(*field.node, field.label(), kRequest, subject.fields.operations(field, kRequest));
    } else if (has_uri_format(subject, field) && !field.is_about(Topic::kUrl) && !field.is_about(Topic::kFetchedUrl)) {
      parameters.add(*field.node, field.label(), kRequest, field.operations);
    }
  }
  for (const Site& site : parameters) {
    drafts.push_back(draft_of(subject, site, design_rule("url-parameter"), Severity::kMedium,
                              describe(site) + " is a URL, and any host is taken"));
  }
  for (const Site& site : properties) {
    drafts.push_back(draft_of(subject, site, design_rule("url-property"), Severity::kLow,
                              describe(site) + " is a URL, and any host is taken"));
  }
}

// Where a browser is sent to afterwards, when the answer is a redirect.
void check_redirects(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const Field& field : subject.fields) {
    const bool redirect = field.is_about(Topic::kRedirect) || field.is_about(Topic::kUrl);
    if (field.is_property() || field.in != ParameterIn::kQuery || !redirect) continue;
    if (is_bound_to_hosts(subject.contract, field.schema)) continue;
    auto operations = field.operations;
    std::erase_if(operations, [&](auto index) {
      const Operation& operation = subject.contract.operations[index];
      const bool redirects = std::ranges::any_of(
          operation.responses, [](const auto& r) { return r.status.starts_with('3') && r.status != "304"; });
      return !redirects && !(field.is_about(Topic::kRedirect) && subject.traits[index].entry);
    });
    if (!operations.empty()) sites.add(*field.node, field.label(), kRequest, operations);
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("url-redirect-open"), Severity::kMedium,
                              describe(site) + " decides where the browser goes, and takes any URL"));
  }
}

void check_jsonp(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const Field& field : subject.fields) {
    if (field.is_property() || field.in != ParameterIn::kQuery || !field.is_about(Topic::kJsonp)) continue;
    auto operations = field.operations;
    std::erase_if(operations, [&](auto index) {
      return subject.contract.operations[index].method != contract::Method::kGet || has_uri_format(subject, field);
    });
    if (!operations.empty()) sites.add(*field.node, field.label(), kRequest, operations);
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("config-jsonp"), Severity::kMedium,
                              describe(site) + " names a function that the answer is handed to"));
  }
}

void check_personal_urls(const Subject& subject, Drafts& drafts) {
  Sites grave;
  Sites plain;
  for (const Field& field : subject.fields) {
    if (field.is_property() || (field.in != ParameterIn::kQuery && field.in != ParameterIn::kPath)) continue;
    if (!is_sensitive_in_url(subject, field)) continue;
    const bool is_grave = field.data_class >= DataClass::kGovernmentId;
    (is_grave ? grave : plain).add(*field.node, field.label(), kRequest, field.operations);
  }
  const auto* rule = design_rule("data-personal-in-url");
  for (const auto& [sites, severity] : {std::pair(&grave, Severity::kHigh), std::pair(&plain, Severity::kMedium)}) {
    for (const Site& site : *sites) {
      drafts.push_back(draft_of(subject, site, rule, severity, describe(site) + " is personal data in the URL"));
    }
  }
}

}  // namespace portico::audit
