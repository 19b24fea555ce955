// OpenAPI 2.0: parameters that are schemas, bodies that are parameters, media types of the whole document.
#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "contract/loading.h"

namespace portico::contract {
namespace {

using json::Kind;
using json::Mark;
using json::Member;
using json::Node;

Mark mark_of(const Node& node) { return {node.line(), node.column()}; }

// What a parameter, header or Items Object says of its value, and nothing else: a Schema Object.
constexpr std::string_view kSchemaKeywords[] = {
    "type",     "format",           "items",     "default",    "maximum",    "exclusiveMaximum",
    "minimum",  "exclusiveMinimum", "maxLength", "minLength",  "pattern",    "maxItems",
    "minItems", "uniqueItems",      "enum",      "multipleOf", "description"};

// Makes the schemas that 2.0 does not have. Their places are those of the nodes that they stand for.
class SchemaMaker {
 public:
  // Nodes go into a document that stands for the one of `origin`.
  SchemaMaker(Loading& loading, const Node& origin)
      : loading_(loading),
        document_(loading.references->synthesise(loading.contract->documents->of(origin))),
        builder_(document_.arena, document_.index) {}

  // The schema of one value: parameter, form field or header. The same node gives the same schema.
  const Node* value(const Node& holder) {
    const Node*& made = loading_.made_schemas[&holder];
    if (made == nullptr) made = make_value(holder);
    return made;
  }

  const Node* form(std::span<const Node* const> parameters) {
    std::vector<Member> properties;
    std::vector<const Node*> required;
    for (const Node* parameter : parameters) {
      const Node* name = parameter->find("name");
      properties.push_back({name, value(*parameter)});
      if (flag_in(*parameter, "required")) required.push_back(name);
    }
    const Mark mark = mark_of(*parameters.front());
    std::vector<Member> members{{text("type", mark), text("object", mark)},
                                {text("properties", mark), object(properties, mark)}};
    if (!required.empty()) members.push_back({text("required", mark), builder_.array(required, mark)});
    return object(members, mark);
  }

 private:
  const Node* make_value(const Node& holder) {
    std::vector<Member> members;
    const bool file = holder.text_of("type") == "file";
    for (const std::string_view keyword : kSchemaKeywords) {
      const Member* found = holder.find_member(keyword);
      if (found == nullptr || (file && (keyword == "type" || keyword == "format"))) continue;
      members.push_back(*found);
    }
    if (file) {  // a string of any bytes, as later versions say it
      const Mark mark = mark_of(*holder.find("type"));
      members.push_back({text("type", mark), text("string", mark)});
      members.push_back({text("format", mark), text("binary", mark)});
    }
    return object(members, mark_of(holder));
  }

  const Node* text(std::string_view value, Mark mark) { return builder_.scalar(Kind::kString, value, mark); }

  const Node* object(std::span<const Member> members, Mark mark) {
    std::pair<const Node*, const Node*> twice;  // cannot be: names are told apart before
    return builder_.object(members, mark, twice);
  }

  Loading& loading_;
  json::Document& document_;
  json::TreeBuilder builder_;
};

// collectionFormat as a style: see Style in model.h. `simple`: where later versions say "simple" and not "form".
std::pair<Style, bool> style_of(Loading& loading, const Node& parameter, bool simple) {
  const Node* format = parameter.find("collectionFormat");
  const std::string_view name = format == nullptr ? "csv" : format->text();
  const Style plain = simple ? Style::kSimple : Style::kForm;
  if (name == "csv") return {plain, false};
  if (name == "ssv") return {Style::kSpaceDelimited, false};
  if (name == "tsv") return {Style::kTabDelimited, false};
  if (name == "pipes") return {Style::kPipeDelimited, false};
  if (name == "multi" && !simple) return {Style::kForm, true};
  loading.problem(
      "collection-format", Gravity::kFatal, *format,
      "\"" + printable(name) + "\" is no collectionFormat for a parameter in " + printable(parameter.text_of("in")));
  return {plain, false};
}

std::optional<Parameter> read_plain_parameter(Loading& loading, const Node& node) {
  const auto place = place_of(node.text_of("in"));
  if (!place || *place == ParameterIn::kCookie) return std::nullopt;
  Parameter parameter{.name = node.text_of("name"), .in = *place, .node = &node};
  read_required(loading, parameter);
  parameter.allow_empty_value = parameter.in == ParameterIn::kQuery && flag_in(node, "allowEmptyValue");
  std::tie(parameter.style, parameter.explode) = style_of(loading, node, parameter.in != ParameterIn::kQuery);
  parameter.schema = SchemaMaker(loading, node).value(node);
  return parameter;
}

// `consumes` or `produces` in force.
std::vector<std::string_view> media_types(Loading& loading, const Node& operation, std::string_view field) {
  const Node* own = array_in(operation, field);
  const Node* list = own != nullptr ? own : array_in(*loading.contract->root, field);
  std::vector<std::string_view> types;
  if (list == nullptr) return types;
  for (const Node* item : list->items()) {
    const auto slash = item->text().find('/');
    if (slash == 0 || slash == std::string_view::npos || slash + 1 == item->text().size()) {
      loading.problem("media-type", Gravity::kFatal, *item, "\"" + printable(item->text()) + "\" is no media type");
    } else {
      types.push_back(item->text());
    }
  }
  return types;
}

// Where the document names no media type, JSON is meant by everyone who leaves it out.
void assume_json(Loading& loading, std::vector<std::string_view>& types, const Node& at, std::string_view field) {
  if (!types.empty()) return;
  loading.problem("media-type-undeclared", Gravity::kNotice, at,
                  "no `" + std::string(field) + "` holds here: application/json is assumed");
  types.emplace_back("application/json");
}

bool is_form(std::string_view type) {
  return type.starts_with("multipart/form-data") || type.starts_with("application/x-www-form-urlencoded");
}

RequestBody read_form(Loading& loading, const Node& operation, std::span<const Node* const> fields) {
  auto types = media_types(loading, operation, "consumes");
  std::erase_if(types, [](std::string_view type) { return !is_form(type); });
  const auto is_file = [](const Node* field) { return field->text_of("type") == "file"; };
  if (types.empty()) {
    types.emplace_back(std::ranges::any_of(fields, is_file) ? "multipart/form-data"
                                                            : "application/x-www-form-urlencoded");
  }
  MediaType media{.schema = SchemaMaker(loading, *fields.front()).form(fields), .node = fields.front()};
  RequestBody body{.node = fields.front()};
  for (const Node* field : fields) {
    body.required = body.required || flag_in(*field, "required");
    if (field->text_of("type") != "array") continue;
    const auto [style, explode] = style_of(loading, *field, false);
    media.encodings.push_back({.property = field->text_of("name"), .style = style, .explode = explode, .node = field});
  }
  for (const std::string_view type : types) {
    media.range = type;
    body.content.push_back(media);
  }
  return body;
}

RequestBody read_body(Loading& loading, const Node& operation, const Node& parameter) {
  auto types = media_types(loading, operation, "consumes");
  assume_json(loading, types, parameter, "consumes");
  RequestBody body{.required = flag_in(parameter, "required"), .content = {}, .node = &parameter};
  for (const std::string_view type : types) {
    body.content.push_back({.range = type, .schema = parameter.find("schema"), .encodings = {}, .node = &parameter});
  }
  return body;
}

Response read_response(Loading& loading, const Node& operation, std::string_view status, const Node& node) {
  Response response{.status = status, .headers = {}, .content = {}, .node = &node};
  if (const Node* headers = object_in(node, "headers")) {
    for (const auto& [name, header] : headers->members()) {
      if (!header->is_object()) continue;
      auto& added = response.headers.emplace_back(
          Header{.name = name->text(), .in = ParameterIn::kHeader, .style = Style::kSimple, .node = header});
      std::tie(added.style, added.explode) = style_of(loading, *header, true);
      added.schema = SchemaMaker(loading, *header).value(*header);
    }
  }
  const Node* schema = node.find("schema");
  if (schema == nullptr) return response;
  auto types = media_types(loading, operation, "produces");
  assume_json(loading, types, *schema, "produces");
  const bool file = schema->text_of("type") == "file";
  for (const std::string_view type : types) {
    response.content.push_back({.range = type, .schema = file ? nullptr : schema, .encodings = {}, .node = &node});
  }
  return response;
}

}  // namespace

SwaggerInput read_swagger_input(Loading& loading, const Node& path_item, const Node& operation) {
  SwaggerInput input;
  std::vector<const Node*> fields;
  const Node* body = nullptr;
  for (const Node* written : merged_parameters(loading, path_item, operation)) {
    const Node* node = follow(loading, written);
    const Node* name = node->find("name");
    const Node* in = node->find("in");
    if (name == nullptr || !name->is_string() || in == nullptr || !in->is_string()) continue;
    if (in->text() == "formData") {
      fields.push_back(node);
    } else if (in->text() == "body") {
      if (body != nullptr) {
        loading.problem("body-duplicate", Gravity::kFatal, *in, "an operation has one body parameter only");
      }
      body = node;
    } else if (auto parameter = read_plain_parameter(loading, *node)) {
      input.parameters.push_back(*std::move(parameter));
    } else {
      loading.problem(
          "parameter-in", Gravity::kFatal, *in,
          "a parameter's place is path, query, header, formData or body, not \"" + printable(in->text()) + "\"");
    }
  }
  if (body != nullptr && !fields.empty()) {
    loading.problem("body-and-form", Gravity::kFatal, *fields.front(), "an operation has a body or a form, not both");
  }
  if (body != nullptr) {
    input.body = read_body(loading, operation, *body);
  } else if (!fields.empty()) {
    input.body = read_form(loading, operation, fields);
  }
  return input;
}

std::vector<Response> read_swagger_responses(Loading& loading, const Node& operation) {
  std::vector<Response> responses;
  each_response(loading, operation, [&](std::string_view status, const Node& node) {
    responses.push_back(read_response(loading, operation, status, node));
  });
  return responses;
}

}  // namespace portico::contract
