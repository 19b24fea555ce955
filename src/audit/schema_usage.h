// Every position of the contract at which a value is described, each once, with who reaches it.
//
// Walking the schemas of each operation by itself would visit a shared schema once an operation: quadratic on real
// contracts. Instead the schemas are cut into units, a unit being what one reference (or one parameter, body, response)
// leads to without following further references. Each unit is walked once; directions and operations then flow along
// the references until nothing changes. Recursive schemas are circles in that graph and cost nothing extra.
//
// Points into the contract. Immutable once built, safe from several threads.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "audit/composition.h"
#include "contract/model.h"

namespace portico::audit {

using Directions = std::uint8_t;
constexpr Directions kRequest = 1;
constexpr Directions kResponse = 2;

// What a position is called in messages: {"property", "email"}, {"query parameter", "page"}.
struct Label {
  std::string_view kind;
  std::string_view name;
};
std::string to_string(const Label& label);           // "property \"email\""
std::string_view kind_of(contract::ParameterIn in);  // "query parameter"

// A position.
struct SchemaUse {
  Composition schema;
  Label label;
  std::uint32_t unit = 0;
  Directions directions = 0;  // those that `readOnly` and `writeOnly` leave; the unit's narrow them further
  // An object without properties of its own whose `oneOf`/`anyOf` branches are objects: they are positions themselves.
  bool left_to_alternatives = false;
};

// A property of an object schema.
struct PropertyUse {
  std::string_view name;
  std::string_view parent;     // name of the enclosing property or schema, or empty
  const json::Node* key;       // where the name is written
  const json::Node* schema;    // what is written as its schema
  const json::Node* resolved;  // that, or the end of its references; null when there is none
  Directions directions = 0;
};

class SchemaUsage {
 public:
  explicit SchemaUsage(const contract::Contract& contract);

  std::span<const SchemaUse> uses() const { return uses_; }

  // In which directions a value at this position travels; 0 when no operation reaches it.
  Directions directions(const SchemaUse& use) const;

  // Indexes into Contract::operations of those that reach the position, ascending.
  std::vector<std::uint32_t> operations(const SchemaUse& use) const;

  // Calls `visit` once for each property that any operation reaches, with the directions in which it travels; `unit` is
  // for asking which operations those are.
  using ReachVisitor = std::function<void(const PropertyUse&, Directions directions, std::uint32_t unit)>;
  void visit_properties(const ReachVisitor& visit) const;
  std::vector<std::uint32_t> operations(std::uint32_t unit, Directions directions) const;

  // By unit: what responses of those statuses can carry.
  std::vector<bool> reached_by_responses(const std::function<bool(std::string_view status)>& filter) const;

  // Schemas that contain themselves, each circle once.
  struct Recursion {
    const json::Node* schema;
    Label label;
    std::uint32_t unit;
  };
  std::vector<Recursion> recursions(Directions direction) const;

  // Calls `visit` for each property that may travel in no direction at all.
  using PropertyVisitor = std::function<void(const PropertyUse&)>;
  void visit_hidden_properties(const PropertyVisitor& visit) const;

  // Calls `visit` for each property that a response with that schema can carry, directly or through other schemas, each
  // once; `status` of the visitor chooses the responses.
  using StatusFilter = std::function<bool(std::string_view status)>;
  void visit_response_properties(std::uint32_t operation, const StatusFilter& filter,
                                 const PropertyVisitor& visit) const;

  // The same for all that the operation's request can carry.
  void visit_request_properties(std::uint32_t operation, const PropertyVisitor& visit) const;

 private:
  // Whether a position is judged itself, or is a part of one that is (a branch beside properties of its holder).
  enum class Role : std::uint8_t { kWhole, kPart };
  using Seeds = std::vector<const json::Node*>;
  struct Key {
    Role role;
    Seeds seeds;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct Edge {
    std::uint32_t to;
    Directions directions;
  };
  struct Unit {
    Role role;
    Seeds seeds;
    Label label;
    std::vector<Edge> edges;
    std::vector<PropertyUse> properties;
    Directions directions = 0;
    std::vector<std::uint64_t> operations[2];  // bits, by direction
  };
  struct Root {
    std::uint32_t unit;
    Directions direction;
    std::string_view status;  // of a response
  };

  void add_operation(std::uint32_t index);
  void add_root(std::uint32_t operation, const json::Node* schema, Label label, Directions direction,
                std::string_view status = {});
  std::uint32_t unit_of(Role role, Seeds seeds, Label label);
  void walk(std::uint32_t unit);
  void position(std::uint32_t unit, const Seeds& seeds, Label label, Directions directions, Role role);
  void examine(std::uint32_t unit, Composition schema, Label label, Directions directions, Role role);
  void walk_properties(std::uint32_t unit, const Composition& schema, Label label, Directions directions);
  void walk_elements(std::uint32_t unit, const Composition& schema, Label label, Directions directions);
  void walk_alternatives(std::uint32_t unit, const Composition& schema, Label label, Directions directions, Role role);
  void walk_conditions(std::uint32_t unit, const Composition& schema, Label label, Directions directions);
  Directions narrowed(const Seeds& seeds, Directions directions) const;
  bool objects_only(const Composition& schema) const;
  void flow();
  void visit_reachable(std::uint32_t operation, Directions direction, const StatusFilter& filter,
                       const PropertyVisitor& visit) const;

  const contract::Contract* contract_;
  std::vector<SchemaUse> uses_;
  std::vector<std::pair<std::uint32_t, PropertyUse>> hidden_;  // by unit
  std::deque<Unit> units_;
  std::unordered_map<Key, std::uint32_t, KeyHash> index_;
  std::vector<std::vector<Root>> roots_;  // by operation
  std::size_t merged_units_ = 0;
};

// The alternatives of a composition: the branches of one `oneOf` or `anyOf` each.
std::vector<std::span<const json::Node* const>> alternatives_of(const Composition& schema);

}  // namespace portico::audit
