#include "contract/structure_rules.h"

#include <algorithm>

#include "base/text.h"

namespace portico::contract {
namespace {

using json::Node;

bool all_strings(const Node& list) {
  return list.is_array() && std::ranges::all_of(list.items(), [](const Node* item) { return item->is_string(); });
}

bool is_one_of(std::string_view text, std::span<const std::string_view> allowed) {
  return std::ranges::find(allowed, text) != allowed.end();
}

// A string member outside of its fixed list.
void check_choice(Loading& loading, std::string_view code, const Node& node, std::string_view field,
                  std::span<const std::string_view> allowed) {
  const Node* value = node.find(field);
  if (value == nullptr || !value->is_string() || is_one_of(value->text(), allowed)) return;
  std::string message = "\"" + printable(value->text()) + "\" is no value for \"" + std::string(field) + "\"";
  if (const auto near = nearest(value->text(), allowed))
    message += ": \"" + std::string(*near) + "\" is meant, perhaps";
  loading.problem(code, Gravity::kFatal, *value, std::move(message));
}

void require(Loading& loading, const Node& node, std::string_view field, const std::string& holder) {
  if (node.find(field) != nullptr) return;
  loading.problem("field-missing", Gravity::kFatal, node, holder + " needs the field \"" + std::string(field) + "\"");
}

void check_schema(Loading& loading, const Node& schema, std::uint8_t version) {
  constexpr std::string_view kTypes[] = {"string", "number", "integer", "boolean", "array", "object", "null", "file"};
  const std::span types(kTypes, version == kV30 ? 6 : version == kV20 ? 8 : 7);
  check_choice(loading, "schema-type", schema, "type", types);
  if (const Node* list = array_in(schema, "type"); list != nullptr && (version & kSince31) != 0) {
    for (const Node* item : list->items()) {
      if (item->is_string() && is_one_of(item->text(), types)) continue;
      loading.problem("schema-type", Gravity::kFatal, *item,
                      "\"" + printable(item->text()) + "\" is no type of JSON Schema");
    }
  }
  // OpenAPI 2.0 and 3.0: "items MUST be present if the type is array".
  if ((version & kSince31) == 0 && schema.text_of("type") == "array" && schema.find("items") == nullptr) {
    loading.problem("schema-items-missing", Gravity::kNotice, schema,
                    "a schema of type array needs the field \"items\"");
  }
}

void check_scheme(Loading& loading, const Node& scheme, std::uint8_t version) {
  constexpr std::string_view kTypes[] = {"apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"};
  check_choice(loading, "security-scheme-type", scheme, "type", std::span(kTypes, version == kV30 ? 4 : 5));
  const std::string_view type = scheme.text_of("type");
  if (type == "apiKey") {
    require(loading, scheme, "name", "a security scheme of type apiKey");
    require(loading, scheme, "in", "a security scheme of type apiKey");
    constexpr std::string_view kPlaces[] = {"query", "header", "cookie"};
    check_choice(loading, "security-scheme-in", scheme, "in", kPlaces);
  } else if (type == "http") {
    require(loading, scheme, "scheme", "a security scheme of type http");
  } else if (type == "oauth2") {
    require(loading, scheme, "flows", "a security scheme of type oauth2");
  } else if (type == "openIdConnect") {
    require(loading, scheme, "openIdConnectUrl", "a security scheme of type openIdConnect");
  }
}

void check_swagger_scheme(Loading& loading, const Node& scheme) {
  constexpr std::string_view kTypes[] = {"basic", "apiKey", "oauth2"};
  check_choice(loading, "security-scheme-type", scheme, "type", kTypes);
  const std::string_view type = scheme.text_of("type");
  if (type == "apiKey") {
    require(loading, scheme, "name", "a security scheme of type apiKey");
    require(loading, scheme, "in", "a security scheme of type apiKey");
    constexpr std::string_view kPlaces[] = {"query", "header"};
    check_choice(loading, "security-scheme-in", scheme, "in", kPlaces);
  } else if (type == "oauth2") {
    require(loading, scheme, "flow", "a security scheme of type oauth2");
    constexpr std::string_view kFlows[] = {"implicit", "password", "application", "accessCode"};
    check_choice(loading, "oauth-flow", scheme, "flow", kFlows);
  }
}

void check_flows(Loading& loading, const Node& flows) {
  const auto needs = [&](std::string_view name, std::string_view field) {
    const Node* flow = object_in(flows, name);
    if (flow != nullptr) require(loading, *flow, field, "the OAuth flow " + std::string(name));
  };
  needs("implicit", "authorizationUrl");
  needs("authorizationCode", "authorizationUrl");
  needs("authorizationCode", "tokenUrl");
  needs("password", "tokenUrl");
  needs("clientCredentials", "tokenUrl");
  needs("deviceAuthorization", "deviceAuthorizationUrl");
}

void check_responses(Loading& loading, const Node& responses) {
  const auto is_response = [](const json::Member& member) { return !is_extension(member.key->text()); };
  if (std::ranges::any_of(responses.members(), is_response)) return;
  loading.problem("responses-empty", Gravity::kNotice, responses, "an operation needs at least one response");
}

void check_swagger_parameter(Loading& loading, const Node& parameter) {
  const bool body = parameter.text_of("in") == "body";
  require(loading, parameter, body ? "schema" : "type", body ? "a body parameter" : "a parameter");
  constexpr std::string_view kTypes[] = {"string", "number", "integer", "boolean", "array", "file"};
  check_choice(loading, "schema-type", parameter, "type", kTypes);
}

void check_components(Loading& loading, const Node& components) {
  for (const auto& [section, map] : components.members()) {
    if (is_extension(section->text())) continue;
    for (const auto& [key, value] : map->members()) {
      const auto allowed = [](char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; };
      if (std::ranges::all_of(key->text(), allowed) && !key->text().empty()) continue;
      loading.problem(
          "component-name", Gravity::kNotice, *key,
          "a component's name has letters, digits, \".\", \"-\" and \"_\" only: \"" + printable(key->text()) + "\"");
    }
  }
}

}  // namespace

std::uint8_t version_bit(Version version) {
  switch (version) {
    case Version::kSwagger20: return kV20;
    case Version::kOpenApi30: return kV30;
    case Version::kOpenApi31: return kV31;
    case Version::kOpenApi32: return kV32;
  }
  return kV31;
}

std::string article(std::string_view noun) {
  if (noun == "null") return "null";
  constexpr std::string_view kVowels = "AEIOUaeiou";
  const bool spelt = noun.starts_with("XML");
  return (spelt || kVowels.find(noun.front()) != std::string_view::npos ? "an " : "a ") + std::string(noun);
}

bool decides(std::string_view field) {
  constexpr std::string_view kDeciding[] = {"name",   "in",   "type",        "style", "pattern", "format",
                                            "scheme", "flow", "contentType", "url",   "host",    "basePath"};
  return is_one_of(field, kDeciding);
}

std::string_view mismatch(Shape shape, const Node& value, std::uint8_t version) {
  const bool drafts = (version & kSince31) == 0;
  switch (shape) {
    case Shape::kString: return value.is_string() ? "" : "a string";
    case Shape::kBoolean: return value.is_boolean() ? "" : "a boolean";
    case Shape::kInteger:
      return value.is_number() && (value.integer() || value.text().find('.') == std::string_view::npos) ? ""
                                                                                                        : "an integer";
    case Shape::kNumber: return value.is_number() ? "" : "a number";
    case Shape::kStrings: return all_strings(value) ? "" : "an array of strings";
    case Shape::kAnyArray: return value.is_array() ? "" : "an array";
    case Shape::kLimit:
      if (drafts) return value.is_boolean() ? "" : "a boolean (a number from OpenAPI 3.1 on)";
      return value.is_number() ? "" : "a number (a boolean up to OpenAPI 3.0)";
    case Shape::kType:
      if (drafts) return value.is_string() ? "" : "a string (a list of types from OpenAPI 3.1 on)";
      return value.is_string() || value.is_array() ? "" : "a string or an array of strings";
    case Shape::kStringMap:
    case Shape::kStringsMap: {
      const bool fits = value.is_object() && std::ranges::all_of(value.members(), [&](const json::Member& member) {
                          if (is_extension(member.key->text())) return true;
                          return shape == Shape::kStringMap ? member.value->is_string() : all_strings(*member.value);
                        });
      if (fits) return "";
      return shape == Shape::kStringMap ? "an object of strings" : "an object of arrays of strings";
    }
    default: return "";
  }
}

std::string version_message(const ObjectType& type, const Field& field, std::uint8_t version) {
  const std::string subject = "\"" + std::string(field.name) + "\" of " + article(type.name);
  // Version bits grow with time, so the lowest one of the field's tells since when it exists.
  if (field.versions > version && (field.versions & (2 * version - 1)) == 0) {
    const std::string_view since = (field.versions & kV30) != 0 ? "3.0" : (field.versions & kV31) != 0 ? "3.1" : "3.2";
    return subject + " exists from OpenAPI " + std::string(since) + " on: it has no effect here";
  }
  if (field.name == "nullable") return subject + " is of OpenAPI 3.0 alone: add \"null\" to the type instead";
  return subject + " has no effect in this version of OpenAPI";
}

void check_rules(Loading& loading, Type type, const Node& node, std::uint8_t version) {
  switch (type) {
    case Type::kSchema: return check_schema(loading, node, version);
    case Type::kSecurityScheme: return check_scheme(loading, node, version);
    case Type::kSwaggerScheme: return check_swagger_scheme(loading, node);
    case Type::kFlows: return check_flows(loading, node);
    case Type::kResponses:
    case Type::kSwaggerResponses: return check_responses(loading, node);
    case Type::kSwaggerParameter: return check_swagger_parameter(loading, node);
    case Type::kComponents: return check_components(loading, node);
    default: return;
  }
}

}  // namespace portico::contract
