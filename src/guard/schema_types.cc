#include "guard/schema_types.h"

#include <algorithm>
#include <array>
#include <limits>

namespace portico::guard {
namespace {

using json::Node;

constexpr std::size_t kMostSchemas = 64;
constexpr std::size_t kMostTypes = 10'000;

bool is_null_schema(const Node& schema) { return schema.text_of("type") == "null"; }

// The smallest of a bound that several schemas may give.
std::uint32_t bound(const std::vector<const Node*>& schemas, std::string_view keyword) {
  std::uint32_t least = cel::Type::kUnbounded;
  for (const Node* schema : schemas) {
    const Node* value = schema->find(keyword);
    const auto number = value == nullptr ? std::nullopt : value->integer();
    if (number && *number >= 0 && *number < least) least = static_cast<std::uint32_t>(*number);
  }
  return least;
}

// The JSON type that schemas agree on; empty where they name none or several.
std::string_view type_of(const std::vector<const Node*>& schemas, bool& nullable) {
  std::string_view found;
  const auto take = [&](std::string_view name) {
    if (name == "null") {
      nullable = true;
      return true;
    }
    if (!found.empty() && found != name) return false;
    found = name;
    return true;
  };
  for (const Node* schema : schemas) {
    const Node* null = schema->find("nullable");
    nullable = nullable || (null != nullptr && null->is_true());
    const Node* type = schema->find("type");
    if (type == nullptr) continue;
    if (type->is_string() && !take(type->text())) return {};
    for (const Node* one : type->items()) {
      if (!take(one->text())) return {};
    }
  }
  return found;
}

}  // namespace

void SchemaTypes::collect(const Node& schema, Said& said) const {
  if (!schema.is_object() || said.schemas.size() == kMostSchemas ||
      std::ranges::find(said.schemas, &schema) != said.schemas.end()) {
    return;
  }
  said.schemas.push_back(&schema);
  if (schema.find("$ref") != nullptr) {
    const Node* target = contract_.resolve(schema);
    if (target == nullptr) {
      said.open = true;
    } else {
      collect(*target, said);
    }
  }
  said.open = said.open || schema.find("$dynamicRef") != nullptr || schema.find("if") != nullptr;
  if (const Node* all = schema.find("allOf")) {
    for (const Node* part : all->items()) collect(*part, said);
  }
  for (const std::string_view keyword : {"anyOf", "oneOf"}) {
    const Node* branches = schema.find(keyword);
    if (branches == nullptr) continue;
    const Node* only = nullptr;
    for (const Node* branch : branches->items()) {
      if (is_null_schema(*branch)) {
        said.nullable = true;
      } else if (only == nullptr) {
        only = branch;
      } else {
        said.open = true;
      }
    }
    if (only != nullptr && !said.open) collect(*only, said);
  }
}

const cel::Type* SchemaTypes::object(const Said& said, const std::string& name, const Node& key) {
  const Node* additional = nullptr;
  bool closed = false;
  bool has_properties = false;
  for (const Node* schema : said.schemas) {
    has_properties = has_properties || schema->find("properties") != nullptr;
    for (const std::string_view keyword : {"additionalProperties", "unevaluatedProperties"}) {
      const Node* others = schema->find(keyword);
      if (others == nullptr) continue;
      closed = closed || (others->is_boolean() && !others->is_true());
      if (others->is_object() && keyword == "additionalProperties") additional = others;
    }
  }
  if (!has_properties) {
    const cel::Type* value = additional == nullptr ? cel::Types::dyn() : of(additional, name + ".*");
    return types_.map(cel::Types::string(), value, bound(said.schemas, "maxProperties"));
  }
  cel::Shape* shape = types_.shape(name);
  shape->open = !closed;
  const cel::Type* made = types_.object(shape);
  // Before its fields: they may lead back here.
  made_[&key] = made;
  for (const Node* schema : said.schemas) {
    const Node* properties = schema->find("properties");
    if (properties == nullptr) continue;
    for (const auto& [property, value] : properties->members()) {
      std::string field(property->text());
      if (shape->find(field)) continue;
      std::string called = name;
      (called += '.') += field;
      const cel::Type* type = of(value, called);
      shape->fields.push_back({std::move(field), type});
    }
  }
  return made;
}

const cel::Type* SchemaTypes::list(const Said& said, const std::string& name) {
  const Node* items = nullptr;
  for (const Node* schema : said.schemas) {
    if (schema->find("prefixItems") != nullptr) return types_.list(cel::Types::dyn());
    const Node* here = schema->find("items");
    if (here != nullptr && here->is_object()) items = here;
  }
  return types_.list(of(items, name + "[]"), bound(said.schemas, "maxItems"));
}

const cel::Type* SchemaTypes::of(const Node* schema, const std::string& name) {
  if (schema == nullptr || !schema->is_object() || made_.size() > kMostTypes) return cel::Types::dyn();
  if (const auto known = made_.find(schema); known != made_.end()) return known->second;
  made_[schema] = cel::Types::dyn();
  Said said;
  collect(*schema, said);
  if (said.open) return cel::Types::dyn();
  bool nullable = said.nullable;
  const std::string_view type = type_of(said.schemas, nullable);
  const cel::Type* made = cel::Types::dyn();
  if (type == "boolean") made = cel::Types::boolean();
  if (type == "integer") made = cel::Types::integer();
  if (type == "number") made = cel::Types::real();
  if (type == "string") made = types_.string(bound(said.schemas, "maxLength"));
  if (type == "array") made = list(said, name);
  if (type == "object") made = object(said, name, *schema);
  if (nullable) made = types_.nullable(made);
  made_[schema] = made;
  return made;
}

const cel::Type* SchemaTypes::of_all(const std::vector<const Node*>& schemas, const std::string& name) {
  if (schemas.empty()) return cel::Types::dyn();
  const auto target = [&](const Node* schema) {
    return schema != nullptr && schema->find("$ref") != nullptr ? contract_.resolve(*schema) : schema;
  };
  const Node* first = target(schemas.front());
  const bool one = std::ranges::all_of(schemas, [&](const Node* schema) { return target(schema) == first; });
  return one ? of(schemas.front(), name) : cel::Types::dyn();
}

}  // namespace portico::guard
