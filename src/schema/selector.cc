#include "schema/selector.h"

#include <algorithm>
#include <bit>
#include <map>

#include "schema/facts.h"

namespace portico::schema {
namespace {

// Values beyond this many in one property are not worth a table.
constexpr std::size_t kMostValues = 512;

// Bits of WideTypes that let in a word of each type_index().
constexpr WideTypes kLetIn[kTypeCount] = {
    kTypeNull,   kTypeBoolean, kTypeInteger, kTypeNumber | kTypeWhole,
    kTypeString, kTypeArray,   kTypeObject,  kTypeInteger | kTypeNumber | kTypeWhole};

// What the branches say of one property.
struct Property {
  std::uint64_t declared = 0;
  std::uint64_t required = 0;
  std::uint64_t by_type[kTypeCount] = {};  // among the declaring branches
  std::uint64_t with_values = 0;           // declaring branches that list their strings
  // Copies: making rules adds to the pool of names.
  std::map<std::string, std::uint64_t, std::less<>> values;

  bool tells(std::uint64_t object_branches) const {
    if (required != 0 && required != object_branches) return true;
    if (!values.empty()) return true;
    return std::ranges::any_of(by_type, [&](std::uint64_t mask) { return mask != declared; });
  }
};

struct Survey {
  std::map<std::string, Property, std::less<>> properties;
  std::uint64_t closed = 0;   // branches that allow declared properties only
  std::uint64_t objects = 0;  // branches that can accept objects
};

void survey_table(const Tables& tables, const ObjectTable& table, std::uint64_t bit, Survey& survey) {
  if (table.pattern_count == 0 && accepts_nothing(tables, table.others)) survey.closed |= bit;
  for (std::uint32_t i = 0; i < table.keys.count; ++i) {
    Property& property = survey.properties[std::string(tables.names.text_of(tables.names.names[table.keys.first + i]))];
    const Child& child = tables.children[table.first_child + i];
    const WideTypes types = types_accepted(tables, child);
    const bool again = (property.declared & bit) != 0;
    for (std::size_t t = 0; t < kTypeCount; ++t) {
      const bool let_in = (types & kLetIn[t]) != 0;
      // A second table of the same branch (allOf) can only take away.
      if (let_in && !again) property.by_type[t] |= bit;
      if (!let_in) property.by_type[t] &= ~bit;
    }
    property.declared |= bit;
    if (child.required != Child::kNotRequired) property.required |= bit;
    const auto strings = strings_accepted(tables, child);
    if (!strings || strings->size() > kMostValues || (property.with_values & bit) != 0) continue;
    property.with_values |= bit;
    for (const std::string_view text : *strings) property.values[std::string(text)] |= bit;
  }
}

SelectorRule make_rule(Tables& tables, const Property& property, const Survey& survey, std::uint64_t all) {
  SelectorRule rule{};
  // Branches that say nothing of the property take any value, unless they are closed.
  const std::uint64_t silent = all & ~property.declared & ~survey.closed;
  for (std::size_t t = 0; t < kTypeCount; ++t) rule.by_type[t] = property.by_type[t] | silent;
  rule.required_by = property.required;
  if (property.values.empty()) return rule;
  std::vector<std::string_view> texts;
  std::vector<std::uint64_t> masks;
  rule.other_values = all & ~property.with_values;
  for (const auto& [text, mask] : property.values) {
    texts.push_back(text);
    masks.push_back(mask | rule.other_values);
  }
  rule.values = tables.names.add(texts);
  rule.first_mask = static_cast<std::uint32_t>(tables.value_masks.size());
  tables.value_masks.insert(tables.value_masks.end(), masks.begin(), masks.end());
  return rule;
}

}  // namespace

void make_selector(Tables& tables, Choice& choice) {
  if (choice.count > kMaxMasked) return;
  Survey survey;
  for (std::uint32_t i = 0; i < choice.count; ++i) {
    const Child& branch = tables.branches[choice.first + i];
    const WideTypes types = types_accepted(tables, branch);
    const std::uint64_t bit = UINT64_C(1) << i;
    for (std::size_t t = 0; t < kTypeCount; ++t) {
      if ((types & kLetIn[t]) != 0) choice.by_type[t] |= bit;
    }
    if ((types & kTypeObject) == 0) continue;
    survey.objects |= bit;
    if (branch.full == kNoBlock) continue;
    for (const ObjectTable* table : objects_of(tables, branch.full)) survey_table(tables, *table, bit, survey);
  }
  if (std::popcount(survey.objects) < 2) return;
  const std::uint64_t all = choice.count == kMaxMasked ? UINT64_MAX : (UINT64_C(1) << choice.count) - 1;
  std::vector<std::pair<std::string_view, const Property*>> chosen;
  for (const auto& [name, property] : survey.properties) {
    // With closed branches, a property also tells by being declared in some only.
    const bool tells = property.tells(survey.objects) || (survey.closed & ~property.declared) != 0;
    if (tells) chosen.emplace_back(name, &property);
  }
  // Constants and required names tell most.
  const auto rank = [](const auto& entry) {
    const int kind = entry.second->values.empty() ? (entry.second->required == 0 ? 2 : 1) : 0;
    return std::pair(kind, entry.first);
  };
  std::ranges::sort(chosen, {}, rank);
  if (chosen.size() > kMaxMasked) chosen.resize(kMaxMasked);
  if (chosen.empty() && survey.closed == 0) return;
  Selector selector;
  selector.first_rule = static_cast<std::uint32_t>(tables.selector_rules.size());
  std::vector<std::string_view> names;
  for (const auto& [name, property] : chosen) {
    if (property->required != 0) selector.required_keys |= UINT64_C(1) << names.size();
    names.push_back(name);
  }
  // Names that are declared somewhere but have no rule must not count as undeclared.
  const bool every_name_has_a_rule = chosen.size() == survey.properties.size();
  selector.others = every_name_has_a_rule ? all & ~survey.closed : all;
  if (chosen.empty() && !every_name_has_a_rule) return;
  for (const auto& [name, property] : chosen) {
    tables.selector_rules.push_back(make_rule(tables, *property, survey, all));
  }
  selector.keys = tables.names.add(names);
  tables.selectors.push_back(selector);
  choice.selector = static_cast<std::uint32_t>(tables.selectors.size() - 1);
}

}  // namespace portico::schema
