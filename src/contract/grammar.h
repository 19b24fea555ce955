// The objects of OpenAPI as tables: which fields each one has, of which shape, since which version. The structure check
// walks documents by them. Internal to contract/.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace portico::contract {

// Versions as bits.
constexpr std::uint8_t kV20 = 1;
constexpr std::uint8_t kV30 = 2;
constexpr std::uint8_t kV31 = 4;
constexpr std::uint8_t kV32 = 8;
constexpr std::uint8_t kV3 = kV30 | kV31 | kV32;
constexpr std::uint8_t kAll = kV20 | kV3;
constexpr std::uint8_t kSince31 = kV31 | kV32;

enum class Shape : std::uint8_t {
  kAny,  // not looked into: examples, defaults, enumerations, constants
  kString,
  kBoolean,
  kInteger,
  kNumber,
  kStrings,          // array of strings
  kStringMap,        // object of strings
  kStringsMap,       // object of arrays of strings
  kAnyArray,         // array, its elements not looked into
  kObject,           // an object of `type`
  kObjects,          // array of objects of `type`
  kObjectMap,        // object of objects of `type`
  kSchemaOrBoolean,  // a Schema Object or true or false, in all versions
  kItems,            // `items`: a schema; an array of schemas was possible in JSON Schema's drafts
  kType,             // `type`: a string; from 3.1 on also an array of strings
  kLimit,            // exclusiveMinimum and exclusiveMaximum: a boolean up to 3.0, a number since
};

enum class Type : std::uint8_t {
  kDocument,
  kInfo,
  kContact,
  kLicense,
  kServer,
  kServerVariable,
  kPaths,
  kPathItem,
  kOperation,
  kExternalDocs,
  kParameter,
  kRequestBody,
  kMediaType,
  kEncoding,
  kResponses,
  kResponse,
  kCallback,
  kExample,
  kLink,
  kHeader,
  kTag,
  kSchema,
  kDiscriminator,
  kXml,
  kSecurityScheme,
  kFlows,
  kFlow,
  kRequirement,
  kComponents,
  // 2.0 alone
  kSwagger,
  kSwaggerParameter,
  kSwaggerItems,
  kSwaggerResponses,
  kSwaggerResponse,
  kSwaggerHeader,
  kSwaggerScheme,
  kCount,
};

struct Field {
  std::string_view name;
  Shape shape = Shape::kString;
  Type type = Type::kDocument;  // for shapes with objects
  std::uint8_t versions = kAll;
  std::uint8_t required = 0;  // in which versions
};

struct ObjectType {
  std::string_view name;          // "Parameter Object"
  std::span<const Field> fields;  // sorted by name
  bool referable = false;         // may be a Reference Object instead
  bool extensible = true;         // x-* allowed
  bool open = false;              // unknown fields are not errors
  // What fields that are not in the table hold; kAny: there are none.
  Shape others = Shape::kAny;
  Type others_type = Type::kDocument;
};

const ObjectType& object_type(Type type);

// The field of that name in one of the `versions`, or else in any version, or null.
const Field* find_field(const ObjectType& type, std::string_view name, std::uint8_t version);

}  // namespace portico::contract
