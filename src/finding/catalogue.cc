#include "finding/catalogue.h"

#include <algorithm>
#include <array>

#include "finding/rules/design.h"

namespace portico::finding {
namespace {

constexpr std::array kTables = {
    std::span<const Rule>(kDesignRules),
};

}  // namespace

std::span<const Rule> rules_of(Pillar pillar) {
  const auto found = std::ranges::find_if(kTables, [&](auto table) { return table.front().pillar == pillar; });
  return found == kTables.end() ? std::span<const Rule>() : *found;
}

std::vector<const Rule*> all_rules() {
  std::vector<const Rule*> rules;
  for (const auto table : kTables) {
    for (const Rule& rule : table) rules.push_back(&rule);
  }
  std::ranges::sort(rules, {}, &Rule::id);
  return rules;
}

const Rule* find_rule(std::string_view id) {
  for (const auto table : kTables) {
    const auto found = std::ranges::lower_bound(table, id, {}, &Rule::id);
    if (found != table.end() && found->id == id) return &*found;
  }
  return nullptr;
}

}  // namespace portico::finding
