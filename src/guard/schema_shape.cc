#include "guard/schema_shape.h"

#include <algorithm>
#include <string>

namespace portico::guard {
namespace {

using json::Node;
using schema::TypeMask;

constexpr std::size_t kMostSchemas = 256;
constexpr std::size_t kMostProperties = 1024;

// The schemas that speak of the same value.
std::vector<const Node*> schemas_of(const contract::Contract& contract, const Node& schema) {
  std::vector<const Node*> found;
  const auto add = [&](const Node* node) {
    if (node != nullptr && node->is_object() && found.size() < kMostSchemas &&
        std::ranges::find(found, node) == found.end()) {
      found.push_back(node);
    }
  };
  add(&schema);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Node& node = *found[i];
    if (node.find("$ref") != nullptr) add(contract.resolve(node));
    for (const std::string_view keyword : {"allOf", "anyOf", "oneOf"}) {
      const Node* branches = node.find(keyword);
      if (branches == nullptr) continue;
      for (const Node* branch : branches->items()) add(branch);
    }
  }
  return found;
}

TypeMask type_of(std::string_view name) {
  if (name == "null") return schema::kTypeNull;
  if (name == "boolean") return schema::kTypeBoolean;
  if (name == "integer") return schema::kTypeInteger;
  if (name == "number") return schema::kTypeInteger | schema::kTypeNumber;
  if (name == "string" || name == "file") return schema::kTypeString;
  if (name == "array") return schema::kTypeArray;
  return name == "object" ? schema::kTypeObject : TypeMask{0};
}

TypeMask types_of(const Node& schema) {
  const Node* type = schema.find("type");
  if (type == nullptr) return 0;
  TypeMask types = type_of(type->text());
  for (const Node* one : type->items()) types |= type_of(one->text());
  const Node* nullable = schema.find("nullable");
  return nullable != nullptr && nullable->is_true() ? types | schema::kTypeNull : types;
}

void add_property(SchemaShape& shape, std::string_view name, const Node& schema) {
  const auto at = std::ranges::lower_bound(shape.properties, name, {}, &SchemaShape::Property::name);
  if ((at != shape.properties.end() && at->name == name) || shape.properties.size() == kMostProperties) return;
  shape.properties.insert(at, {name, &schema});
}

}  // namespace

const Node* SchemaShape::property(std::string_view name) const {
  const auto found = std::ranges::lower_bound(properties, name, {}, &Property::name);
  return found != properties.end() && found->name == name ? found->schema : nullptr;
}

SchemaShape shape_of(const contract::Contract& contract, const Node& schema) {
  SchemaShape shape;
  TypeMask types = 0;
  for (const Node* node : schemas_of(contract, schema)) {
    types |= types_of(*node);
    shape.is_binary = shape.is_binary || node->text_of("format") == "binary" ||
                      node->find("contentMediaType") != nullptr || node->find("contentEncoding") != nullptr;
    if (const Node* properties = node->find("properties")) {
      for (const auto& [key, value] : properties->members()) add_property(shape, key->text(), *value);
    }
    const Node* items = node->find("items");
    if (shape.items == nullptr && items != nullptr && items->is_object()) shape.items = items;
    shape.takes_others = shape.takes_others || node->find("patternProperties") != nullptr;
    const Node* additional = node->find("additionalProperties");
    if (additional == nullptr) continue;
    if (shape.additional == nullptr && additional->is_object()) shape.additional = additional;
    shape.takes_others = shape.takes_others || additional->is_object() || additional->is_true();
  }
  if (types != 0) shape.types = types;
  return shape;
}

}  // namespace portico::guard
