// Objects that take or give more than the contract names (OWASP API3).
//
// Open is what JSON Schema calls open by default: an object schema without `additionalProperties`. A composition is
// closed as soon as one of its parts is, since all of them apply; and it can only be closed as a whole, so it is judged
// as a whole, never branch by branch.
#include <algorithm>
#include <array>

#include "audit/branch_memo.h"
#include "audit/checks.h"
#include "audit/sites.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using json::Node;

enum class Openness : std::uint8_t {
  kClosed,
  kMap,           // anything under names that nobody listed, but of a declared kind
  kByDefault,     // nothing is said
  kOnPurpose,     // `true` or an empty schema
  kWithoutNames,  // no property is declared at all
};

bool is_anything(const Node& schema) { return schema.is_true() || (schema.is_object() && schema.size() == 0); }

// What one keyword says about further properties.
Openness said_by(const Node* keyword) {
  if (keyword == nullptr) return Openness::kByDefault;
  if (is_anything(*keyword)) return Openness::kOnPurpose;
  return keyword->is_object() ? Openness::kMap : Openness::kClosed;
}

bool is_closed(Openness openness) { return openness == Openness::kClosed || openness == Openness::kMap; }

bool declares_properties(const Composition& schema) {
  return std::ranges::any_of(schema.parts(), [](const Node* part) {
    return part->find("properties") != nullptr || part->find("patternProperties") != nullptr;
  });
}

// Judges compositions, branch by branch where alternatives could close them.
class Judge {
 public:
  explicit Judge(const contract::Contract& contract) : contract_(&contract) {}

  Openness openness_of(const Composition& schema) {
    auto openness = Openness::kByDefault;
    for (const Node* part : schema.parts()) {
      for (const std::string_view keyword : {"additionalProperties", "unevaluatedProperties"}) {
        const Openness said = said_by(part->find(keyword));
        if (is_closed(said)) return said;
        if (said == Openness::kOnPurpose) openness = said;
      }
      const Node* most = part->find("maxProperties");
      if (most != nullptr && most->integer() == 0) return Openness::kClosed;
    }
    if (schema.has("enum") || schema.has("const")) return Openness::kClosed;
    const auto groups = alternatives_of(schema);
    const bool closed = std::ranges::any_of(groups, [&](const auto group) {
      return std::ranges::all_of(group, [&](const Node* branch) { return closes(*branch); });
    });
    if (closed) return Openness::kClosed;
    return !declares_properties(schema) && groups.empty() ? Openness::kWithoutNames : openness;
  }

 private:
  bool closes(const Node& branch) {
    return memo_.ask(branch, [&] {
      const Composition part(*contract_, std::array<const Node*, 1>{&branch});
      return (part.types() != 0 && !part.allows(kObject)) || is_closed(openness_of(part));
    });
  }

  const contract::Contract* contract_;
  BranchMemo memo_;
};

std::string_view explain(Openness openness) {
  switch (openness) {
    case Openness::kOnPurpose: return " allows any further property";
    case Openness::kWithoutNames: return " declares no properties, so it takes any";
    case Openness::kByDefault:
    case Openness::kClosed:
    case Openness::kMap: break;
  }
  return " does not forbid further properties";
}

// The part to repair: the only one that says something about the object, else the one that composes.
const Node& place_of(const Composition& schema) {
  const auto says_something = [](const Node* part) {
    return std::ranges::any_of(part->members(), [](const json::Member& member) {
      const auto keyword = member.key->text();
      return keyword == "properties" || keyword == "additionalProperties" || keyword == "unevaluatedProperties" ||
             keyword == "patternProperties" || keyword == "oneOf" || keyword == "anyOf";
    });
  };
  const Node* only = nullptr;
  for (const Node* part : schema.parts()) {
    if (!says_something(part)) continue;
    if (only != nullptr) return *schema.parts().front();
    only = part;
  }
  return only == nullptr ? *schema.parts().front() : *only;
}

}  // namespace

void check_open_objects(const Subject& subject, Drafts& drafts) {
  Sites sites;
  Judge judge(subject.contract);
  std::unordered_map<const Node*, Openness> kinds;
  for (const SchemaUse& use : subject.schemas.uses()) {
    if (use.left_to_alternatives || subject.schemas.directions(use) == 0 || !use.schema.allows(kObject)) continue;
    const Openness openness = judge.openness_of(use.schema);
    if (is_closed(openness)) continue;
    const Node& node = place_of(use.schema);
    sites.add(subject, node, use);
    kinds.try_emplace(&node, openness);
  }
  for (const Site& site : sites) {
    const bool request = (site.directions & kRequest) != 0;
    const auto* rule = request ? finding::design_rule("data-object-open") : finding::design_rule("data-response-open");
    drafts.push_back(
        draft_of(subject, site, rule, rule->severity, describe(site) + std::string(explain(kinds.at(site.node)))));
  }
}

}  // namespace portico::audit
