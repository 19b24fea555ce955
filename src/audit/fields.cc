#include "audit/fields.h"

#include <array>
#include <unordered_set>

namespace portico::audit {

Fields::Fields(const contract::Contract& contract, const SchemaUsage& schemas) : schemas_(&schemas) {
  schemas.visit_properties([&](const PropertyUse& property, Directions directions, std::uint32_t unit) {
    by_property_.emplace(&property, static_cast<std::uint32_t>(fields_.size()));
    fields_.push_back({.name = property.name,
                       .parent = property.parent,
                       .node = property.schema,
                       .schema = property.resolved,
                       .in = std::nullopt,
                       .directions = directions,
                       .topics = topics(property.name),
                       .data_class = contract::classify(property.name, property.resolved, property.parent),
                       .unit = unit,
                       .operations = {}});
  });
  mark_top(contract);
  std::unordered_map<const json::Node*, std::size_t> parameters;
  for (std::uint32_t i = 0; i < contract.operations.size(); ++i) {
    for (const auto& parameter : contract.operations[i].parameters) {
      if (parameter.node == nullptr) continue;
      const auto [found, added] = parameters.try_emplace(parameter.node, fields_.size());
      if (added) {
        const json::Node* schema = parameter.schema == nullptr ? nullptr : contract.resolve(*parameter.schema);
        fields_.push_back({.name = parameter.name,
                           .parent = {},
                           .node = parameter.node,
                           .schema = schema,
                           .in = parameter.in,
                           .directions = kRequest,
                           .topics = topics(parameter.name),
                           .data_class = contract::classify(parameter.name, schema),
                           .operations = {}});
      }
      fields_[found->second].operations.push_back(i);
    }
  }
}

void Fields::mark_top(const contract::Contract& contract) {
  std::unordered_set<const json::Node*> seen;
  std::unordered_set<const json::Node*> on_top;
  const auto add = [&](const json::Node* schema) {
    if (schema == nullptr || !seen.insert(schema).second) return;
    const Composition body(contract, std::array<const json::Node*, 1>{schema});
    const auto take = [&](const Composition& composed) {
      for (const json::Node* part : composed.parts()) {
        const json::Node* properties = part->find("properties");
        if (properties == nullptr) continue;
        for (const auto& [name, value] : properties->members()) on_top.insert(value);
      }
    };
    take(body);
    for (const auto& group : alternatives_of(body)) {
      for (const json::Node* branch : group) take(Composition(contract, std::array<const json::Node*, 1>{branch}));
    }
    // A batch of objects.
    if (const json::Node* items = body.find("items"); items != nullptr && items->is_object()) {
      take(Composition(contract, std::array<const json::Node*, 1>{items}));
    }
  };
  for (const auto& operation : contract.operations) {
    if (!operation.body) continue;
    for (const auto& media : operation.body->content) add(media.schema);
  }
  for (Field& field : fields_) field.on_top = field.is_property() && on_top.contains(field.node);
}

std::vector<std::uint32_t> Fields::operations(const Field& field, Directions directions) const {
  return field.is_property() ? schemas_->operations(field.unit, field.directions & directions) : field.operations;
}

contract::DataClass Fields::data_class(const PropertyUse& property) const {
  const auto found = by_property_.find(&property);
  if (found != by_property_.end()) return fields_[found->second].data_class;
  return contract::classify(property.name, property.resolved, property.parent);
}

Topics Fields::topics(std::string_view name) const {
  const auto [found, added] = topics_.try_emplace(name, 0);
  if (added) found->second = topics_of(name);
  return found->second;
}

}  // namespace portico::audit
