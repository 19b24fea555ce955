// Keywords about arrays, and those that hand the value itself to other schemas.
#include <array>
#include <map>

#include "schema/emit.h"

namespace portico::schema {
namespace {

// "Cat" of "Cat" and of "#/components/schemas/Cat": how discriminators and references name a component.
std::string_view component_of(std::string_view reference) { return reference.substr(reference.find_last_of("/#") + 1); }

}  // namespace

void Emitter::emit_array(const Part& part, const Tracking& tracking) {
  const Rules& rules = graph_.rules(part.id);
  const json::Node* items = part.keywords[Keyword::kItems];
  const json::Node* prefix = part.keywords[Keyword::kPrefixItems];
  Keyword prefix_keyword = Keyword::kPrefixItems;
  Keyword items_keyword = Keyword::kItems;
  if (rules.tuple_items && items != nullptr && items->is_array()) {
    prefix = items;
    prefix_keyword = Keyword::kItems;
    items = part.keywords[Keyword::kAdditionalItems];
    items_keyword = Keyword::kAdditionalItems;
  }
  ArrayTable table;
  std::vector<Child> children;
  if (prefix != nullptr) {
    for (std::size_t i = 0; i < prefix->items().size(); ++i) {
      children.push_back(child(graph_.child(part.id, *prefix->items()[i], prefix_keyword, i)));
    }
  }
  if (items != nullptr && !items->is_array()) {
    table.items = child(graph_.child(part.id, *items, items_keyword));
    table.has_items = true;
  } else if (tracking.rest_of_items != kNoBlock) {
    table.items = child(tracking.rest_of_items);
    table.has_items = true;
  }
  if (!children.empty() || table.has_items) {
    table.first_prefix = static_cast<std::uint32_t>(tables_.children.size());
    table.prefix_count = static_cast<std::uint32_t>(children.size());
    tables_.children.insert(tables_.children.end(), children.begin(), children.end());
    tables_.arrays.push_back(table);
    add({.code = Code::kArray, .flags = tracking.flags, .a = static_cast<std::uint32_t>(tables_.arrays.size() - 1)},
        source(graph_[part.id].path, *graph_[part.id].node, Keyword::kNone));
  }
  emit_contains(part, tracking);
}

void Emitter::emit_contains(const Part& part, const Tracking& tracking) {
  const json::Node* contains = part.keywords[Keyword::kContains];
  if (contains == nullptr) return;
  CountTable table;
  const auto count = [&](Keyword keyword, std::uint64_t& value) {
    const std::uint32_t from = source(part, part.keywords.has(keyword) ? keyword : Keyword::kContains);
    const auto given = part.keywords.has(keyword) ? part.keywords[keyword]->integer() : std::nullopt;
    if (given && *given >= 0) value = static_cast<std::uint64_t>(*given);
    return from;
  };
  table.min_source = count(Keyword::kMinContains, table.min);
  table.max_source = count(Keyword::kMaxContains, table.max);
  table.child = child(graph_.child(part.id, *contains, Keyword::kContains));
  tables_.counts.push_back(table);
  const bool marks = tracking.flags != 0 && graph_.rules(part.id).contains_evaluates;
  add({.code = Code::kContains,
       .flags = marks ? kMark : std::uint8_t{0},
       .a = static_cast<std::uint32_t>(tables_.counts.size() - 1)},
      source(part, Keyword::kContains));
}

void Emitter::emit_flow(const Part& part, const Tracking& tracking) {
  emit_choice(part, Keyword::kAnyOf, tracking);
  emit_choice(part, Keyword::kOneOf, tracking);
  if (const json::Node* negated = part.keywords[Keyword::kNot]; negated != nullptr) {
    add({.code = Code::kNot, .a = block(graph_.child(part.id, *negated, Keyword::kNot), kBranch)},
        source(part, Keyword::kNot));
  }
  const json::Node* condition = part.keywords[Keyword::kIf];
  if (condition == nullptr) return;
  const json::Node* then = part.keywords[Keyword::kThen];
  const json::Node* otherwise = part.keywords[Keyword::kElse];
  if (then == nullptr && otherwise == nullptr && tracking.flags == 0) return;
  Op op{.code = Code::kIf, .flags = tracking.flags};
  op.a = block(graph_.child(part.id, *condition, Keyword::kIf), tracking.variant);
  if (then != nullptr) op.b = block(graph_.child(part.id, *then, Keyword::kThen), tracking.variant);
  if (otherwise != nullptr) op.c = block(graph_.child(part.id, *otherwise, Keyword::kElse), tracking.variant);
  add(op, source(part, Keyword::kIf));
}

void Emitter::emit_choice(const Part& part, Keyword keyword, const Tracking& tracking) {
  const json::Node* schemas = part.keywords[keyword];
  if (schemas == nullptr || schemas->items().empty()) return;
  Choice choice;
  choice.first = static_cast<std::uint32_t>(tables_.branches.size());
  choice.count = static_cast<std::uint32_t>(schemas->items().size());
  for (std::size_t i = 0; i < schemas->items().size(); ++i) {
    tables_.branches.push_back(
        {.full = block(graph_.child(part.id, *schemas->items()[i], keyword, i), tracking.variant)});
  }
  const json::Node* discriminator = part.keywords[Keyword::kDiscriminator];
  if (discriminator != nullptr) choice.discriminator = add_discriminator(*discriminator, *schemas);
  tables_.choices.push_back(choice);
  const Code code = keyword == Keyword::kAnyOf ? Code::kAnyOf : Code::kOneOf;
  add({.code = code, .flags = tracking.flags, .a = static_cast<std::uint32_t>(tables_.choices.size() - 1)},
      source(part, keyword));
}

// Which branch a declared discriminator means. It must not change the outcome of validation, so it is no ground to
// skip branches (constants are: selector.h); it says whose failures to explain.
std::uint32_t Emitter::add_discriminator(const json::Node& discriminator, const json::Node& schemas) {
  const std::string_view property = discriminator.text_of("propertyName");
  if (property.empty() || schemas.items().size() > kMaxMasked) return kNoBlock;
  std::map<std::string_view, std::uint64_t> branches;  // by component
  for (std::size_t i = 0; i < schemas.items().size(); ++i) {
    const std::string_view component = component_of(schemas.items()[i]->text_of("$ref"));
    if (!component.empty()) branches[component] |= UINT64_C(1) << i;
  }
  std::map<std::string_view, std::uint64_t> values = branches;
  const json::Node* mapping = discriminator.find("mapping");
  for (const json::Member& entry : mapping == nullptr ? std::span<const json::Member>() : mapping->members()) {
    const auto meant = branches.find(component_of(entry.value->text()));
    if (meant != branches.end()) {
      values[entry.key->text()] = meant->second;
    } else {
      note(Note::Kind::kDiscriminatorValue, entry.key->text(), "no branch is what this discriminator value maps to",
           *entry.value);
    }
  }
  std::vector<std::string_view> texts;
  SelectorRule rule{};
  rule.first_mask = static_cast<std::uint32_t>(tables_.value_masks.size());
  rule.other_values = 0;
  for (const auto& [text, mask] : values) {
    texts.push_back(text);
    tables_.value_masks.push_back(mask);
  }
  rule.values = tables_.names.add(texts);
  Selector selector;
  selector.keys = tables_.names.add(std::array{property});
  selector.first_rule = static_cast<std::uint32_t>(tables_.selector_rules.size());
  tables_.selector_rules.push_back(rule);
  tables_.selectors.push_back(selector);
  return static_cast<std::uint32_t>(tables_.selectors.size() - 1);
}

}  // namespace portico::schema
