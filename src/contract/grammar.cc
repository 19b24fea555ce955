#include "contract/grammar.h"

#include <algorithm>
#include <array>

namespace portico::contract {
namespace {

// A braced list of fields, sorted by name.
template <std::size_t N>
constexpr std::array<Field, N> table(const Field (&fields)[N]) {
  auto made = std::to_array(fields);
  std::ranges::sort(made, {}, &Field::name);
  return made;
}

template <std::size_t M, std::size_t N>
constexpr std::array<Field, M + N> joined(const std::array<Field, M>& some, const std::array<Field, N>& more) {
  std::array<Field, M + N> made;
  std::ranges::copy(more, std::ranges::copy(some, made.begin()).out);
  std::ranges::sort(made, {}, &Field::name);
  return made;
}

constexpr auto kDocumentFields = table({
    {"openapi", Shape::kAny, {}, kV3, kV3},
    {"$self", Shape::kString, {}, kV32},
    {"info", Shape::kObject, Type::kInfo, kV3, kV3},
    {"jsonSchemaDialect", Shape::kString, {}, kSince31},
    {"servers", Shape::kObjects, Type::kServer, kV3},
    {"paths", Shape::kObject, Type::kPaths, kV3, kV30},
    {"webhooks", Shape::kObjectMap, Type::kPathItem, kSince31},
    {"components", Shape::kObject, Type::kComponents, kV3},
    {"security", Shape::kObjects, Type::kRequirement, kV3},
    {"tags", Shape::kObjects, Type::kTag, kV3},
    {"externalDocs", Shape::kObject, Type::kExternalDocs, kV3},
});

constexpr auto kInfoFields = table({
    {"title", Shape::kString, {}, kAll, kAll},
    {"summary", Shape::kString, {}, kSince31},
    {"description"},
    {"termsOfService"},
    {"contact", Shape::kObject, Type::kContact},
    {"license", Shape::kObject, Type::kLicense},
    {"version", Shape::kString, {}, kAll, kAll},
});

constexpr auto kContactFields = table({{"name"}, {"url"}, {"email"}});
constexpr auto kLicenseFields =
    table({{"name", Shape::kString, {}, kAll, kAll}, {"identifier", Shape::kString, {}, kSince31}, {"url"}});

constexpr auto kServerFields = table({
    {"url", Shape::kString, {}, kV3, kV3},
    {"name", Shape::kString, {}, kV32},
    {"description"},
    {"variables", Shape::kObjectMap, Type::kServerVariable},
});
constexpr auto kServerVariableFields =
    table({{"enum", Shape::kStrings}, {"default", Shape::kString, {}, kV3, kV3}, {"description"}});

constexpr auto kPathItemFields = table({
    {"summary", Shape::kString, {}, kV3},
    {"description", Shape::kString, {}, kV3},
    {"get", Shape::kObject, Type::kOperation},
    {"put", Shape::kObject, Type::kOperation},
    {"post", Shape::kObject, Type::kOperation},
    {"delete", Shape::kObject, Type::kOperation},
    {"options", Shape::kObject, Type::kOperation},
    {"head", Shape::kObject, Type::kOperation},
    {"patch", Shape::kObject, Type::kOperation},
    {"trace", Shape::kObject, Type::kOperation, kV3},
    {"query", Shape::kObject, Type::kOperation, kV32},
    {"additionalOperations", Shape::kObjectMap, Type::kOperation, kV32},
    {"servers", Shape::kObjects, Type::kServer, kV3},
    {"parameters", Shape::kObjects, Type::kParameter, kV3},
    {"parameters", Shape::kObjects, Type::kSwaggerParameter, kV20},
});

constexpr auto kOperationFields = table({
    {"tags", Shape::kStrings},
    {"summary"},
    {"description"},
    {"externalDocs", Shape::kObject, Type::kExternalDocs},
    {"operationId"},
    {"consumes", Shape::kStrings, {}, kV20},
    {"produces", Shape::kStrings, {}, kV20},
    {"schemes", Shape::kStrings, {}, kV20},
    {"parameters", Shape::kObjects, Type::kParameter, kV3},
    {"parameters", Shape::kObjects, Type::kSwaggerParameter, kV20},
    {"requestBody", Shape::kObject, Type::kRequestBody, kV3},
    {"responses", Shape::kObject, Type::kResponses, kV3, kV30},
    {"responses", Shape::kObject, Type::kSwaggerResponses, kV20, kV20},
    {"callbacks", Shape::kObjectMap, Type::kCallback, kV3},
    {"deprecated", Shape::kBoolean},
    {"security", Shape::kObjects, Type::kRequirement},
    {"servers", Shape::kObjects, Type::kServer, kV3},
});

constexpr auto kExternalDocsFields = table({{"description"}, {"url", Shape::kString, {}, kAll, kAll}});

constexpr auto kParameterFields = table({
    {"name", Shape::kString, {}, kV3, kV3},
    {"in", Shape::kString, {}, kV3, kV3},
    {"description"},
    {"required", Shape::kBoolean},
    {"deprecated", Shape::kBoolean},
    {"allowEmptyValue", Shape::kBoolean},
    {"style"},
    {"explode", Shape::kBoolean},
    {"allowReserved", Shape::kBoolean},
    {"schema", Shape::kObject, Type::kSchema},
    {"example", Shape::kAny},
    {"examples", Shape::kObjectMap, Type::kExample},
    {"content", Shape::kObjectMap, Type::kMediaType},
});

constexpr auto kRequestBodyFields =
    table({{"description"}, {"content", Shape::kObjectMap, Type::kMediaType, kV3, kV3}, {"required", Shape::kBoolean}});

constexpr auto kMediaTypeFields = table({
    {"schema", Shape::kObject, Type::kSchema},
    {"itemSchema", Shape::kObject, Type::kSchema, kV32},
    {"example", Shape::kAny},
    {"examples", Shape::kObjectMap, Type::kExample},
    {"encoding", Shape::kObjectMap, Type::kEncoding},
    {"prefixEncoding", Shape::kObjects, Type::kEncoding, kV32},
    {"itemEncoding", Shape::kObject, Type::kEncoding, kV32},
});

constexpr auto kEncodingFields = table({
    {"contentType"},
    {"headers", Shape::kObjectMap, Type::kHeader},
    {"style"},
    {"explode", Shape::kBoolean},
    {"allowReserved", Shape::kBoolean},
    {"encoding", Shape::kObjectMap, Type::kEncoding, kV32},
    {"prefixEncoding", Shape::kObjects, Type::kEncoding, kV32},
    {"itemEncoding", Shape::kObject, Type::kEncoding, kV32},
});

constexpr auto kResponseFields = table({
    {"summary", Shape::kString, {}, kV32},
    {"description", Shape::kString, {}, kV3, kV30 | kV31},
    {"headers", Shape::kObjectMap, Type::kHeader},
    {"content", Shape::kObjectMap, Type::kMediaType},
    {"links", Shape::kObjectMap, Type::kLink},
});

constexpr auto kExampleFields = table({
    {"summary"},
    {"description"},
    {"value", Shape::kAny},
    {"externalValue"},
    {"dataValue", Shape::kAny, {}, kV32},
    {"serializedValue", Shape::kString, {}, kV32},
});

constexpr auto kLinkFields = table({
    {"operationRef"},
    {"operationId"},
    {"parameters", Shape::kAny},
    {"requestBody", Shape::kAny},
    {"description"},
    {"server", Shape::kObject, Type::kServer},
});

constexpr auto kHeaderFields = table({
    {"description"},
    {"required", Shape::kBoolean},
    {"deprecated", Shape::kBoolean},
    {"allowEmptyValue", Shape::kBoolean},
    {"allowReserved", Shape::kBoolean},
    {"style"},
    {"explode", Shape::kBoolean},
    {"schema", Shape::kObject, Type::kSchema},
    {"example", Shape::kAny},
    {"examples", Shape::kObjectMap, Type::kExample},
    {"content", Shape::kObjectMap, Type::kMediaType},
});

constexpr auto kTagFields = table({
    {"name", Shape::kString, {}, kAll, kAll},
    {"summary", Shape::kString, {}, kV32},
    {"description"},
    {"externalDocs", Shape::kObject, Type::kExternalDocs},
    {"parent", Shape::kString, {}, kV32},
    {"kind", Shape::kString, {}, kV32},
});

constexpr auto kSchemaFields = table({
    {"title"},
    {"description"},
    {"type", Shape::kType},
    {"format"},
    {"default", Shape::kAny},
    {"enum", Shape::kAnyArray},
    {"multipleOf", Shape::kNumber},
    {"maximum", Shape::kNumber},
    {"exclusiveMaximum", Shape::kLimit},
    {"minimum", Shape::kNumber},
    {"exclusiveMinimum", Shape::kLimit},
    {"maxLength", Shape::kInteger},
    {"minLength", Shape::kInteger},
    {"pattern"},
    {"maxItems", Shape::kInteger},
    {"minItems", Shape::kInteger},
    {"uniqueItems", Shape::kBoolean},
    {"maxProperties", Shape::kInteger},
    {"minProperties", Shape::kInteger},
    {"required", Shape::kStrings},
    {"properties", Shape::kObjectMap, Type::kSchema},
    {"additionalProperties", Shape::kSchemaOrBoolean, Type::kSchema},
    {"items", Shape::kItems, Type::kSchema},
    {"allOf", Shape::kObjects, Type::kSchema},
    {"oneOf", Shape::kObjects, Type::kSchema, kV3},
    {"anyOf", Shape::kObjects, Type::kSchema, kV3},
    {"not", Shape::kObject, Type::kSchema, kV3},
    {"nullable", Shape::kBoolean, {}, kV30},
    {"discriminator", Shape::kString, {}, kV20},
    {"discriminator", Shape::kObject, Type::kDiscriminator, kV3},
    {"readOnly", Shape::kBoolean},
    {"writeOnly", Shape::kBoolean, {}, kV3},
    {"deprecated", Shape::kBoolean, {}, kV3},
    {"xml", Shape::kObject, Type::kXml},
    {"externalDocs", Shape::kObject, Type::kExternalDocs},
    {"example", Shape::kAny},
    // JSON Schema 2020-12, from 3.1 on.
    {"examples", Shape::kAnyArray, {}, kSince31},
    {"const", Shape::kAny, {}, kSince31},
    {"$id", Shape::kString, {}, kSince31},
    {"$schema", Shape::kString, {}, kSince31},
    {"$anchor", Shape::kString, {}, kSince31},
    {"$dynamicAnchor", Shape::kString, {}, kSince31},
    {"$dynamicRef", Shape::kString, {}, kSince31},
    {"$comment", Shape::kString, {}, kSince31},
    {"$vocabulary", Shape::kAny, {}, kSince31},
    {"$defs", Shape::kObjectMap, Type::kSchema, kSince31},
    {"definitions", Shape::kObjectMap, Type::kSchema, kSince31},
    {"dependencies", Shape::kAny, {}, kSince31},
    {"if", Shape::kObject, Type::kSchema, kSince31},
    {"then", Shape::kObject, Type::kSchema, kSince31},
    {"else", Shape::kObject, Type::kSchema, kSince31},
    {"dependentSchemas", Shape::kObjectMap, Type::kSchema, kSince31},
    {"dependentRequired", Shape::kStringsMap, {}, kSince31},
    {"prefixItems", Shape::kObjects, Type::kSchema, kSince31},
    {"contains", Shape::kObject, Type::kSchema, kSince31},
    {"maxContains", Shape::kInteger, {}, kSince31},
    {"minContains", Shape::kInteger, {}, kSince31},
    {"patternProperties", Shape::kObjectMap, Type::kSchema, kSince31},
    {"propertyNames", Shape::kObject, Type::kSchema, kSince31},
    {"unevaluatedItems", Shape::kObject, Type::kSchema, kSince31},
    {"unevaluatedProperties", Shape::kObject, Type::kSchema, kSince31},
    {"contentEncoding", Shape::kString, {}, kSince31},
    {"contentMediaType", Shape::kString, {}, kSince31},
    {"contentSchema", Shape::kObject, Type::kSchema, kSince31},
});

constexpr auto kDiscriminatorFields = table({
    {"propertyName", Shape::kString, {}, kV3, kV30 | kV31},
    {"mapping", Shape::kStringMap},
    {"defaultMapping", Shape::kString, {}, kV32},
});

constexpr auto kXmlFields = table({
    {"name"},
    {"namespace"},
    {"prefix"},
    {"attribute", Shape::kBoolean},
    {"wrapped", Shape::kBoolean},
    {"nodeType", Shape::kString, {}, kV32},
});

constexpr auto kSecuritySchemeFields = table({
    {"type", Shape::kString, {}, kV3, kV3},
    {"description"},
    {"name"},
    {"in"},
    {"scheme"},
    {"bearerFormat"},
    {"flows", Shape::kObject, Type::kFlows},
    {"openIdConnectUrl"},
    {"oauth2MetadataUrl", Shape::kString, {}, kV32},
    {"deprecated", Shape::kBoolean, {}, kV32},
});

constexpr auto kFlowsFields = table({
    {"implicit", Shape::kObject, Type::kFlow},
    {"password", Shape::kObject, Type::kFlow},
    {"clientCredentials", Shape::kObject, Type::kFlow},
    {"authorizationCode", Shape::kObject, Type::kFlow},
    {"deviceAuthorization", Shape::kObject, Type::kFlow, kV32},
});

constexpr auto kFlowFields = table({
    {"authorizationUrl"},
    {"tokenUrl"},
    {"refreshUrl"},
    {"deviceAuthorizationUrl", Shape::kString, {}, kV32},
    {"scopes", Shape::kStringMap, {}, kV3, kV3},
});

constexpr auto kComponentsFields = table({
    {"schemas", Shape::kObjectMap, Type::kSchema},
    {"responses", Shape::kObjectMap, Type::kResponse},
    {"parameters", Shape::kObjectMap, Type::kParameter},
    {"examples", Shape::kObjectMap, Type::kExample},
    {"requestBodies", Shape::kObjectMap, Type::kRequestBody},
    {"headers", Shape::kObjectMap, Type::kHeader},
    {"securitySchemes", Shape::kObjectMap, Type::kSecurityScheme},
    {"links", Shape::kObjectMap, Type::kLink},
    {"callbacks", Shape::kObjectMap, Type::kCallback},
    {"pathItems", Shape::kObjectMap, Type::kPathItem, kSince31},
    {"mediaTypes", Shape::kObjectMap, Type::kMediaType, kV32},
});

constexpr auto kSwaggerFields = table({
    {"swagger", Shape::kAny, {}, kV20, kV20},
    {"info", Shape::kObject, Type::kInfo, kV20, kV20},
    {"host"},
    {"basePath"},
    {"schemes", Shape::kStrings},
    {"consumes", Shape::kStrings},
    {"produces", Shape::kStrings},
    {"paths", Shape::kObject, Type::kPaths, kV20, kV20},
    {"definitions", Shape::kObjectMap, Type::kSchema},
    {"parameters", Shape::kObjectMap, Type::kSwaggerParameter},
    {"responses", Shape::kObjectMap, Type::kSwaggerResponse},
    {"securityDefinitions", Shape::kObjectMap, Type::kSwaggerScheme},
    {"security", Shape::kObjects, Type::kRequirement},
    {"tags", Shape::kObjects, Type::kTag},
    {"externalDocs", Shape::kObject, Type::kExternalDocs},
});

// What 2.0 says of a value outside of a schema: in parameters, headers and the elements of their arrays.
constexpr auto kSwaggerValueFields = table({
    {"format"},
    {"description"},
    {"items", Shape::kObject, Type::kSwaggerItems},
    {"collectionFormat"},
    {"default", Shape::kAny},
    {"maximum", Shape::kNumber},
    {"exclusiveMaximum", Shape::kBoolean},
    {"minimum", Shape::kNumber},
    {"exclusiveMinimum", Shape::kBoolean},
    {"maxLength", Shape::kInteger},
    {"minLength", Shape::kInteger},
    {"pattern"},
    {"maxItems", Shape::kInteger},
    {"minItems", Shape::kInteger},
    {"uniqueItems", Shape::kBoolean},
    {"enum", Shape::kAnyArray},
    {"multipleOf", Shape::kNumber},
});

constexpr auto kSwaggerItemsFields = joined(kSwaggerValueFields, table({{"type", Shape::kString, {}, kV20, kV20}}));

constexpr auto kSwaggerParameterFields = joined(kSwaggerValueFields, table({
                                                                         {"name", Shape::kString, {}, kV20, kV20},
                                                                         {"in", Shape::kString, {}, kV20, kV20},
                                                                         {"required", Shape::kBoolean},
                                                                         {"schema", Shape::kObject, Type::kSchema},
                                                                         {"type"},
                                                                         {"allowEmptyValue", Shape::kBoolean},
                                                                     }));

constexpr auto kSwaggerResponseFields = table({
    {"description", Shape::kString, {}, kV20, kV20},
    {"schema", Shape::kObject, Type::kSchema},
    {"headers", Shape::kObjectMap, Type::kSwaggerHeader},
    {"examples", Shape::kAny},
});

constexpr auto kSwaggerSchemeFields = table({
    {"type", Shape::kString, {}, kV20, kV20},
    {"description"},
    {"name"},
    {"in"},
    {"flow"},
    {"authorizationUrl"},
    {"tokenUrl"},
    {"scopes", Shape::kStringMap},
});

constexpr ObjectType kTypes[] = {
    {"OpenAPI Object", kDocumentFields},
    {"Info Object", kInfoFields},
    {"Contact Object", kContactFields},
    {"License Object", kLicenseFields},
    {"Server Object", kServerFields},
    {"Server Variable Object", kServerVariableFields},
    {.name = "Paths Object", .others = Shape::kObject, .others_type = Type::kPathItem},
    {.name = "Path Item Object", .fields = kPathItemFields, .referable = true},
    {"Operation Object", kOperationFields},
    {"External Documentation Object", kExternalDocsFields},
    {.name = "Parameter Object", .fields = kParameterFields, .referable = true},
    {.name = "Request Body Object", .fields = kRequestBodyFields, .referable = true},
    {.name = "Media Type Object", .fields = kMediaTypeFields, .referable = true},
    {"Encoding Object", kEncodingFields},
    {.name = "Responses Object", .others = Shape::kObject, .others_type = Type::kResponse},
    {.name = "Response Object", .fields = kResponseFields, .referable = true},
    {.name = "Callback Object", .referable = true, .others = Shape::kObject, .others_type = Type::kPathItem},
    {.name = "Example Object", .fields = kExampleFields, .referable = true},
    {.name = "Link Object", .fields = kLinkFields, .referable = true},
    {.name = "Header Object", .fields = kHeaderFields, .referable = true},
    {"Tag Object", kTagFields},
    {.name = "Schema Object", .fields = kSchemaFields, .referable = true},
    {"Discriminator Object", kDiscriminatorFields},
    {"XML Object", kXmlFields},
    {.name = "Security Scheme Object", .fields = kSecuritySchemeFields, .referable = true},
    {"OAuth Flows Object", kFlowsFields},
    {"OAuth Flow Object", kFlowFields},
    {.name = "Security Requirement Object", .extensible = false, .others = Shape::kStrings},
    {"Components Object", kComponentsFields},
    {"Swagger Object", kSwaggerFields},
    {.name = "Parameter Object", .fields = kSwaggerParameterFields, .referable = true},
    {"Items Object", kSwaggerItemsFields},
    {.name = "Responses Object", .others = Shape::kObject, .others_type = Type::kSwaggerResponse},
    {.name = "Response Object", .fields = kSwaggerResponseFields, .referable = true},
    {"Header Object", kSwaggerItemsFields},
    {"Security Scheme Object", kSwaggerSchemeFields},
};
static_assert(std::size(kTypes) == static_cast<std::size_t>(Type::kCount));

}  // namespace

const ObjectType& object_type(Type type) { return kTypes[static_cast<std::size_t>(type)]; }

const Field* find_field(const ObjectType& type, std::string_view name, std::uint8_t version) {
  const auto found = std::ranges::equal_range(type.fields, name, {}, &Field::name);
  for (const Field& field : found) {
    if ((field.versions & version) != 0) return &field;
  }
  return found.empty() ? nullptr : &found.front();
}

}  // namespace portico::contract
