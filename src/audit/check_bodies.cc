// Bodies and their media types (OWASP API4, API8).
#include <algorithm>
#include <array>

#include "audit/checks.h"
#include "audit/names.h"
#include "audit/shapes.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::MediaType;
using contract::Operation;
using finding::design_rule;
using finding::Severity;
using json::Node;

bool is_xml(std::string_view range) {
  const std::string type = lower(range.substr(0, range.find(';')));
  return type == "application/xml" || type == "text/xml" || type.ends_with("+xml");
}

bool is_serialized(std::string_view range) {
  constexpr std::array<std::string_view, 9> kTypes = {"java-serialized", "python-pickle",      "x-pickle",
                                                      "php-serialized",  "vnd.php.serialized", "x-yaml",
                                                      "/yaml",           "dotnet-binary",      "x-java-object"};
  return std::ranges::any_of(kTypes, [&](auto part) { return contains_ignoring_case(range, part); });
}

bool is_wildcard(std::string_view range) { return range.starts_with("*/") || range.contains("/*"); }

bool is_binary(std::string_view range) {
  const std::string type = lower(range);
  return type.starts_with("application/octet-stream") || type.starts_with("image/") || type.starts_with("video/") ||
         type.starts_with("audio/") || type.starts_with("application/pdf") || type.starts_with("application/zip") ||
         type == "*/*";
}

bool is_multipart(std::string_view range) { return contains_ignoring_case(range, "multipart/"); }

Composition compose(const Subject& subject, const Node* schema) {
  return {subject.contract, std::array<const Node*, 1>{schema}};
}

bool is_bytes(const Composition& schema) {
  const Node* format = schema.find("format");
  const Node* type = schema.find("type");
  return (format != nullptr && format->text() == "binary") || (type != nullptr && type->text() == "file") ||
         schema.has("contentMediaType");
}

// In 2.0 all media types of an operation share the parameter's node.
struct MediaSites {
  Sites xml;
  Sites serialized;
  Sites any;
  Sites untyped_request;
  Sites untyped_response;
  Sites any_file;
};

void look_at_request(const Subject& subject, std::uint32_t index, const MediaType& media, MediaSites& sites) {
  const Label label{"request body", media.range};
  if (is_xml(media.range)) sites.xml.add(*media.node, label, kRequest, {index});
  if (is_serialized(media.range)) sites.serialized.add(*media.node, label, kRequest, {index});
  if (is_wildcard(media.range)) sites.any.add(*media.node, label, kRequest, {index});
  if (media.schema == nullptr && !is_binary(media.range))
    sites.untyped_request.add(*media.node, label, kRequest, {index});
  if (!is_multipart(media.range) || media.schema == nullptr) return;
  const Composition form = compose(subject, media.schema);
  for (const Node* part : form.parts()) {
    const Node* properties = part->find("properties");
    if (properties == nullptr) continue;
    for (const auto& [name, value] : properties->members()) {
      const Composition file = compose(subject, value);
      const Node* items = file.find("items");
      const bool bytes = is_bytes(file) || (items != nullptr && is_bytes(compose(subject, items)));
      const bool typed =
          file.has("contentMediaType") || std::ranges::any_of(media.encodings, [&](const auto& encoding) {
            return encoding.property == name->text() && !encoding.content_type.empty() &&
                   !is_wildcard(encoding.content_type);
          });
      if (bytes && !typed && subject.contract.version != contract::Version::kSwagger20) {
        sites.any_file.add(*value, {"file", name->text()}, kRequest, {index});
      }
    }
  }
}

// How many elements one request may carry, where that is its purpose.
constexpr std::int64_t kLargestBatch = 1000;

}  // namespace

void check_media_types(const Subject& subject, Drafts& drafts) {
  MediaSites sites;
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    if (operation.body) {
      for (const auto& media : operation.body->content) look_at_request(subject, i, media, sites);
      if (operation.body->content.empty() && operation.body->node != nullptr) {
        sites.untyped_request.add(*operation.body->node, {"request body", {}}, kRequest, {i});
      }
    }
    for (const auto& response : operation.responses) {
      for (const auto& media : response.content) {
        if (media.node == nullptr || !response.status.starts_with('2')) continue;
        const bool json = contains_ignoring_case(media.range, "json") || is_xml(media.range);
        if (media.schema == nullptr && json) {
          sites.untyped_response.add(*media.node, {"response", media.range}, kResponse, {i});
        }
      }
    }
  }
  const auto say = [&](const Sites& list, const finding::Rule* rule, Severity severity, std::string_view what) {
    for (const Site& site : list) {
      drafts.push_back(draft_of(subject, site, rule, severity, to_string(site.label) + std::string(what)));
    }
  };
  say(sites.xml, design_rule("input-xml"), Severity::kLow, " is XML: entities and bombs come with it");
  say(sites.serialized, design_rule("input-serialized"), Severity::kHigh, " is a serialized object");
  say(sites.any, design_rule("schema-media-type-any"), Severity::kMedium, " takes any media type");
  say(sites.untyped_request, design_rule("schema-missing"), Severity::kMedium, " has no schema");
  say(sites.untyped_response, design_rule("schema-missing"), Severity::kLow, " has no schema");
  say(sites.any_file, design_rule("limit-upload-type"), Severity::kLow, " may be of any media type");
}

void check_uploads(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const SchemaUse& use : subject.schemas.uses()) {
    if ((subject.schemas.directions(use) & kRequest) == 0 || !use.schema.allows(kString)) continue;
    if (!is_bytes(use.schema) || use.schema.has("maxLength")) continue;
    sites.add(*use.schema.defining_part(), use.label, kRequest, subject.schemas.operations(use.unit, kRequest));
  }
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    if (!operation.body) continue;
    for (const auto& media : operation.body->content) {
      if (media.schema == nullptr && is_binary(media.range) && !is_wildcard(media.range)) {
        sites.add(*media.node, {"request body", media.range}, kRequest, {i});
      }
    }
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("limit-upload-size"), Severity::kMedium,
                              to_string(site.label) + " is an upload without maxLength"));
  }
}

void check_batches(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const SchemaUse& use : subject.schemas.uses()) {
    if ((subject.schemas.directions(use) & kRequest) == 0 || !use.schema.allows(kArray)) continue;
    if (use.label.kind != "request body" && use.label.kind != "property" && use.label.kind != "schema") continue;
    const auto most = integer_of(use.schema, "maxItems");
    if (most && *most <= kLargestBatch) continue;
    auto operations = subject.schemas.operations(use.unit, kRequest);
    std::erase_if(operations, [&](auto index) {
      const auto& traits = subject.traits[index];
      return !has_phrase(traits.words, "batch|bulk|mass|import|batches|multi|batch get|batch create|many");
    });
    if (!operations.empty()) sites.add(*use.schema.defining_part(), use.label, kRequest, operations);
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("limit-batch-size"), Severity::kMedium,
                              to_string(site.label) + " takes a batch of any size"));
  }
}

void check_graphql(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const Field& field : subject.fields) {
    if (!field.in_request() || words_of(field.name) != std::vector<std::string>{"query"}) continue;
    auto operations = subject.fields.operations(field, kRequest);
    std::erase_if(operations,
                  [&](auto i) { return !has_phrase(subject.traits[i].path_words, "graphql|graph ql|gql"); });
    if (!operations.empty()) sites.add(*field.node, field.label(), kRequest, operations);
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("limit-graphql"), Severity::kMedium,
                              describe(site) + " asks for as much as it likes, by nesting"));
  }
}

// A list that grows with the data and is returned whole.
void check_pagination(const Subject& subject, Drafts& drafts) {
  const auto& operations = subject.contract.operations;
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    const Operation& operation = operations[i];
    const Traits& traits = subject.traits[i];
    if (operation.method != contract::Method::kGet || operation.path.ends_with('}') || traits.published) continue;
    const bool paged = std::ranges::any_of(operation.parameters, [&](const auto& parameter) {
      const Topics topics = subject.fields.topics(parameter.name);
      return (topics & (bit(Topic::kPageSize) | bit(Topic::kPaging))) != 0;
    });
    if (paged) continue;
    const auto is_success = success_of(operation);
    for (const auto& response : operation.responses) {
      if (!is_success(response.status) || response.content.empty()) continue;
      const Node* schema = response.content.front().schema;
      if (schema == nullptr) continue;
      const Composition body = compose(subject, schema);
      if (!body.allows(kArray) || body.has("maxItems")) continue;
      drafts.push_back({.rule = design_rule("limit-pagination-missing"),
                        .severity = Severity::kLow,
                        .node = operation.node,
                        .operation = &operation,
                        .message = title_of(operation) + " returns the whole list, and takes no page"});
      break;
    }
  }
}

}  // namespace portico::audit
