// Parameters, bodies and responses of OpenAPI 3.x.
#include <algorithm>

#include "base/text.h"
#include "contract/loading.h"

namespace portico::contract {
namespace {

using json::Node;

// "cookie" is 3.2's name for what earlier versions could only call "form".
std::optional<Style> style_of(std::string_view style) {
  if (style == "simple") return Style::kSimple;
  if (style == "label") return Style::kLabel;
  if (style == "matrix") return Style::kMatrix;
  if (style == "form" || style == "cookie") return Style::kForm;
  if (style == "spaceDelimited") return Style::kSpaceDelimited;
  if (style == "pipeDelimited") return Style::kPipeDelimited;
  if (style == "deepObject") return Style::kDeepObject;
  return std::nullopt;
}

Style default_style(ParameterIn in) {
  return in == ParameterIn::kQuery || in == ParameterIn::kCookie ? Style::kForm : Style::kSimple;
}

// "Style Values": where each style may be used.
bool style_fits(Style style, ParameterIn in) {
  switch (style) {
    case Style::kSimple: return in == ParameterIn::kPath || in == ParameterIn::kHeader;
    case Style::kLabel:
    case Style::kMatrix: return in == ParameterIn::kPath;
    case Style::kForm: return in == ParameterIn::kQuery || in == ParameterIn::kCookie;
    case Style::kSpaceDelimited:
    case Style::kPipeDelimited:
    case Style::kDeepObject: return in == ParameterIn::kQuery;
    case Style::kTabDelimited: return false;
  }
  return false;
}

// The patch releases that corrected the table of styles: label joined its parts by "." before, by "," since.
bool label_repeats_prefix(const Contract& contract) {
  const std::string_view version = contract.version_text;
  return version == "3.1.0" || version == "3.0.0" || version == "3.0.1" || version == "3.0.2" || version == "3.0.3";
}

void read_style(Loading& loading, Parameter& parameter) {
  const Node& node = *parameter.node;
  parameter.style = default_style(parameter.in);
  if (const Node* style = node.find("style"); style != nullptr && style->is_string()) {
    const auto given = style_of(style->text());
    if (given && style_fits(*given, parameter.in)) {
      parameter.style = *given;
    } else {
      loading.problem("parameter-style", Gravity::kFatal, *style,
                      "the style \"" + printable(style->text()) + "\" is not one for a parameter in " +
                          printable(node.text_of("in")));
    }
  }
  parameter.explode = flag_in(node, "explode", parameter.style == Style::kForm);
  parameter.delimiter_repeats_prefix =
      parameter.style == Style::kLabel && !parameter.explode && label_repeats_prefix(*loading.contract);
}

Encoding read_encoding(std::string_view property, const Node& node) {
  Encoding encoding{.property = property, .content_type = node.text_of("contentType"), .node = &node};
  encoding.style = style_of(node.text_of("style"));
  const bool sets_any = encoding.style || node.find("explode") != nullptr || node.find("allowReserved") != nullptr;
  if (sets_any && !encoding.style) encoding.style = Style::kForm;
  encoding.explode = flag_in(node, "explode", encoding.style.value_or(Style::kForm) == Style::kForm);
  encoding.allow_reserved = flag_in(node, "allowReserved");
  return encoding;
}

std::vector<Header> read_headers(Loading& loading, const Node& response) {
  std::vector<Header> headers;
  const Node* written = object_in(response, "headers");
  if (written == nullptr) return headers;
  for (const auto& [key, value] : written->members()) {
    const Node* node = follow(loading, value);
    if (node == nullptr || !node->is_object()) continue;
    // "If a response header is defined with the name "Content-Type", it SHALL be ignored."
    if (equal_ignoring_case(key->text(), "content-type")) {
      loading.problem("header-ignored", Gravity::kNotice, *key,
                      "OpenAPI ignores a response header called Content-Type: `content` says it");
      continue;
    }
    Header header{.name = key->text(), .in = ParameterIn::kHeader, .style = Style::kSimple, .node = node};
    header.required = flag_in(*node, "required");
    header.explode = flag_in(*node, "explode");
    header.schema = node->find("schema");
    auto content = read_content(loading, *node);
    if (!content.empty() && header.schema == nullptr) header.content = std::move(content.front());
    headers.push_back(std::move(header));
  }
  return headers;
}

bool is_status(std::string_view status) {
  if (status == "default") return true;
  if (status.size() != 3 || status[0] < '1' || status[0] > '5') return false;
  return status.ends_with("XX") || (is_digit(status[1]) && is_digit(status[2]));
}

bool is_ignored_header(std::string_view name) {
  return equal_ignoring_case(name, "accept") || equal_ignoring_case(name, "content-type") ||
         equal_ignoring_case(name, "authorization");
}

}  // namespace

std::optional<ParameterIn> place_of(std::string_view in) {
  if (in == "path") return ParameterIn::kPath;
  if (in == "query") return ParameterIn::kQuery;
  if (in == "header") return ParameterIn::kHeader;
  if (in == "cookie") return ParameterIn::kCookie;
  return std::nullopt;
}

void read_required(Loading& loading, Parameter& parameter) {
  parameter.required = flag_in(*parameter.node, "required");
  if (parameter.in != ParameterIn::kPath || parameter.required) return;
  loading.problem("path-parameter-required", Gravity::kNotice, *parameter.node->find("name"),
                  "a path parameter must say `required: true`, as it always is");
  parameter.required = true;
}

std::optional<Parameter> read_parameter(Loading& loading, const Node& written) {
  const Node* node = follow(loading, &written);
  if (node == nullptr || !node->is_object()) return std::nullopt;
  const Node* name = node->find("name");
  const Node* in = node->find("in");
  if (name == nullptr || !name->is_string() || in == nullptr || !in->is_string()) return std::nullopt;
  const auto place = place_of(in->text());
  if (!place) {
    const bool known = in->text() == "querystring" && loading.contract->version == Version::kOpenApi32;
    loading.problem(known ? "parameter-in-unsupported" : "parameter-in", Gravity::kFatal, *in,
                    "a parameter's place is path, query, header or cookie, not \"" + printable(in->text()) + "\"");
    return std::nullopt;
  }
  if (*place == ParameterIn::kHeader && is_ignored_header(name->text())) {
    loading.problem("parameter-ignored", Gravity::kNotice, *name,
                    "OpenAPI ignores a header parameter called " + printable(name->text()) +
                        ": media types and security schemes say it");
    return std::nullopt;
  }
  Parameter parameter{.name = name->text(), .in = *place, .node = node};
  read_required(loading, parameter);
  parameter.deprecated = flag_in(*node, "deprecated");
  parameter.allow_empty_value = parameter.in == ParameterIn::kQuery && flag_in(*node, "allowEmptyValue");
  parameter.allow_reserved = flag_in(*node, "allowReserved");
  read_style(loading, parameter);
  parameter.schema = node->find("schema");
  auto content = read_content(loading, *node);
  if (!content.empty() && parameter.schema != nullptr) {
    loading.problem("parameter-schema-and-content", Gravity::kFatal, *name,
                    "a parameter has a schema or content, not both");
  } else if (content.size() > 1) {
    loading.problem("parameter-content", Gravity::kFatal, *name, "a parameter's content has one media type only");
  } else if (content.empty() && parameter.schema == nullptr) {
    loading.problem("parameter-schema-missing", Gravity::kNotice, *name,
                    "the parameter \"" + printable(name->text()) + "\" has neither a schema nor content");
  }
  if (!content.empty() && parameter.schema == nullptr) parameter.content = std::move(content.front());
  return parameter;
}

std::vector<MediaType> read_content(Loading& loading, const Node& holder) {
  std::vector<MediaType> content;
  const Node* written = object_in(holder, "content");
  if (written == nullptr) return content;
  for (const auto& [key, value] : written->members()) {
    const Node* node = follow(loading, value);  // a Media Type Object may be a reference from 3.2 on
    if (node == nullptr || !node->is_object()) continue;
    const auto slash = key->text().find('/');
    if (slash == 0 || slash == std::string_view::npos || slash + 1 == key->text().size()) {
      loading.problem("media-type", Gravity::kFatal, *key, "\"" + printable(key->text()) + "\" is no media type");
      continue;
    }
    MediaType media{.range = key->text(), .schema = node->find("schema"), .encodings = {}, .node = node};
    if (const Node* encodings = object_in(*node, "encoding")) {
      for (const auto& [property, encoding] : encodings->members()) {
        if (encoding->is_object()) media.encodings.push_back(read_encoding(property->text(), *encoding));
      }
    }
    content.push_back(std::move(media));
  }
  return content;
}

std::optional<RequestBody> read_body(Loading& loading, const Node& written) {
  const Node* node = follow(loading, &written);
  if (node == nullptr || !node->is_object()) return std::nullopt;
  return RequestBody{flag_in(*node, "required"), read_content(loading, *node), node};
}

void each_response(Loading& loading, const Node& operation,
                   const std::function<void(std::string_view status, const Node& node)>& take) {
  const Node* written = object_in(operation, "responses");
  if (written == nullptr) return;
  const bool swagger = loading.contract->version == Version::kSwagger20;
  for (const auto& [key, value] : written->members()) {
    if (is_extension(key->text())) continue;
    if (!is_status(key->text()) || (swagger && key->text().ends_with("XX"))) {
      loading.problem("response-status", Gravity::kFatal, *key,
                      "\"" + printable(key->text()) + "\" is no status: write 200" +
                          (swagger ? "" : ", 2XX (upper case)") + " or default");
      continue;
    }
    const Node* node = follow(loading, value);
    if (node != nullptr && node->is_object()) take(key->text(), *node);
  }
}

std::vector<Response> read_responses(Loading& loading, const Node& operation) {
  std::vector<Response> responses;
  each_response(loading, operation, [&](std::string_view status, const Node& node) {
    responses.push_back({status, read_headers(loading, node), read_content(loading, node), &node});
  });
  return responses;
}

}  // namespace portico::contract
