#include "audit/composition.h"

#include <algorithm>
#include <array>

namespace portico::audit {
namespace {

using json::Node;

// A composition of more parts than this is no longer read by people either; what is beyond it is left out, which can
// only make checks louder.
constexpr std::size_t kMaxParts = 64;

TypeSet type_of(std::string_view name) {
  if (name == "string") return kString;
  if (name == "integer") return kInteger;
  if (name == "number") return kNumber | kInteger;
  if (name == "object") return kObject;
  if (name == "array") return kArray;
  if (name == "boolean") return kBoolean;
  if (name == "null") return kNull;
  if (name == "file") return kString;  // OpenAPI 2.0: the bytes of an upload
  return 0;
}

TypeSet type_of(const Node& value) {
  switch (value.kind()) {
    case json::Kind::kNull: return kNull;
    case json::Kind::kBoolean: return kBoolean;
    case json::Kind::kNumber: return value.integer() ? kInteger : kNumber | kInteger;
    case json::Kind::kString: return kString;
    case json::Kind::kArray: return kArray;
    case json::Kind::kObject: return kObject;
  }
  return 0;
}

struct Hint {
  std::string_view keyword;
  TypeSet type;
};

// Keywords that nobody writes but for one type, though JSON Schema lets them stand beside any.
constexpr std::array<Hint, 14> kHints = {{
    {"properties", kObject},
    {"additionalProperties", kObject},
    {"unevaluatedProperties", kObject},
    {"patternProperties", kObject},
    {"maxProperties", kObject},
    {"items", kArray},
    {"prefixItems", kArray},
    {"maxItems", kArray},
    {"minItems", kArray},
    {"maxLength", kString},
    {"minLength", kString},
    {"pattern", kString},
    {"minimum", kNumber | kInteger},
    {"maximum", kNumber | kInteger},
}};

TypeSet stated_types(const Node& part) {
  TypeSet types = 0;
  if (const Node* type = part.find("type")) {
    if (type->is_string()) types = type_of(type->text());
    for (const Node* item : type->items()) types |= type_of(item->text());
  }
  if (const Node* nullable = part.find("nullable"); types != 0 && nullable != nullptr && nullable->is_true()) {
    types |= kNull;
  }
  return types;
}

TypeSet hinted_types(const Node& part) {
  if (const Node* value = part.find("const")) return type_of(*value);
  TypeSet types = 0;
  if (const Node* values = part.find("enum")) {
    for (const Node* value : values->items()) types |= type_of(*value);
    return types;
  }
  for (const Hint& hint : kHints) {
    if (part.find(hint.keyword) != nullptr) types |= hint.type;
  }
  return types;
}

bool is_annotation(std::string_view keyword) {
  constexpr std::array<std::string_view, 12> kAnnotations = {"$ref",       "$comment", "title",     "description",
                                                             "summary",    "default",  "examples",  "example",
                                                             "deprecated", "readOnly", "writeOnly", "externalDocs"};
  return keyword.starts_with("x-") || std::ranges::find(kAnnotations, keyword) != kAnnotations.end();
}

bool says_nothing(const Node& part) {
  return std::ranges::all_of(part.members(), [](const json::Member& member) {
    const auto keyword = member.key->text();
    return keyword == "allOf" || keyword == "nullable" || is_annotation(keyword);
  });
}

}  // namespace

bool is_pure_reference(const contract::Contract& contract, const Node& schema) {
  if (schema.text_of("$ref").empty()) return false;
  if (contract.dialect != contract::SchemaDialect::kJsonSchema202012) return true;
  return std::ranges::all_of(schema.members(),
                             [](const json::Member& member) { return is_annotation(member.key->text()); });
}

Composition::Composition(const contract::Contract& contract, std::span<const Node* const> seeds) {
  for (const Node* seed : seeds) collect(contract, *seed);
  for (const Node* part : parts_) {
    const TypeSet stated = stated_types(*part);
    if (stated != 0) types_ = types_ == 0 ? stated : types_ & stated;
  }
  if (types_ != 0) return;
  for (const Node* part : parts_) types_ |= hinted_types(*part);
}

void Composition::collect(const contract::Contract& contract, const Node& schema) {
  if (!schema.is_object() || parts_.size() >= kMaxParts) return;
  const Node* part = &schema;
  if (!schema.text_of("$ref").empty()) {
    crosses_reference_ = true;
    if (is_pure_reference(contract, schema)) {
      part = contract.resolve(schema);
      if (part == nullptr || !part->is_object()) return;
    } else if (const Node* target = contract.resolve(schema); target != nullptr && target != &schema) {
      collect(contract, *target);
    }
  }
  if (std::ranges::find(parts_, part) != parts_.end()) return;
  parts_.push_back(part);
  if (const Node* all = part->find("allOf")) {
    for (const Node* branch : all->items()) collect(contract, *branch);
  }
}

const Node* Composition::find(std::string_view keyword) const {
  for (const Node* part : parts_) {
    if (const Node* value = part->find(keyword)) return value;
  }
  return nullptr;
}

const Node* Composition::defining_part() const {
  const auto found = std::ranges::find_if_not(parts_, [](const Node* part) { return says_nothing(*part); });
  if (found != parts_.end()) return *found;
  return parts_.empty() ? nullptr : parts_.front();
}

}  // namespace portico::audit
