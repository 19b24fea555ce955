// How much a value may be: strings, arrays, numbers (OWASP API4). What a caller sends is judged harder than what the
// service itself answers: the first is the attacker's choice.
#include <algorithm>
#include <array>

#include "audit/branch_memo.h"
#include "audit/checks.h"
#include "audit/names.h"
#include "audit/pattern_length.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using finding::Severity;
using json::Node;

using Bounded = bool (*)(const Composition& schema);

bool has_fixed_values(const Composition& schema) { return schema.has("enum") || schema.has("const"); }

// Bounded by itself, or in every branch of one of its alternatives that a value of the type can take.
class Bounds {
 public:
  Bounds(const contract::Contract& contract, TypeSet type, Bounded bounded)
      : contract_(&contract), type_(type), bounded_(bounded) {}

  bool hold(const Composition& schema) {
    if (has_fixed_values(schema) || bounded_(schema)) return true;
    return std::ranges::any_of(alternatives_of(schema), [&](const auto group) {
      return std::ranges::all_of(group, [&](const Node* branch) { return hold_in(*branch); });
    });
  }

 private:
  bool hold_in(const Node& branch) {
    return memo_.ask(branch, [&] {
      const Composition part(*contract_, std::array<const Node*, 1>{&branch});
      return (part.types() != 0 && !part.allows(type_)) || hold(part);
    });
  }

  const contract::Contract* contract_;
  TypeSet type_;
  Bounded bounded_;
  BranchMemo memo_;
};

// Formats whose grammar fixes a greatest length. Not among them: email, uri and idn forms, byte and binary.
bool has_bounded_format(std::string_view format) {
  constexpr std::array<std::string_view, 8> kFormats = {"date", "date-time", "time",     "uuid",
                                                        "ipv4", "ipv6",      "hostname", "char"};
  return std::ranges::find(kFormats, format) != kFormats.end();
}

bool is_string_bounded(const Composition& schema) {
  return std::ranges::any_of(schema.parts(), [](const Node* part) {
    return part->find("maxLength") != nullptr || has_bounded_format(part->text_of("format")) ||
           bounds_length(part->text_of("pattern"));
  });
}

bool is_array_bounded(const Composition& schema) {
  if (schema.has("maxItems")) return true;
  // A tuple without a tail.
  const Node* rest = schema.has("items") ? schema.find("items") : schema.find("unevaluatedItems");
  if (schema.has("prefixItems") && rest != nullptr && rest->is_boolean() && !rest->is_true()) return true;
  // A set of listed values.
  const Node* unique = schema.find("uniqueItems");
  const Node* items = schema.find("items");
  return unique != nullptr && unique->is_true() && items != nullptr && items->find("enum") != nullptr;
}

bool has_lower(const Composition& schema) {
  const Node* exclusive = schema.find("exclusiveMinimum");
  return schema.has("minimum") || (exclusive != nullptr && exclusive->is_number());
}

bool has_upper(const Composition& schema) {
  const Node* exclusive = schema.find("exclusiveMaximum");
  return schema.has("maximum") || (exclusive != nullptr && exclusive->is_number());
}

bool is_number_bounded(const Composition& schema) { return has_lower(schema) && has_upper(schema); }

Severity by_direction(Directions directions, Severity request, Severity response) {
  return (directions & kRequest) != 0 ? request : response;
}

// The bytes of a download are no text that anyone forgot to bound.
bool is_download(const Composition& schema, Directions directions) {
  if (directions != kResponse) return false;
  const Node* format = schema.find("format");
  const Node* type = schema.find("type");
  return (format != nullptr && format->text() == "binary") || (type != nullptr && type->text() == "file");
}

// How many objects one call returns; above this it is no page any more.
constexpr double kLargestPage = 10'000;

bool is_page_size(const Subject& subject, const Label& label) {
  return label.kind == "query parameter" && (subject.fields.topics(label.name) & bit(Topic::kPageSize)) != 0;
}

// An upload is judged by limit-upload-size.
bool is_upload(const Composition& schema) {
  const Node* format = schema.find("format");
  return (format != nullptr && format->text() == "binary") || schema.has("contentMediaType");
}

// Values whose size the sender chooses: worse in requests than in responses.
void report_unbounded(const Subject& subject, Drafts& drafts, const finding::Rule* rule, TypeSet type, Bounded bounded,
                      std::string_view what) {
  Sites sites;
  Bounds bounds(subject.contract, type, bounded);
  for (const SchemaUse& use : subject.schemas.uses()) {
    const Directions directions = subject.schemas.directions(use);
    if (directions == 0 || !use.schema.allows(type) || is_download(use.schema, directions)) continue;
    if (type == kString && (directions & kRequest) != 0 && is_upload(use.schema)) continue;
    if (bounds.hold(use.schema)) continue;
    sites.add(subject, *use.schema.defining_part(), use);
  }
  for (const Site& site : sites) {
    const auto severity = by_direction(site.directions, Severity::kMedium, Severity::kLow);
    drafts.push_back(draft_of(subject, site, rule, severity, describe(site) + std::string(what)));
  }
}

std::string missing_bounds(const Composition& schema) {
  if (has_lower(schema)) return "no maximum";
  return has_upper(schema) ? "no minimum" : "no minimum and no maximum";
}

}  // namespace

void check_strings(const Subject& subject, Drafts& drafts) {
  report_unbounded(subject, drafts, finding::design_rule("limit-string-length"), kString, is_string_bounded,
                   " has no maxLength");
}

void check_arrays(const Subject& subject, Drafts& drafts) {
  report_unbounded(subject, drafts, finding::design_rule("limit-array-items"), kArray, is_array_bounded,
                   " has no maxItems");
}

void check_numbers(const Subject& subject, Drafts& drafts) {
  Sites integers;
  Sites numbers;
  std::unordered_map<const Node*, std::string> missing;  // by site
  Bounds bounds(subject.contract, kNumber | kInteger, is_number_bounded);
  Sites pages;
  for (const SchemaUse& use : subject.schemas.uses()) {
    if (subject.schemas.directions(use) == 0 || !use.schema.allows(kNumber | kInteger)) continue;
    if (is_page_size(subject, use.label) && !has_fixed_values(use.schema)) {
      const Node* most = use.schema.find("maximum");
      if (!has_upper(use.schema) || (most != nullptr && most->number().value_or(0) > kLargestPage)) {
        pages.add(subject, *use.schema.defining_part(), use);
        continue;
      }
    }
    if (bounds.hold(use.schema)) continue;
    const Node& node = *use.schema.defining_part();
    (use.schema.allows(kNumber) ? numbers : integers).add(subject, node, use);
    std::string text = missing_bounds(use.schema);
    const Node* format = use.schema.find("format");
    if (format != nullptr && (format->text() == "int32" || format->text() == "int64")) {
      text += ", only the range of " + std::string(format->text());
    }
    missing.try_emplace(&node, std::move(text));
  }
  for (const Site& site : integers) {
    const auto severity = by_direction(site.directions, Severity::kLow, Severity::kInfo);
    std::string message = describe(site) + " has " + missing.at(site.node);
    drafts.push_back(
        draft_of(subject, site, finding::design_rule("limit-integer-range"), severity, std::move(message)));
  }
  for (const Site& site : pages) {
    drafts.push_back(draft_of(subject, site, finding::design_rule("limit-page-size"), Severity::kMedium,
                              describe(site) + " has no sensible maximum: one call may ask for everything"));
  }
  for (const Site& site : numbers) {
    const auto severity = by_direction(site.directions, Severity::kLow, Severity::kInfo);
    drafts.push_back(draft_of(subject, site, finding::design_rule("limit-number-range"), severity,
                              describe(site) + " has " + missing.at(site.node)));
  }
}

}  // namespace portico::audit
