// Schemas that say less than they seem to: contradictions, keywords that bind nothing, patterns (OWASP API4, API8).
#include <algorithm>
#include <array>
#include <map>

#include "audit/checks.h"
#include "audit/pattern_length.h"
#include "audit/pattern_risk.h"
#include "audit/shapes.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using finding::design_rule;
using finding::Severity;
using json::Node;

// One position; what is wrong with it, or an empty text.
using SchemaTest = std::string (*)(const Subject& subject, const SchemaUse& use);

std::optional<double> number_of(const Composition& schema, std::string_view keyword) {
  const Node* value = schema.find(keyword);
  return value == nullptr ? std::nullopt : value->number();
}

std::string contradiction(const Subject&, const SchemaUse& use) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kPairs = {
      {{"minLength", "maxLength"},
       {"minItems", "maxItems"},
       {"minimum", "maximum"},
       {"minProperties", "maxProperties"}}};
  for (const auto& [low, high] : kPairs) {
    const auto least = number_of(use.schema, low);
    const auto most = number_of(use.schema, high);
    if (least && most && *least > *most) return " has a " + std::string(low) + " above its " + std::string(high);
  }
  for (const std::string_view low : {"exclusiveMinimum", "minimum"}) {
    for (const std::string_view high : {"exclusiveMaximum", "maximum"}) {
      if (low == "minimum" && high == "maximum") continue;
      const auto least = number_of(use.schema, low);
      const auto most = number_of(use.schema, high);
      if (least && most && *least >= *most)
        return " has a " + std::string(low) + " that its " + std::string(high) + " forbids";
    }
  }
  // ^\d{8}$ with a maxLength of 6: lengths that the pattern fixes.
  const Node* pattern = use.schema.find("pattern");
  const auto lengths = pattern == nullptr ? std::nullopt : length_range(pattern->text());
  if (lengths) {
    const auto least = integer_of(use.schema, "minLength");
    const auto most = integer_of(use.schema, "maxLength");
    if ((most && static_cast<std::int64_t>(lengths->least) > *most) ||
        (least && static_cast<std::int64_t>(lengths->most) < *least)) {
      return " has a pattern that its length forbids";
    }
  }
  return {};
}

bool fits(const Node& value, TypeSet types) {
  switch (value.kind()) {
    case json::Kind::kNull: return (types & kNull) != 0;
    case json::Kind::kBoolean: return (types & kBoolean) != 0;
    case json::Kind::kNumber: return (types & kNumber) != 0 || ((types & kInteger) != 0 && value.integer().has_value());
    case json::Kind::kString: return (types & kString) != 0;
    case json::Kind::kArray: return (types & kArray) != 0;
    case json::Kind::kObject: return (types & kObject) != 0;
  }
  return true;
}

std::string wrong_enum(const Subject&, const SchemaUse& use) {
  const Node* values = use.schema.find("enum");
  if (values == nullptr || !use.schema.has("type")) return {};
  for (const Node* value : values->items()) {
    // A null beside nullable schemas is a habit of 3.0; YAML reads bare words as other types than meant.
    if (value->is_null() || fits(*value, use.schema.types())) continue;
    return " lists a value that is no " + std::string(use.schema.find("type")->text());
  }
  return {};
}

bool is_read_only(const Composition& schema, std::string_view property) {
  return std::ranges::any_of(schema.parts(), [&](const Node* part) {
    const Node* properties = part->find("properties");
    const Node* own = properties == nullptr ? nullptr : properties->find(property);
    const Node* mark = own == nullptr ? nullptr : own->find("readOnly");
    return mark != nullptr && mark->is_true();
  });
}

std::string undeclared_required(const Subject& subject, const SchemaUse& use) {
  if (!use.schema.allows(kObject) || !alternatives_of(use.schema).empty() || use.schema.has("patternProperties"))
    return {};
  if (!use.schema.has("properties")) return {};
  for (const Node* part : use.schema.parts()) {
    const Node* required = part->find("required");
    if (required == nullptr) continue;
    for (const Node* name : required->items()) {
      const bool declared = std::ranges::any_of(use.schema.parts(), [&](const Node* other) {
        const Node* properties = other->find("properties");
        return properties != nullptr && properties->find(name->text()) != nullptr;
      });
      if (!declared) return " requires \"" + printable(name->text()) + "\", which is not declared";
      if (subject.schemas.directions(use) == kRequest && is_read_only(use.schema, name->text())) {
        return " requires \"" + printable(name->text()) + "\", which is readOnly and never sent";
      }
    }
  }
  return {};
}

std::string missing_type(const Subject& subject, const SchemaUse& use) {
  if (use.schema.types() != 0 || !alternatives_of(use.schema).empty()) return {};
  for (const std::string_view said : {"enum", "const", "not", "format", "discriminator", "if", "contentMediaType"}) {
    if (use.schema.has(said)) return {};
  }
  if (subject.contract.version == contract::Version::kSwagger20 && use.schema.has("$ref")) return {};
  return " has no type: it may be anything";
}

std::string missing_items(const Subject&, const SchemaUse& use) {
  if ((use.schema.types() & ~kNull) != kArray || use.schema.has("items") || use.schema.has("prefixItems")) return {};
  if (use.schema.has("enum") || use.schema.has("const") || integer_of(use.schema, "maxItems") == 0) return {};
  return " says nothing about its items";
}

// Formats of OpenAPI and JSON Schema that belong to one type.
std::string wrong_format(const Subject&, const SchemaUse& use) {
  const Node* node = use.schema.find("format");
  if (node == nullptr || use.schema.types() == 0 || !use.schema.has("type")) return {};
  const auto format = node->text();
  constexpr std::array<std::string_view, 4> kNumbers = {"int32", "int64", "float", "double"};
  constexpr std::array<std::string_view, 13> kTexts = {"date",     "date-time", "uuid",         "email",    "uri",
                                                       "hostname", "ipv4",      "ipv6",         "password", "byte",
                                                       "binary",   "time",      "uri-reference"};
  const bool of_number = std::ranges::find(kNumbers, format) != kNumbers.end();
  const bool of_text = std::ranges::find(kTexts, format) != kTexts.end();
  if (of_number && !use.schema.allows(kNumber | kInteger))
    return " has the format " + std::string(format) + " of numbers";
  if (of_text && !use.schema.allows(kString)) return " has the format " + std::string(format) + " of strings";
  return {};
}

std::string ineffective_keyword(const Subject&, const SchemaUse& use) {
  if (use.schema.types() == 0 || !use.schema.has("type")) return {};
  struct Bound {
    std::string_view keyword;
    TypeSet type;
  };
  constexpr std::array<Bound, 10> kBounds = {{{"maxLength", kString},
                                              {"minLength", kString},
                                              {"pattern", kString},
                                              {"maxItems", kArray},
                                              {"minItems", kArray},
                                              {"uniqueItems", kArray},
                                              {"minimum", kNumber | kInteger},
                                              {"maximum", kNumber | kInteger},
                                              {"multipleOf", kNumber | kInteger},
                                              {"maxProperties", kObject}}};
  for (const Bound& bound : kBounds) {
    if (use.schema.has(bound.keyword) && !use.schema.allows(bound.type)) {
      return " has a " + std::string(bound.keyword) + ", which is for another type and binds nothing";
    }
  }
  return {};
}

std::string closed_part(const Subject&, const SchemaUse& use) {
  const auto parts = use.schema.parts();
  if (parts.size() < 2) return {};
  for (const Node* part : parts) {
    const Node* more = part->find("additionalProperties");
    if (more == nullptr || !more->is_boolean() || more->is_true() || part->find("patternProperties") != nullptr)
      continue;
    const Node* own = part->find("properties");
    for (const Node* other : parts) {
      const Node* properties = other == part ? nullptr : other->find("properties");
      if (properties == nullptr) continue;
      for (const auto& [name, value] : properties->members()) {
        if (own != nullptr && own->find(name->text()) != nullptr) continue;
        return " has a closed part that refuses \"" + printable(name->text()) + "\" of another";
      }
    }
  }
  return {};
}

// Bounds that a linter is content with.
std::string meaningless_bound(const Subject&, const SchemaUse& use) {
  constexpr std::int64_t kLongText = 10'000'000;
  constexpr std::int64_t kManyItems = 100'000;
  if (use.schema.allows(kString) && !use.schema.has("contentMediaType")) {
    const Node* format = use.schema.find("format");
    const bool bytes = format != nullptr && (format->text() == "binary" || format->text() == "byte");
    const auto most = integer_of(use.schema, "maxLength");
    if (!bytes && most && *most > kLongText) return " has a maxLength of " + std::to_string(*most);
  }
  if (use.schema.allows(kArray)) {
    const auto most = integer_of(use.schema, "maxItems");
    if (most && *most > kManyItems) return " has a maxItems of " + std::to_string(*most);
  }
  return {};
}

std::string unbounded_map(const Subject&, const SchemaUse& use) {
  if (!use.schema.allows(kObject) || use.schema.has("maxProperties") || use.schema.has("properties")) return {};
  const auto maps = [&](std::string_view keyword) {
    const Node* values = use.schema.find(keyword);
    return values != nullptr && values->is_object() && values->size() != 0;
  };
  if (!maps("additionalProperties") && !maps("unevaluatedProperties") && !use.schema.has("patternProperties"))
    return {};
  const Node* names = use.schema.find("propertyNames");
  if (names != nullptr && names->find("enum") != nullptr) return {};
  return " is a map without maxProperties";
}

std::string formless_text(const Subject& subject, const SchemaUse& use) {
  if ((use.schema.types() & ~kNull) != kString || !alternatives_of(use.schema).empty()) return {};
  if (!use.schema.has("maxLength")) return {};  // limit-string-length says the greater lack
  for (const std::string_view said : {"enum", "const", "pattern", "format", "contentMediaType", "contentEncoding"}) {
    if (use.schema.has(said)) return {};
  }
  if ((subject.fields.topics(use.label.name) & bit(Topic::kFreeText)) != 0) return {};
  return " has neither a pattern nor a format";
}

enum class Scope : std::uint8_t { kRequests, kBoth };

struct SchemaRule {
  const finding::Rule* rule;
  SchemaTest test;
  Scope scope;
  Severity in_request;
  Severity in_response;
};

constexpr SchemaRule kRules[] = {
    {design_rule("schema-bounds-contradictory"), contradiction, Scope::kBoth, Severity::kMedium, Severity::kMedium},
    {design_rule("schema-enum-type"), wrong_enum, Scope::kBoth, Severity::kLow, Severity::kLow},
    {design_rule("schema-required-undeclared"), undeclared_required, Scope::kBoth, Severity::kLow, Severity::kLow},
    {design_rule("schema-type-missing"), missing_type, Scope::kBoth, Severity::kMedium, Severity::kLow},
    {design_rule("schema-items-missing"), missing_items, Scope::kBoth, Severity::kMedium, Severity::kLow},
    {design_rule("schema-format-type"), wrong_format, Scope::kBoth, Severity::kLow, Severity::kLow},
    {design_rule("schema-keyword-ineffective"), ineffective_keyword, Scope::kBoth, Severity::kMedium, Severity::kLow},
    {design_rule("schema-closed-composition"), closed_part, Scope::kBoth, Severity::kMedium, Severity::kMedium},
    {design_rule("limit-bound-meaningless"), meaningless_bound, Scope::kBoth, Severity::kLow, Severity::kInfo},
    {design_rule("limit-map-size"), unbounded_map, Scope::kRequests, Severity::kLow, Severity::kLow},
    {design_rule("limit-string-form"), formless_text, Scope::kRequests, Severity::kInfo, Severity::kInfo},
};

}  // namespace

void check_schemas(const Subject& subject, Drafts& drafts) {
  for (const SchemaRule& rule : kRules) {
    Sites sites;
    std::unordered_map<const Node*, std::string> messages;
    for (const SchemaUse& use : subject.schemas.uses()) {
      Directions directions = subject.schemas.directions(use);
      if (rule.scope == Scope::kRequests) directions &= kRequest;
      if (directions == 0 || use.schema.parts().empty()) continue;
      std::string message = rule.test(subject, use);
      if (message.empty()) continue;
      const Node& node = *use.schema.defining_part();
      sites.add(node, use.label, directions, subject.schemas.operations(use.unit, directions));
      messages.try_emplace(&node, std::move(message));
    }
    for (const Site& site : sites) {
      const bool request = (site.directions & kRequest) != 0;
      drafts.push_back(draft_of(subject, site, rule.rule, request ? rule.in_request : rule.in_response,
                                describe(site) + messages.at(site.node)));
    }
  }
}

void check_patterns(const Subject& subject, Drafts& drafts) {
  Sites broad;
  Sites loose;
  Sites slow;
  Sites slower;
  Sites invalid;
  std::unordered_map<std::string_view, PatternRisk> risks;
  for (const SchemaUse& use : subject.schemas.uses()) {
    const Directions directions = subject.schemas.directions(use);
    if (directions == 0 || !use.schema.allows(kString)) continue;
    for (const Node* part : use.schema.parts()) {
      const Node* node = part->find("pattern");
      if (node == nullptr || !node->is_string()) continue;
      const auto pattern = node->text();
      const auto [risk, added] = risks.try_emplace(pattern, PatternRisk::kLinear);
      if (added) risk->second = risk_of(pattern);
      const auto operations = subject.schemas.operations(use);
      const auto add = [&](Sites& sites) { sites.add(*part, use.label, directions, operations); };
      if (risk->second == PatternRisk::kInvalid) {
        add(invalid);
        continue;
      }
      if (risk->second == PatternRisk::kExponential) add(slower);
      if (risk->second == PatternRisk::kPolynomial) add(slow);
      if ((directions & kRequest) == 0) continue;
      if (is_broad_pattern(pattern)) {
        add(broad);
      } else if (!is_anchored(pattern)) {
        add(loose);
      }
    }
  }
  const auto say = [&](const Sites& sites, const finding::Rule* rule, Severity severity, std::string_view what) {
    for (const Site& site : sites) {
      drafts.push_back(draft_of(subject, site, rule, severity, describe(site) + std::string(what)));
    }
  };
  say(invalid, design_rule("schema-pattern-invalid"), Severity::kMedium, " has a pattern that is none");
  say(slower, design_rule("limit-pattern-slow"), Severity::kHigh,
      " has a pattern that takes exponential time in a backtracking engine");
  say(slow, design_rule("limit-pattern-slow"), Severity::kMedium,
      " has a pattern that takes polynomial time in a backtracking engine");
  say(broad, design_rule("limit-pattern-broad"), Severity::kLow, " has a pattern that allows anything");
  say(loose, design_rule("limit-pattern-unanchored"), Severity::kLow, " has a pattern that is not anchored by ^ and $");
}

void check_recursion(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const auto& recursion : subject.schemas.recursions(kRequest)) {
    sites.add(*recursion.schema, recursion.label, kRequest, subject.schemas.operations(recursion.unit, kRequest));
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("limit-recursion"), Severity::kLow,
                              describe(site) + " contains itself, to any depth"));
  }
}

void check_read_write_only(const Subject& subject, Drafts& drafts) {
  const auto is_set = [](const Node* schema, std::string_view keyword) {
    const Node* value = schema == nullptr ? nullptr : schema->find(keyword);
    return value != nullptr && value->is_true();
  };
  subject.schemas.visit_hidden_properties([&](const PropertyUse& property) {
    const bool both = (is_set(property.schema, "readOnly") || is_set(property.resolved, "readOnly")) &&
                      (is_set(property.schema, "writeOnly") || is_set(property.resolved, "writeOnly"));
    if (!both) return;
    drafts.push_back({.rule = design_rule("schema-read-write-only"),
                      .severity = Severity::kLow,
                      .node = property.schema,
                      .message = "property \"" + printable(property.name) + "\" is readOnly and writeOnly"});
  });
}

// The schema that a request sends is the one that a response returns, and nothing in it says what goes which way.
void check_shared_schemas(const Subject& subject, Drafts& drafts) {
  struct Use {
    std::vector<std::uint32_t> sent;
    bool returned = false;
  };
  std::map<const Node*, Use, std::less<>> uses;
  std::vector<const Node*> order;
  const auto object_of = [&](const Node* schema) -> const Node* {
    const Node* end = schema == nullptr ? nullptr : subject.contract.resolve(*schema);
    if (end == nullptr || !end->is_object()) return nullptr;
    if (const Node* items = end->find("items"); items != nullptr && items->is_object()) {
      end = subject.contract.resolve(*items);
    }
    return end != nullptr && end->find("properties") != nullptr ? end : nullptr;
  };
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    const auto& operation = subject.contract.operations[i];
    if (operation.body) {
      for (const auto& media : operation.body->content) {
        if (const Node* schema = object_of(media.schema)) {
          auto& use = uses[schema];
          if (use.sent.empty()) order.push_back(schema);
          if (use.sent.empty() || use.sent.back() != i) use.sent.push_back(i);
        }
      }
    }
    for (const auto& response : operation.responses) {
      for (const auto& media : response.content) {
        if (!response.status.starts_with('2')) continue;
        if (const Node* schema = object_of(media.schema)) uses[schema].returned = true;
      }
    }
  }
  for (const Node* schema : order) {
    const Use& use = uses[schema];
    if (!use.returned) continue;
    const Composition composed(subject.contract, std::array<const Node*, 1>{schema});
    const bool directed = std::ranges::any_of(composed.parts(), [](const Node* part) {
      const Node* properties = part->find("properties");
      return properties != nullptr && std::ranges::any_of(properties->members(), [](const json::Member& member) {
               return member.value->find("readOnly") != nullptr || member.value->find("writeOnly") != nullptr;
             });
    });
    if (directed) continue;
    const Site site{
        .node = schema, .label = {"schema", {}}, .directions = kRequest | kResponse, .operations = use.sent};
    drafts.push_back(draft_of(subject, site, design_rule("data-schema-shared"), Severity::kLow,
                              "the schema is sent and returned alike, and no property is readOnly or writeOnly"));
  }
}

}  // namespace portico::audit
