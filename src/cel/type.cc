#include "cel/type.h"

#include <algorithm>
#include <array>

namespace portico::cel {
namespace {

std::optional<std::uint32_t> find_name(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Field::name);
  if (found == fields.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - fields.begin());
}

bool agree(const Type* a, const Type* b) { return a == nullptr || b == nullptr || agree(*a, *b); }

}  // namespace

std::optional<std::uint32_t> Shape::find(std::string_view field) const { return find_name(fields, field); }

std::optional<std::uint32_t> Environment::find(std::string_view name) const { return find_name(variables_, name); }

std::uint32_t Environment::declare(std::string name, const Type* type) {
  variables_.push_back({std::move(name), type});
  return static_cast<std::uint32_t>(variables_.size() - 1);
}

const Type* Types::of(Kind scalar) {
  static const auto kScalars = [] {
    std::array<Type, static_cast<std::size_t>(Kind::kDyn) + 1> types;
    for (std::size_t i = 0; i < types.size(); ++i) types[i].kind = static_cast<Kind>(i);
    return types;
  }();
  return &kScalars[static_cast<std::size_t>(scalar)];
}

const Type* Types::dyn() { return of(Kind::kDyn); }

const Type* Types::string(std::uint32_t max_size) {
  return &types_.emplace_back(Type{.kind = Kind::kString, .max_size = max_size});
}

const Type* Types::list(const Type* element, std::uint32_t max_size) {
  return &types_.emplace_back(Type{.kind = Kind::kList, .max_size = max_size, .element = element});
}

const Type* Types::map(const Type* key, const Type* value, std::uint32_t max_size) {
  return &types_.emplace_back(Type{.kind = Kind::kMap, .max_size = max_size, .key = key, .element = value});
}

const Type* Types::object(const Shape* shape) {
  return &types_.emplace_back(Type{.kind = Kind::kObject, .shape = shape});
}

const Type* Types::nullable(const Type* type) {
  if (type->nullable || type->kind == Kind::kDyn || type->kind == Kind::kNull) return type;
  Type& made = types_.emplace_back(*type);
  made.nullable = true;
  return &made;
}

Shape* Types::shape(std::string name) { return &shapes_.emplace_back(Shape{.name = std::move(name), .fields = {}}); }

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::kAbsent: return "absent";
    case Kind::kError: return "error";
    case Kind::kNull: return "null_type";
    case Kind::kBool: return "bool";
    case Kind::kInt: return "int";
    case Kind::kUint: return "uint";
    case Kind::kDouble: return "double";
    case Kind::kString: return "string";
    case Kind::kBytes: return "bytes";
    case Kind::kTimestamp: return "google.protobuf.Timestamp";
    case Kind::kDuration: return "google.protobuf.Duration";
    case Kind::kList: return "list";
    case Kind::kMap:
    case Kind::kObject: return "map";
    case Kind::kType: return "type";
    case Kind::kDyn: return "dyn";
  }
  return "dyn";
}

std::string name(const Type& type) {
  std::string text;
  switch (type.kind) {
    case Kind::kList: text = "list(" + name(*type.element) + ")"; break;
    case Kind::kMap: text = "map(" + name(*type.key) + ", " + name(*type.element) + ")"; break;
    case Kind::kObject: text = "object " + type.shape->name; break;
    case Kind::kTimestamp: text = "timestamp"; break;
    case Kind::kDuration: text = "duration"; break;
    case Kind::kNull: text = "null"; break;
    default: text = name(type.kind);
  }
  return type.nullable ? text + " or null" : text;
}

bool agree(const Type& a, const Type& b) {
  if (a.kind == Kind::kDyn || b.kind == Kind::kDyn) return true;
  if (a.kind == Kind::kNull || b.kind == Kind::kNull) return a.kind == b.kind || a.nullable || b.nullable;
  const auto is_map = [](const Type& type) { return type.kind == Kind::kMap || type.kind == Kind::kObject; };
  if (is_map(a) && is_map(b)) {
    // Two schemas of one shape are two types; which members they share is known when they are there.
    if (a.kind == Kind::kObject || b.kind == Kind::kObject) return true;
    return agree(a.key, b.key) && agree(a.element, b.element);
  }
  if (a.kind != b.kind) return false;
  return a.kind != Kind::kList || agree(a.element, b.element);
}

}  // namespace portico::cel
