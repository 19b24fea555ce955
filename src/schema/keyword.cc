#include "schema/keyword.h"

#include <algorithm>

namespace portico::schema {
namespace {

constexpr std::array<std::string_view, kKeywordCount> kNames = {
    "",
    "$schema",
    "id",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$recursiveAnchor",
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "$vocabulary",
    "$defs",
    "definitions",
    "type",
    "nullable",
    "enum",
    "const",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "items",
    "additionalItems",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "unevaluatedItems",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "required",
    "minProperties",
    "maxProperties",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "readOnly",
    "writeOnly",
    "discriminator",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
};

// An open-addressed table over the names, filled at compile time.
constexpr std::size_t kSlots = 256;
constexpr std::size_t slot_of(std::string_view name) {
  std::uint32_t hash = static_cast<std::uint32_t>(name.size());
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return (hash >> 8) % kSlots;
}
constexpr auto kSlotTable = [] {
  std::array<std::uint8_t, kSlots> table{};
  for (std::size_t i = 1; i < kKeywordCount; ++i) {
    std::size_t slot = slot_of(kNames[i]);
    while (table[slot] != 0) slot = (slot + 1) % kSlots;
    table[slot] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

template <class... K>
constexpr std::uint64_t bits(K... keywords) {
  return (bit(keywords) | ...);
}

using enum Keyword;

// OpenAPI 2.0 lists what it takes from draft 4; 3.0 from draft Wright-00. All else is no keyword there.
constexpr std::uint64_t kOpenApi20Words =
    bits(kRef, kType, kEnum, kFormat, kPattern, kMinLength, kMaxLength, kMinimum, kMaximum, kExclusiveMinimum,
         kExclusiveMaximum, kMultipleOf, kItems, kMinItems, kMaxItems, kUniqueItems, kProperties, kAdditionalProperties,
         kRequired, kMinProperties, kMaxProperties, kAllOf, kReadOnly, kDiscriminator);
constexpr std::uint64_t kOpenApi30Words = kOpenApi20Words | bits(kNullable, kAnyOf, kOneOf, kNot, kWriteOnly);
constexpr std::uint64_t kDraft4Words =
    (kOpenApi20Words & ~bits(kReadOnly, kDiscriminator)) |
    bits(kSchema, kId, kDefinitions, kAdditionalItems, kPatternProperties, kDependencies, kAnyOf, kOneOf, kNot);
constexpr std::uint64_t kDraft6Words = (kDraft4Words & ~bits(kId)) | bits(kDollarId, kConst, kContains, kPropertyNames);
constexpr std::uint64_t kDraft7Words =
    kDraft6Words | bits(kIf, kThen, kElse, kReadOnly, kWriteOnly, kContentEncoding, kContentMediaType);
constexpr std::uint64_t kDraft201909Words =
    kDraft7Words | bits(kAnchor, kRecursiveAnchor, kRecursiveRef, kVocabulary, kDefs, kMinContains, kMaxContains,
                        kUnevaluatedItems, kUnevaluatedProperties, kDependentRequired, kDependentSchemas,
                        kContentSchema);
constexpr std::uint64_t kDraft202012Words =
    (kDraft201909Words & ~bits(kRecursiveAnchor, kRecursiveRef, kAdditionalItems)) |
    bits(kDynamicAnchor, kDynamicRef, kPrefixItems, kDiscriminator);

constexpr std::array<Rules, 7> kRules = {{
    {.keywords = kDraft4Words,
     .dialect = Dialect::kDraft4,
     .ref_alone = true,
     .boolean_schemas = false,
     .boolean_bounds = true,
     .whole_doubles = false,
     .tuple_items = true,
     .fragment_ids = true,
     .contains_evaluates = false,
     .asserts_format = true},
    {.keywords = kDraft6Words,
     .dialect = Dialect::kDraft6,
     .ref_alone = true,
     .tuple_items = true,
     .fragment_ids = true,
     .contains_evaluates = false,
     .asserts_format = true},
    {.keywords = kDraft7Words,
     .dialect = Dialect::kDraft7,
     .ref_alone = true,
     .tuple_items = true,
     .fragment_ids = true,
     .contains_evaluates = false,
     .asserts_format = true},
    {.keywords = kDraft201909Words, .dialect = Dialect::kDraft201909, .tuple_items = true, .contains_evaluates = false},
    {.keywords = kDraft202012Words, .dialect = Dialect::kJsonSchema202012},
    {.keywords = kOpenApi20Words,
     .dialect = Dialect::kOpenApi20,
     .ref_alone = true,
     .boolean_schemas = false,
     .boolean_bounds = true,
     .whole_doubles = false,
     .moves_required = true,
     .contains_evaluates = false,
     .asserts_format = true},
    {.keywords = kOpenApi30Words,
     .dialect = Dialect::kOpenApi30,
     .ref_alone = true,
     .boolean_schemas = false,
     .boolean_bounds = true,
     .whole_doubles = false,
     .moves_required = true,
     .contains_evaluates = false,
     .asserts_format = true},
}};

}  // namespace

std::string_view name(Keyword keyword) { return kNames[static_cast<std::size_t>(keyword)]; }

Keyword keyword_of(std::string_view name) {
  for (std::size_t slot = slot_of(name); kSlotTable[slot] != 0; slot = (slot + 1) % kSlots) {
    if (kNames[kSlotTable[slot]] == name) return static_cast<Keyword>(kSlotTable[slot]);
  }
  return kNone;
}

const Rules& rules_of(Dialect dialect) { return kRules[static_cast<std::size_t>(dialect)]; }

std::optional<Dialect> dialect_of(std::string_view uri) {
  if (uri.ends_with('#')) uri.remove_suffix(1);
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!uri.starts_with(scheme)) continue;
    uri.remove_prefix(scheme.size());
    if (uri == "json-schema.org/draft-04/schema" || uri == "json-schema.org/schema") return Dialect::kDraft4;
    if (uri == "json-schema.org/draft-06/schema") return Dialect::kDraft6;
    if (uri == "json-schema.org/draft-07/schema") return Dialect::kDraft7;
    if (uri == "json-schema.org/draft/2019-09/schema") return Dialect::kDraft201909;
    if (uri == "json-schema.org/draft/2020-12/schema") return Dialect::kJsonSchema202012;
    // OpenAPI 3.1 and 3.2 publish theirs with dates: .../oas/3.1/dialect/base, .../oas/3.1/dialect/2024-10-25
    if (uri.starts_with("spec.openapis.org/oas/3.1/dialect/") || uri.starts_with("spec.openapis.org/oas/3.2/dialect/"))
      return Dialect::kJsonSchema202012;
  }
  return std::nullopt;
}

Rules rules_of_vocabularies(const json::Node& vocabulary) {
  constexpr std::string_view kPrefix = "https://json-schema.org/draft/2020-12/vocab/";
  constexpr std::uint64_t kApplicator =
      bits(kPrefixItems, kItems, kContains, kAdditionalProperties, kProperties, kPatternProperties, kDependentSchemas,
           kPropertyNames, kIf, kThen, kElse, kAllOf, kAnyOf, kOneOf, kNot, kDependencies);
  constexpr std::uint64_t kValidation =
      bits(kType, kConst, kEnum, kMultipleOf, kMaximum, kExclusiveMaximum, kMinimum, kExclusiveMinimum, kMaxLength,
           kMinLength, kPattern, kMaxItems, kMinItems, kUniqueItems, kMaxContains, kMinContains, kMaxProperties,
           kMinProperties, kRequired, kDependentRequired);
  constexpr std::uint64_t kUnevaluated = bits(kUnevaluatedItems, kUnevaluatedProperties);
  Rules rules = rules_of(Dialect::kJsonSchema202012);
  rules.keywords &= ~(kApplicator | kValidation | kUnevaluated);
  for (const json::Member& member : vocabulary.members()) {
    std::string_view uri = member.key->text();
    if (!uri.starts_with(kPrefix)) continue;
    uri.remove_prefix(kPrefix.size());
    if (uri == "applicator") rules.keywords |= kApplicator;
    if (uri == "validation") rules.keywords |= kValidation;
    if (uri == "unevaluated") rules.keywords |= kUnevaluated;
    // Listed as optional (`false`) it may still be asserted; who understands it should.
    if (uri == "format-assertion") rules.asserts_format = true;
  }
  return rules;
}

Keywords::Keywords(const json::Node& schema, const Rules& rules) {
  for (const json::Member& member : schema.members()) {
    const Keyword keyword = keyword_of(member.key->text());
    if (!rules.has(keyword) || keyword == kNone) continue;
    values_[static_cast<std::size_t>(keyword)] = member.value;
    present_ |= bit(keyword);
  }
  if (!rules.ref_alone || !has(kRef)) return;
  for (std::size_t i = 0; i < kKeywordCount; ++i) {
    if (static_cast<Keyword>(i) != kRef) values_[i] = nullptr;
  }
  present_ = bit(kRef);
}

Holds holds(Keyword keyword) {
  switch (keyword) {
    case kAdditionalItems:
    case kContains:
    case kUnevaluatedItems:
    case kAdditionalProperties:
    case kPropertyNames:
    case kUnevaluatedProperties:
    case kNot:
    case kIf:
    case kThen:
    case kElse:
    case kContentSchema: return Holds::kSchema;
    case kAllOf:
    case kAnyOf:
    case kOneOf:
    case kPrefixItems: return Holds::kSchemas;
    case kItems: return Holds::kSchemaOrSchemas;
    case kDefs:
    case kDefinitions:
    case kProperties:
    case kPatternProperties:
    case kDependentSchemas: return Holds::kMap;
    case kDependencies: return Holds::kMapOfSchemasOrNames;
    default: return Holds::kNothing;
  }
}

}  // namespace portico::schema
