// What responses tell that they should not, whoever asks (OWASP API3): secrets, positions to the metre, who has an
// account.
#include <algorithm>
#include <array>
#include <set>

#include "audit/checks.h"
#include "audit/names.h"
#include "audit/sites.h"
#include "base/text.h"
#include "contract/data_class.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::DataClass;
using contract::Operation;
using finding::Severity;

// Where handing out a secret is what the operation is for: logins, and resources that are keys or tokens.
bool issues_secrets(const Operation& operation) {
  if (is_entry(operation)) return true;
  static constexpr std::array<std::string_view, 12> kIssued = {"token",   "tokens",   "key",        "keys",
                                                               "secret",  "secrets",  "credential", "credentials",
                                                               "session", "sessions", "password",   "invitation"};
  return std::ranges::any_of(words_of(operation.path), [](const std::string& word) {
    return std::ranges::find(kIssued, std::string_view(word)) != kIssued.end();
  });
}

// Card codes are told by a rule of their own, and the "authorization code" of a payment is a receipt.
bool is_of_payment(const Subject& subject, const PropertyUse& property) {
  if ((subject.fields.topics(property.name) & bit(Topic::kCardCode)) != 0) return true;
  const auto words = words_of(property.name);
  if (words.size() == 1 && words[0] == "authorization") return true;
  return has_phrase(words, "authorization code") &&
         has_phrase(words_of(property.parent), "card|payment|receipt|issuing|detail|details|charge|transaction");
}

bool is_distance(std::string_view property) {
  const auto words = words_of(property);
  return std::ranges::find(words, "distance") != words.end();
}

// A list of numbers that is called so is a place, whatever it belongs to.
bool is_coordinates(std::string_view property) {
  return has_phrase(words_of(property), "coordinates|coordinate|lat lng|latlng|lat lon|lnglat|geo");
}

bool asks_for_contact(const Subject& subject, std::uint32_t operation) {
  const bool entry = is_entry(subject.contract.operations[operation]);
  bool asks = false;
  const auto look = [&](std::string_view property, const json::Node* schema) {
    const auto words = words_of(property);
    // The field of a login that takes an address, a number or a name.
    const bool general = entry && !words.empty() && words.back() == "identifier";
    asks = asks || general || contract::classify(property, schema) == DataClass::kContact;
  };
  subject.schemas.visit_request_properties(
      operation, [&](const PropertyUse& property) { look(property.name, property.resolved); });
  for (const auto& parameter : subject.contract.operations[operation].parameters)
    look(parameter.name, parameter.schema);
  return asks;
}

// The caller has named the account: telling its identifier again tells nothing.
bool is_known_to_caller(const Operation& operation, std::string_view property) {
  const auto words = words_of(property);
  return std::ranges::any_of(operation.parameters,
                             [&](const auto& parameter) { return words_of(parameter.name) == words; });
}

}  // namespace

void check_secrets(const Subject& subject, Drafts& drafts) {
  Sites credentials;
  Sites secrets;
  subject.schemas.visit_properties([&](const PropertyUse& property, Directions directions, std::uint32_t unit) {
    if ((directions & kResponse) == 0) return;
    const DataClass data_class = subject.fields.data_class(property);
    if (!contract::is_secret(data_class) || is_of_payment(subject, property)) return;
    auto operations = subject.schemas.operations(unit, kResponse);
    std::erase_if(operations, [&](auto index) { return issues_secrets(subject.contract.operations[index]); });
    if (operations.empty()) return;
    (data_class == DataClass::kCredential ? credentials : secrets)
        .add(*property.schema, {"property", property.name}, kResponse, operations);
  });
  const auto* rule = finding::design_rule("data-secret-returned");
  for (const Site& site : credentials) {
    drafts.push_back(draft_of(subject, site, rule, Severity::kHigh, describe(site) + " is a credential of a person"));
  }
  for (const Site& site : secrets) {
    drafts.push_back(draft_of(subject, site, rule, Severity::kMedium,
                              describe(site) + " is a secret, and giving it out is not what the operation is for"));
  }
}

void check_positions(const Subject& subject, Drafts& drafts) {
  Sites sites;
  subject.schemas.visit_properties([&](const PropertyUse& property, Directions directions, std::uint32_t unit) {
    if ((directions & kResponse) == 0 || property.resolved == nullptr) return;
    Composition schema(subject.contract, std::array<const json::Node*, 1>{property.schema});
    if (const json::Node* items = schema.find("items");
        schema.allows(kArray) && items != nullptr && items->is_object()) {
      schema = Composition(subject.contract, std::array<const json::Node*, 1>{items});  // [longitude, latitude]
    }
    if (!schema.allows(kNumber) || schema.has("multipleOf") || schema.has("enum")) return;
    const bool position = subject.fields.data_class(property) == DataClass::kLocation || is_coordinates(property.name);
    if (!position && !is_distance(property.name)) return;
    sites.add(*property.schema, {"property", property.name}, kResponse, subject.schemas.operations(unit, kResponse));
  });
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, finding::design_rule("data-location-precise"), Severity::kMedium,
                              describe(site) + " has no multipleOf: it is as precise as the service knows it"));
  }
}

void check_account_identifiers(const Subject& subject, Drafts& drafts) {
  // The same property is asked about by every operation that reaches it.
  std::unordered_map<const PropertyUse*, bool> accounts;
  const auto is_account = [&](const PropertyUse& property) {
    const auto [found, added] = accounts.try_emplace(&property, false);
    if (added) found->second = is_account_identifier(property.name, property.parent);
    return found->second;
  };
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    if (operation.node == nullptr || !operation.open_to_nobody()) continue;
    bool takes_password = false;
    subject.schemas.visit_request_properties(i, [&](const PropertyUse& property) {
      const auto data_class = subject.fields.data_class(property);
      takes_password = takes_password || data_class == DataClass::kCredential;
    });
    if (takes_password) continue;
    Draft draft{.rule = finding::design_rule("data-account-id-public"),
                .severity = Severity::kMedium,
                .node = operation.node,
                .operation = &operation};
    std::set<std::string> names;
    subject.schemas.visit_response_properties(i, success_of(operation), [&](const PropertyUse& property) {
      if (!is_account(property)) return;
      if (is_known_to_caller(operation, property.name)) return;
      if (draft.related.size() == finding::kMaxRelated) return;
      const bool bare = words_of(property.name).size() == 1 && !property.parent.empty();
      names.insert(printable(bare ? std::string(property.parent) + "." + std::string(property.name)
                                  : std::string(property.name)));
      draft.related.push_back({property.schema, nullptr, "\"" + printable(property.name) + "\""});
    });
    if (draft.related.empty()) continue;
    draft.message = title_of(operation) + " tells anyone the identifier of an account: " +
                    join(std::vector(names.begin(), names.end()), ", ");
    if (asks_for_contact(subject, i)) {
      draft.severity = Severity::kHigh;
      draft.message += ", for an address that the caller names";
    }
    drafts.push_back(std::move(draft));
  }
}

}  // namespace portico::audit
