#include "audit/schema_usage.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/hash.h"

namespace portico::audit {
namespace {

using json::Node;

// Positions that merge several schemas of one property name are few in sane contracts, but recursion through `allOf`
// can make very many of them out of little text. Beyond this number each schema is judged by itself.
constexpr std::size_t kMaxMergedUnits = 20'000;
constexpr std::size_t kMaxMergedSeeds = 8;

std::string_view last_token(std::string_view reference) {
  const auto cut = reference.find_last_of("/#");
  return cut == std::string_view::npos ? reference : reference.substr(cut + 1);
}

std::size_t index_of(Directions direction) { return direction == kRequest ? 0 : 1; }

// Adds the bits of `from` to `to`; whether anything was new.
bool merge(std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& from) {
  bool changed = false;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const auto merged = to[i] | from[i];
    changed = changed || merged != to[i];
    to[i] = merged;
  }
  return changed;
}

}  // namespace

std::string to_string(const Label& label) {
  if (label.name.empty()) {
    const auto kind = label.kind.ends_with(" of") ? label.kind.substr(0, label.kind.size() - 3) : label.kind;
    return std::string(kind);
  }
  return std::string(label.kind) + " \"" + std::string(label.name) + "\"";
}

std::string_view kind_of(contract::ParameterIn in) {
  switch (in) {
    case contract::ParameterIn::kPath: return "path parameter";
    case contract::ParameterIn::kQuery: return "query parameter";
    case contract::ParameterIn::kHeader: return "header parameter";
    case contract::ParameterIn::kCookie: return "cookie parameter";
  }
  return "parameter";
}

std::vector<std::span<const Node* const>> alternatives_of(const Composition& schema) {
  std::vector<std::span<const Node* const>> groups;
  for (const Node* part : schema.parts()) {
    for (const std::string_view keyword : {"oneOf", "anyOf"}) {
      const Node* group = part->find(keyword);
      if (group != nullptr && group->is_array() && group->size() != 0) groups.push_back(group->items());
    }
  }
  return groups;
}

std::size_t SchemaUsage::KeyHash::operator()(const Key& key) const {
  const auto* bytes = reinterpret_cast<const char*>(key.seeds.data());
  return hash({bytes, key.seeds.size() * sizeof(const Node*)}, static_cast<std::uint64_t>(key.role));
}

SchemaUsage::SchemaUsage(const contract::Contract& contract) : contract_(&contract) {
  roots_.resize(contract.operations.size());
  for (std::uint32_t i = 0; i < contract.operations.size(); ++i) add_operation(i);
  for (std::uint32_t i = 0; i < units_.size(); ++i) walk(i);
  flow();
}

void SchemaUsage::add_operation(std::uint32_t index) {
  const contract::Operation& operation = contract_->operations[index];
  for (const auto& parameter : operation.parameters) {
    const Label label{kind_of(parameter.in), parameter.name};
    add_root(index, parameter.schema, label, kRequest);
    if (parameter.content) add_root(index, parameter.content->schema, label, kRequest);
  }
  if (operation.body) {
    for (const auto& media : operation.body->content) add_root(index, media.schema, {"request body", {}}, kRequest);
  }
  for (const auto& response : operation.responses) {
    for (const auto& header : response.headers) {
      add_root(index, header.schema, {"header", header.name}, kResponse, response.status);
    }
    for (const auto& media : response.content) {
      add_root(index, media.schema, {"response body", {}}, kResponse, response.status);
    }
  }
}

void SchemaUsage::add_root(std::uint32_t operation, const Node* schema, Label label, Directions direction,
                           std::string_view status) {
  if (schema == nullptr || !schema->is_object()) return;
  if (is_pure_reference(*contract_, *schema)) {
    label = {"schema", last_token(schema->text_of("$ref"))};
    schema = contract_->resolve(*schema);
    if (schema == nullptr || !schema->is_object()) return;
  }
  roots_[operation].push_back({unit_of(Role::kWhole, {schema}, label), direction, status});
}

std::uint32_t SchemaUsage::unit_of(Role role, Seeds seeds, Label label) {
  const auto next = static_cast<std::uint32_t>(units_.size());
  const auto [found, added] = index_.try_emplace(Key{role, seeds}, next);
  if (added) units_.push_back({.role = role, .seeds = std::move(seeds), .label = label});
  return found->second;
}

void SchemaUsage::walk(std::uint32_t unit) {
  const Unit& at = units_[unit];
  const Role role = at.role;
  const Label label = at.label;
  const Directions directions = narrowed(at.seeds, kRequest | kResponse);
  examine(unit, Composition(*contract_, at.seeds), label, directions, role);
}

// One value's description: judged here, or, where it lies behind a reference, left to the unit that it is.
void SchemaUsage::position(std::uint32_t unit, const Seeds& seeds, Label label, Directions directions, Role role) {
  if (seeds.size() == 1 && is_pure_reference(*contract_, *seeds.front())) {
    const Node* target = contract_->resolve(*seeds.front());
    if (target == nullptr || !target->is_object()) return;
    const Label name{"schema", last_token(seeds.front()->text_of("$ref"))};
    const auto to = unit_of(role, {target}, name);
    units_[unit].edges.push_back({to, directions});
    return;
  }
  Composition schema(*contract_, seeds);
  if (schema.parts().empty()) return;
  if (seeds.size() == 1 && !schema.crosses_reference()) {
    examine(unit, std::move(schema), label, directions, role);
    return;
  }
  if (seeds.size() > 1 && (seeds.size() > kMaxMergedSeeds || merged_units_ >= kMaxMergedUnits)) {
    for (const Node* seed : seeds) position(unit, {seed}, label, directions, role);
    return;
  }
  if (seeds.size() > 1) ++merged_units_;
  units_[unit].edges.push_back({unit_of(role, seeds, label), directions});
}

void SchemaUsage::examine(std::uint32_t unit, Composition schema, Label label, Directions directions, Role role) {
  walk_properties(unit, schema, label, directions);
  walk_elements(unit, schema, label, directions);
  walk_alternatives(unit, schema, label, directions, role);
  walk_conditions(unit, schema, label, directions);
  if (role == Role::kPart) return;
  const bool left = schema.types() == kObject && !schema.has("properties") && objects_only(schema);
  uses_.push_back({.schema = std::move(schema),
                   .label = label,
                   .unit = unit,
                   .directions = directions,
                   .left_to_alternatives = left});
}

// A property that several parts describe has to satisfy all of them, so their schemas become one position.
void SchemaUsage::walk_properties(std::uint32_t unit, const Composition& schema, Label label, Directions directions) {
  const auto parts = schema.parts();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Node* properties = parts[i]->find("properties");
    if (properties == nullptr) continue;
    for (const json::Member& member : properties->members()) {
      const auto name = member.key->text();
      const auto describes = [&](const Node* part) {
        const Node* others = part->find("properties");
        return others == nullptr ? nullptr : others->find(name);
      };
      if (std::ranges::any_of(parts.first(i), describes)) continue;
      Seeds seeds = {member.value};
      for (const Node* part : parts.subspan(i + 1)) {
        if (const Node* other = describes(part)) seeds.push_back(other);
      }
      const Directions left = narrowed(seeds, directions);
      if (left == 0) {
        hidden_.push_back({unit, {name, label.name, member.key, member.value, contract_->resolve(*member.value), 0}});
      }
      if (left == 0 || !member.value->is_object()) continue;
      units_[unit].properties.push_back(
          {name, label.name, member.key, member.value, contract_->resolve(*member.value), left});
      position(unit, seeds, {"property", name}, left, Role::kWhole);
    }
    if (const Node* patterns = parts[i]->find("patternProperties")) {
      for (const json::Member& member : patterns->members()) {
        position(unit, {member.value}, {"properties like", member.key->text()}, directions, Role::kWhole);
      }
    }
    for (const std::string_view keyword : {"additionalProperties", "unevaluatedProperties"}) {
      const Node* values = parts[i]->find(keyword);
      if (values != nullptr && values->is_object()) {
        position(unit, {values}, {"value of", label.name}, directions, Role::kWhole);
      }
    }
  }
}

void SchemaUsage::walk_elements(std::uint32_t unit, const Composition& schema, Label label, Directions directions) {
  Seeds items;
  for (const Node* part : schema.parts()) {
    if (const Node* all = part->find("items"); all != nullptr && all->is_object()) items.push_back(all);
    if (const Node* rest = part->find("unevaluatedItems"); rest != nullptr && rest->is_object()) {
      position(unit, {rest}, {"item of", label.name}, directions, Role::kWhole);
    }
    const Node* prefix = part->find("prefixItems");
    if (prefix == nullptr) continue;
    for (const Node* item : prefix->items()) {
      position(unit, {item}, {"item of", label.name}, directions, Role::kWhole);
    }
  }
  if (!items.empty()) position(unit, items, {"item of", label.name}, directions, Role::kWhole);
}

// Branches stand for themselves where their holder says nothing about the value but that it is one of them.
void SchemaUsage::walk_alternatives(std::uint32_t unit, const Composition& schema, Label label, Directions directions,
                                    Role role) {
  const bool object_without_properties = schema.types() == kObject && !schema.has("properties") && objects_only(schema);
  const bool whole = role == Role::kWhole && (schema.types() == 0 || object_without_properties);
  for (const auto group : alternatives_of(schema)) {
    for (const Node* branch : group) {
      if (branch->is_object()) position(unit, {branch}, label, directions, whole ? Role::kWhole : Role::kPart);
    }
  }
}

void SchemaUsage::walk_conditions(std::uint32_t unit, const Composition& schema, Label label, Directions directions) {
  for (const Node* part : schema.parts()) {
    for (const std::string_view keyword : {"then", "else"}) {
      const Node* branch = part->find(keyword);
      if (branch != nullptr && branch->is_object()) position(unit, {branch}, label, directions, Role::kPart);
    }
    const Node* dependents = part->find("dependentSchemas");
    if (dependents == nullptr) continue;
    for (const json::Member& member : dependents->members()) {
      if (member.value->is_object()) position(unit, {member.value}, label, directions, Role::kPart);
    }
  }
}

// `readOnly` values are not sent in requests, `writeOnly` ones not in responses (OpenAPI 3, Schema Object).
Directions SchemaUsage::narrowed(const Seeds& seeds, Directions directions) const {
  const auto is_set = [](const Node* schema, std::string_view keyword) {
    const Node* value = schema == nullptr ? nullptr : schema->find(keyword);
    return value != nullptr && value->is_true();
  };
  for (const Node* seed : seeds) {
    const Node* resolved = contract_->resolve(*seed);
    if (is_set(seed, "readOnly") || is_set(resolved, "readOnly")) directions &= kResponse;
    if (is_set(seed, "writeOnly") || is_set(resolved, "writeOnly")) directions &= kRequest;
  }
  return directions;
}

bool SchemaUsage::objects_only(const Composition& schema) const {
  const auto groups = alternatives_of(schema);
  return !groups.empty() && std::ranges::all_of(groups, [&](const auto group) {
    return std::ranges::all_of(
        group, [&](const Node* branch) { return (Composition(*contract_, {&branch, 1}).types() & ~kNull) == kObject; });
  });
}

void SchemaUsage::flow() {
  const std::size_t words = (contract_->operations.size() + 63) / 64;
  for (Unit& unit : units_) {
    for (auto& bits : unit.operations) bits.assign(words, 0);
  }
  std::vector<std::uint32_t> changed;
  for (std::uint32_t operation = 0; operation < roots_.size(); ++operation) {
    for (const Root& root : roots_[operation]) {
      Unit& unit = units_[root.unit];
      unit.directions |= root.direction;
      unit.operations[index_of(root.direction)][operation / 64] |= UINT64_C(1) << (operation % 64);
      changed.push_back(root.unit);
    }
  }
  while (!changed.empty()) {
    const Unit& from = units_[changed.back()];
    changed.pop_back();
    for (const Edge& edge : from.edges) {
      Unit& to = units_[edge.to];
      bool news = false;
      for (const Directions direction : {kRequest, kResponse}) {
        if ((edge.directions & from.directions & direction) == 0) continue;
        to.directions |= direction;
        if (merge(to.operations[index_of(direction)], from.operations[index_of(direction)])) news = true;
      }
      if (news) changed.push_back(edge.to);
    }
  }
}

Directions SchemaUsage::directions(const SchemaUse& use) const { return units_[use.unit].directions & use.directions; }

std::vector<std::uint32_t> SchemaUsage::operations(const SchemaUse& use) const {
  return operations(use.unit, directions(use));
}

std::vector<std::uint32_t> SchemaUsage::operations(std::uint32_t unit, Directions directions) const {
  std::vector<std::uint32_t> indexes;
  const auto& by_direction = units_[unit].operations;
  for (std::size_t word = 0; word < by_direction[0].size(); ++word) {
    std::uint64_t bits = 0;
    for (const Directions direction : {kRequest, kResponse}) {
      if ((directions & direction) != 0) bits |= by_direction[index_of(direction)][word];
    }
    for (; bits != 0; bits &= bits - 1) {
      indexes.push_back(static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
    }
  }
  return indexes;
}

void SchemaUsage::visit_properties(const ReachVisitor& visit) const {
  for (std::uint32_t i = 0; i < units_.size(); ++i) {
    for (const PropertyUse& property : units_[i].properties) {
      const Directions directions = property.directions & units_[i].directions;
      if (directions != 0) visit(property, directions, i);
    }
  }
}

void SchemaUsage::visit_hidden_properties(const PropertyVisitor& visit) const {
  for (const auto& [unit, property] : hidden_) {
    if (units_[unit].directions != 0) visit(property);
  }
}

void SchemaUsage::visit_response_properties(std::uint32_t operation, const StatusFilter& filter,
                                            const PropertyVisitor& visit) const {
  visit_reachable(operation, kResponse, filter, visit);
}

void SchemaUsage::visit_request_properties(std::uint32_t operation, const PropertyVisitor& visit) const {
  visit_reachable(operation, kRequest, [](std::string_view) { return true; }, visit);
}

std::vector<bool> SchemaUsage::reached_by_responses(const StatusFilter& filter) const {
  std::vector<bool> seen(units_.size());
  std::vector<std::uint32_t> open;
  const auto reach = [&](std::uint32_t unit) {
    if (!seen[unit]) open.push_back(unit);
    seen[unit] = true;
  };
  for (const auto& roots : roots_) {
    for (const Root& root : roots) {
      if (root.direction == kResponse && filter(root.status)) reach(root.unit);
    }
  }
  while (!open.empty()) {
    const Unit& unit = units_[open.back()];
    open.pop_back();
    for (const Edge& edge : unit.edges) {
      if ((edge.directions & kResponse) != 0) reach(edge.to);
    }
  }
  return seen;
}

// Depth first, without recursion: a unit that is met again while it is open contains itself.
std::vector<SchemaUsage::Recursion> SchemaUsage::recursions(Directions direction) const {
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  std::vector<State> states(units_.size(), State::kNew);
  std::vector<bool> told(units_.size());
  std::vector<Recursion> found;
  std::vector<std::pair<std::uint32_t, std::size_t>> stack;
  for (std::uint32_t start = 0; start < units_.size(); ++start) {
    if (states[start] != State::kNew || (units_[start].directions & direction) == 0) continue;
    stack.emplace_back(start, 0);
    states[start] = State::kOpen;
    while (!stack.empty()) {
      auto& [unit, next] = stack.back();
      if (next == units_[unit].edges.size()) {
        states[unit] = State::kDone;
        stack.pop_back();
        continue;
      }
      const Edge edge = units_[unit].edges[next++];
      if ((edge.directions & direction) == 0 || states[edge.to] == State::kDone) continue;
      if (states[edge.to] == State::kNew) {
        states[edge.to] = State::kOpen;
        stack.emplace_back(edge.to, 0);
      } else if (!told[edge.to]) {
        told[edge.to] = true;
        found.push_back({units_[edge.to].seeds.front(), units_[edge.to].label, edge.to});
      }
    }
  }
  return found;
}

void SchemaUsage::visit_reachable(std::uint32_t operation, Directions direction, const StatusFilter& filter,
                                  const PropertyVisitor& visit) const {
  std::vector<bool> seen(units_.size());
  std::vector<std::uint32_t> open;
  const auto reach = [&](std::uint32_t unit) {
    if (seen[unit]) return;
    seen[unit] = true;
    open.push_back(unit);
  };
  for (const Root& root : roots_[operation]) {
    if (root.direction == direction && filter(root.status)) reach(root.unit);
  }
  // Breadth first: what is near to the response comes first.
  for (std::size_t next = 0; next < open.size(); ++next) {
    const Unit& unit = units_[open[next]];
    for (const PropertyUse& property : unit.properties) {
      if ((property.directions & direction) != 0) visit(property);
    }
    for (const Edge& edge : unit.edges) {
      if ((edge.directions & direction) != 0) reach(edge.to);
    }
  }
}

}  // namespace portico::audit
