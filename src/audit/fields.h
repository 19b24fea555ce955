// Everything with a name that travels: properties of schemas, parameters. Each once, with what its name is about, the
// class of its data, and who carries it; rules about names look here instead of walking schemas and reading names
// again.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "audit/schema_usage.h"
#include "audit/vocabulary.h"
#include "contract/data_class.h"

namespace portico::audit {

struct Field {
  std::string_view name;
  std::string_view parent;   // what holds a property; empty for parameters
  const json::Node* node;    // where a finding stands: the property's schema as written, or the parameter
  const json::Node* schema;  // references resolved; null where there is none
  std::optional<contract::ParameterIn> in;  // of a parameter
  Directions directions = 0;
  Topics topics = 0;
  contract::DataClass data_class = contract::DataClass::kNone;
  std::uint32_t unit = 0;                 // of a property
  bool on_top = false;                    // a property of a request's body itself, not of something inside it
  std::vector<std::uint32_t> operations;  // of a parameter

  bool is_about(Topic topic) const { return (topics & bit(topic)) != 0; }
  bool in_request() const { return (directions & kRequest) != 0; }
  bool in_response() const { return (directions & kResponse) != 0; }
  bool is_property() const { return !in.has_value(); }
  Label label() const { return is_property() ? Label{"property", name} : Label{kind_of(*in), name}; }
};

class Fields {
 public:
  Fields(const contract::Contract& contract, const SchemaUsage& schemas);

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

  // Who carries the field in those directions: indexes into Contract::operations, ascending.
  std::vector<std::uint32_t> operations(const Field& field, Directions directions) const;

  // What is known of a property that SchemaUsage's visitors give; it must be reached by some operation.
  contract::DataClass data_class(const PropertyUse& property) const;
  Topics topics(std::string_view name) const;

 private:
  void mark_top(const contract::Contract& contract);

  const SchemaUsage* schemas_;
  std::vector<Field> fields_;
  std::unordered_map<const PropertyUse*, std::uint32_t> by_property_;
  mutable std::unordered_map<std::string_view, Topics> topics_;
};

}  // namespace portico::audit
