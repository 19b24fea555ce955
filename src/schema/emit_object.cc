// Keywords about objects. All parts of a conjunction that list properties become one operation: it walks the members
// once, whatever number of allOf branches declare them. A property's child is the conjunction of what each part says
// of it: its declaration, the patterns that match its name, or else the part's additionalProperties.
#include <algorithm>
#include <map>

#include "schema/emit.h"

namespace portico::schema {
namespace {

// What ObjectTable::required has bits for.
constexpr std::size_t kMostBits = Child::kNotRequired;

bool is_object(const json::Node* node) { return node != nullptr && node->is_object(); }
bool is_false(const json::Node* node) { return node != nullptr && node->is_boolean() && !node->is_true(); }

}  // namespace

Result<void> Emitter::emit_objects(const Conjunction& all, const Tracking& tracking) {
  std::vector<ObjectPart> fused;
  std::vector<ObjectPart> apart;
  for (const Part& part : all.parts) {
    const Keywords& keywords = part.keywords;
    ObjectPart object{&part, keywords[Keyword::kProperties], keywords[Keyword::kPatternProperties],
                      keywords[Keyword::kAdditionalProperties], keywords[Keyword::kRequired]};
    if (!is_object(object.properties)) object.properties = nullptr;
    if (options_.additional == Additional::kOpened && is_false(object.additional)) object.additional = nullptr;
    if (!is_object(object.patterns)) object.patterns = nullptr;
    if (object.required != nullptr && !object.required->is_array()) object.required = nullptr;
    if (object.properties == nullptr && object.patterns == nullptr && object.additional == nullptr &&
        object.required == nullptr) {
      continue;
    }
    (object.patterns != nullptr ? apart : fused).push_back(object);
  }
  if (apart.size() == 1 && fused.empty()) fused.swap(apart);
  // What is closed by option has a part that declares properties, unless their keyword has the wrong shape.
  const bool rest = tracking.rest_of_properties != kNoBlock;
  if (!fused.empty() || (rest && apart.empty())) emit_object(fused, tracking);
  for (const ObjectPart& part : apart) emit_object({&part, 1}, tracking);
  for (const Part& part : all.parts) {
    emit_property_names(part);
    emit_dependencies(part, tracking);
  }
  return {};
}

std::vector<std::string_view> Emitter::declared_names(std::span<const ObjectPart> parts) const {
  std::vector<std::string_view> names;
  std::set<std::string_view> seen;
  const bool several = parts.size() > 1;
  for (const ObjectPart& part : parts) {
    if (part.properties == nullptr) continue;
    for (const json::Member& member : part.properties->members()) {
      if (!several || seen.insert(member.key->text()).second) names.push_back(member.key->text());
    }
  }
  for (const ObjectPart& part : parts) {
    if (part.required == nullptr) continue;
    for (const json::Node* name : part.required->items()) {
      if (!name->is_string()) continue;
      const auto declares = [&](const ObjectPart& other) {
        return other.properties != nullptr && other.properties->find_member(name->text()) != nullptr;
      };
      if (std::ranges::none_of(parts, declares) && seen.insert(name->text()).second) names.push_back(name->text());
    }
  }
  return names;
}

void Emitter::emit_object(std::span<const ObjectPart> parts, const Tracking& tracking) {
  ObjectTable table;
  const std::vector<std::string_view> names = declared_names(parts);
  std::vector<Child> children;
  children.reserve(names.size());
  for (const std::string_view name : names) children.push_back(property_child(parts, tracking, name));
  table.keys = tables_.names.add(names);
  table.first_child = static_cast<std::uint32_t>(tables_.children.size());
  tables_.children.insert(tables_.children.end(), children.begin(), children.end());
  table.first_follower = table.first_child + static_cast<std::uint32_t>(tables_.objects.size());
  table.others = others_child(parts, tracking);
  for (const ObjectPart& part : parts) {
    if (part.patterns != nullptr) add_patterns(table, part);
  }
  add_required(table, parts, names);
  tables_.objects.push_back(table);
  std::uint32_t from = 0;
  if (!parts.empty()) {
    const Part& first = *parts.front().part;
    from = source(graph_[first.id].path, *graph_[first.id].node, Keyword::kNone);
  }
  add({.code = Code::kObject, .flags = tracking.flags, .a = static_cast<std::uint32_t>(tables_.objects.size() - 1)},
      from);
}

Child Emitter::property_child(std::span<const ObjectPart> parts, const Tracking& tracking, std::string_view name) {
  std::vector<SchemaId> schemas;
  bool evaluates = false;
  bool declared = false;
  for (const ObjectPart& part : parts) {
    bool covered = false;
    const json::Member* member = part.properties == nullptr ? nullptr : part.properties->find_member(name);
    if (member != nullptr) {
      const SchemaId schema = graph_.child(part.part->id, *member->value, Keyword::kProperties, name);
      Keyword keyword = Keyword::kNone;
      if (options_.misdirected == Misdirected::kReject && is_misdirected(schema, keyword) &&
          !(required_elsewhere(parts, name) && !graph_.rules(schema).moves_required)) {
        const FailReason reason = keyword == Keyword::kReadOnly ? FailReason::kReadOnly : FailReason::kWriteOnly;
        return {.full = fail_block(reason, graph_[schema].path, *member->value, keyword), .evaluates = true};
      }
      schemas.push_back(schema);
      covered = declared = true;
    }
    if (part.patterns != nullptr) {
      for (const json::Member& candidate : part.patterns->members()) {
        const std::uint32_t id = pattern(candidate.key->text(), *candidate.key);
        // A name that a refused pattern would test is not let through unseen: add_patterns() fails the object.
        if (id == kRefused || !tables_.patterns[id].matches(name)) continue;
        schemas.push_back(
            graph_.child(part.part->id, *candidate.value, Keyword::kPatternProperties, candidate.key->text()));
        covered = true;
      }
    }
    if (!covered && part.additional != nullptr) {
      if (!part.additional->is_boolean() || !part.additional->is_true()) {
        schemas.push_back(graph_.child(part.part->id, *part.additional, Keyword::kAdditionalProperties));
      }
      covered = true;
    }
    evaluates |= covered;
  }
  if (!evaluates && tracking.rest_of_properties != kNoBlock) {
    schemas.push_back(tracking.rest_of_properties);
    evaluates = true;
  }
  if (!declared && !evaluates && tracking.closed) return others_child(parts, tracking);
  Child child{.evaluates = evaluates};
  if (!schemas.empty()) child.full = block(std::move(schemas), kPlain);
  return child;
}

Child Emitter::others_child(std::span<const ObjectPart> parts, const Tracking& tracking) {
  std::vector<SchemaId> schemas;
  bool evaluates = false;
  for (const ObjectPart& part : parts) {
    if (part.additional == nullptr) continue;
    evaluates = true;
    if (part.additional->is_boolean() && part.additional->is_true()) continue;
    schemas.push_back(graph_.child(part.part->id, *part.additional, Keyword::kAdditionalProperties));
  }
  if (!evaluates && tracking.rest_of_properties != kNoBlock) {
    schemas.push_back(tracking.rest_of_properties);
    evaluates = true;
  }
  Child child{.evaluates = evaluates};
  if (!evaluates && tracking.closed) {
    const SchemaInfo& info = graph_[parts.front().part->id];
    child.full = fail_block(FailReason::kUndeclared, info.path, *info.node, Keyword::kProperties);
  } else if (!schemas.empty()) {
    child.full = block(std::move(schemas), kPlain);
  }
  return child;
}

void Emitter::add_patterns(ObjectTable& table, const ObjectPart& part) {
  std::vector<PatternChild> found;
  for (const json::Member& candidate : part.patterns->members()) {
    const std::uint32_t id = pattern(candidate.key->text(), *candidate.key);
    if (id == kRefused) {
      // Which names it is about cannot be known: refuse all that nothing else declares.
      table.others.full = fail_block(FailReason::kRefusedPattern, graph_[part.part->id].path, *candidate.key,
                                     Keyword::kPatternProperties);
      table.others.evaluates = false;
      continue;
    }
    const SchemaId schema =
        graph_.child(part.part->id, *candidate.value, Keyword::kPatternProperties, candidate.key->text());
    found.push_back({id, child(schema)});
  }
  table.first_pattern = static_cast<std::uint32_t>(tables_.pattern_children.size());
  table.pattern_count = static_cast<std::uint32_t>(found.size());
  tables_.pattern_children.insert(tables_.pattern_children.end(), found.begin(), found.end());
}

void Emitter::add_required(ObjectTable& table, std::span<const ObjectPart> parts,
                           std::span<const std::string_view> names) {
  std::map<std::string_view, std::uint32_t> index;
  for (std::uint32_t i = 0; i < names.size(); ++i) index.emplace(names[i], i);
  std::set<std::string_view> seen;
  std::vector<std::string_view> too_many;
  std::uint32_t too_many_source = 0;
  std::size_t bits = 0;
  table.first_required = static_cast<std::uint32_t>(tables_.required.size());
  for (const ObjectPart& part : parts) {
    if (part.required == nullptr) continue;
    const std::uint32_t from = part.required->items().empty() ? 0 : source(*part.part, Keyword::kRequired);
    for (const json::Node* name : part.required->items()) {
      if (!name->is_string() || !seen.insert(name->text()).second) continue;
      const auto moves_away = [&](const ObjectPart& other) {
        const json::Member* member =
            other.properties == nullptr ? nullptr : other.properties->find_member(name->text());
        Keyword keyword = Keyword::kNone;
        if (member == nullptr || !graph_.rules(other.part->id).moves_required) return false;
        return is_misdirected(graph_.child(other.part->id, *member->value, Keyword::kProperties, name->text()),
                              keyword);
      };
      if (std::ranges::any_of(parts, moves_away)) continue;
      if (bits == kMostBits) {
        too_many.push_back(name->text());
        too_many_source = from;
        continue;
      }
      const std::uint32_t key = index.at(name->text());
      tables_.children[table.first_child + key].required = static_cast<std::uint8_t>(bits);
      table.required |= UINT64_C(1) << bits++;
      tables_.required.push_back({key, from});
    }
  }
  if (too_many.empty()) return;
  tables_.requirements.push_back({tables_.names.add(too_many)});
  add({.code = Code::kRequired, .a = static_cast<std::uint32_t>(tables_.requirements.size() - 1)}, too_many_source);
}

bool Emitter::required_elsewhere(std::span<const ObjectPart> parts, std::string_view name) {
  for (const ObjectPart& part : parts) {
    if (part.required == nullptr) continue;
    for (const json::Node* required : part.required->items()) {
      if (required->text() == name) return true;
    }
  }
  return false;
}

// Whether a property may not travel in this direction.
bool Emitter::is_misdirected(SchemaId schema, Keyword& keyword) {
  if (direction_ == Direction::kNeither) return false;
  keyword = direction_ == Direction::kRequest ? Keyword::kReadOnly : Keyword::kWriteOnly;
  return graph_.says(schema, keyword);
}

void Emitter::emit_property_names(const Part& part) {
  const json::Node* names = part.keywords[Keyword::kPropertyNames];
  if (names == nullptr) return;
  tables_.children.push_back(child(graph_.child(part.id, *names, Keyword::kPropertyNames)));
  add({.code = Code::kPropertyNames, .a = static_cast<std::uint32_t>(tables_.children.size() - 1)},
      source(part, Keyword::kPropertyNames));
}

void Emitter::emit_dependencies(const Part& part, const Tracking& tracking) {
  for (const Keyword keyword : {Keyword::kDependentRequired, Keyword::kDependencies}) {
    const json::Node* map = part.keywords[keyword];
    if (is_object(map)) emit_dependent_names(part, keyword, *map);
  }
  for (const Keyword keyword : {Keyword::kDependentSchemas, Keyword::kDependencies}) {
    const json::Node* map = part.keywords[keyword];
    if (is_object(map)) emit_dependent_schemas(part, keyword, *map, tracking);
  }
}

void Emitter::emit_dependent_names(const Part& part, Keyword keyword, const json::Node& map) {
  std::map<std::string_view, std::uint32_t> index;
  std::vector<std::string_view> names;
  const auto index_of = [&](std::string_view name) {
    const auto [entry, added] = index.try_emplace(name, static_cast<std::uint32_t>(names.size()));
    if (added) names.push_back(name);
    return entry->second;
  };
  Dependencies table;
  table.first = static_cast<std::uint32_t>(tables_.dependent_names.size());
  for (const json::Member& member : map.members()) {
    for (const json::Node* needed : member.value->items()) {
      if (!needed->is_string()) continue;
      tables_.dependent_names.push_back({index_of(member.key->text()), index_of(needed->text())});
      ++table.count;
    }
  }
  if (table.count == 0) return;
  table.keys = tables_.names.add(names);
  tables_.dependencies.push_back(table);
  add({.code = Code::kDependentRequired, .a = static_cast<std::uint32_t>(tables_.dependencies.size() - 1)},
      source(part, keyword));
}

void Emitter::emit_dependent_schemas(const Part& part, Keyword keyword, const json::Node& map,
                                     const Tracking& tracking) {
  std::vector<std::string_view> names;
  std::vector<DependentSchema> entries;
  const auto flush = [&] {
    if (names.empty()) return;
    Dependencies table;
    table.keys = tables_.names.add(names);
    table.first = static_cast<std::uint32_t>(tables_.dependent_schemas.size());
    table.count = static_cast<std::uint32_t>(entries.size());
    tables_.dependent_schemas.insert(tables_.dependent_schemas.end(), entries.begin(), entries.end());
    tables_.dependencies.push_back(table);
    add({.code = Code::kDependentSchemas,
         .flags = tracking.flags,
         .a = static_cast<std::uint32_t>(tables_.dependencies.size() - 1)},
        source(part, keyword));
    names.clear();
    entries.clear();
  };
  for (const json::Member& member : map.members()) {
    if (member.value->is_array()) continue;
    const SchemaId schema = graph_.child(part.id, *member.value, keyword, member.key->text());
    entries.push_back({static_cast<std::uint32_t>(names.size()), block(schema, tracking.variant)});
    names.push_back(member.key->text());
    if (names.size() == kMaxMasked) flush();
  }
  flush();
}

}  // namespace portico::schema
