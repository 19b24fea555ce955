// The words that schemas are written in, and which of them a dialect understands. One pass over an object's members
// sorts them into a Keywords table, so that compiling asks for a keyword by number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "json/tree.h"
#include "schema/compile.h"

namespace portico::schema {

enum class Keyword : std::uint8_t {
  // clang-format off
  kNone, kSchema, kId, kDollarId, kAnchor, kDynamicAnchor, kRecursiveAnchor, kRef, kDynamicRef, kRecursiveRef,
  kVocabulary, kDefs, kDefinitions, kType, kNullable, kEnum, kConst, kFormat, kPattern, kMinLength, kMaxLength,
  kMinimum, kMaximum, kExclusiveMinimum, kExclusiveMaximum, kMultipleOf, kItems, kAdditionalItems, kPrefixItems,
  kContains, kMinContains, kMaxContains, kMinItems, kMaxItems, kUniqueItems, kUnevaluatedItems, kProperties,
  kPatternProperties, kAdditionalProperties, kPropertyNames, kRequired, kMinProperties, kMaxProperties, kDependencies,
  kDependentRequired, kDependentSchemas, kUnevaluatedProperties, kAllOf, kAnyOf, kOneOf, kNot, kIf, kThen, kElse,
  kReadOnly, kWriteOnly, kDiscriminator, kContentEncoding, kContentMediaType, kContentSchema,
  // clang-format on
  kCount,
};

constexpr std::size_t kKeywordCount = static_cast<std::size_t>(Keyword::kCount);
static_assert(kKeywordCount <= 64);

std::string_view name(Keyword keyword);
Keyword keyword_of(std::string_view name);  // kNone when it is not one

constexpr std::uint64_t bit(Keyword keyword) { return UINT64_C(1) << static_cast<unsigned>(keyword); }

// How a dialect reads schemas, beyond which keywords it has.
struct Rules {
  std::uint64_t keywords = 0;  // bit() of those understood
  Dialect dialect = Dialect::kJsonSchema202012;
  bool ref_alone = false;          // `$ref` hides its siblings
  bool boolean_schemas = true;     // `true` and `false` are schemas
  bool boolean_bounds = false;     // exclusiveMinimum: true
  bool whole_doubles = true;       // 1.0 is an integer
  bool tuple_items = false;        // `items` may be an array of schemas
  bool fragment_ids = false;       // "$id": "#name" is an anchor
  bool moves_required = false;     // readOnly and writeOnly properties are required in one direction only
  bool contains_evaluates = true;  // for unevaluatedItems
  bool asserts_format = false;     // where formats are left to the vocabulary

  bool has(Keyword keyword) const { return (keywords & bit(keyword)) != 0; }
  Keyword id_keyword() const { return has(Keyword::kDollarId) ? Keyword::kDollarId : Keyword::kId; }

  friend bool operator==(const Rules&, const Rules&) = default;
};

const Rules& rules_of(Dialect dialect);

// The dialect that a well-known meta-schema URI (without fragment) stands for.
std::optional<Dialect> dialect_of(std::string_view meta_schema_uri);

// What is left of 2020-12 when a meta-schema lists only some vocabularies.
Rules rules_of_vocabularies(const json::Node& vocabulary);

// The members of one schema object, by keyword; keywords that the rules leave out are null.
class Keywords {
 public:
  Keywords() = default;
  Keywords(const json::Node& schema, const Rules& rules);

  const json::Node* operator[](Keyword keyword) const { return values_[static_cast<std::size_t>(keyword)]; }
  bool has(Keyword keyword) const { return (present_ & bit(keyword)) != 0; }
  std::uint64_t present() const { return present_; }

 private:
  std::array<const json::Node*, kKeywordCount> values_{};
  std::uint64_t present_ = 0;
};

// How a keyword holds subschemas.
enum class Holds : std::uint8_t { kNothing, kSchema, kSchemas, kSchemaOrSchemas, kMap, kMapOfSchemasOrNames };
Holds holds(Keyword keyword);

}  // namespace portico::schema
