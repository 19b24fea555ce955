#include "audit/rule_facts.h"

#include "contract/data_class.h"
#include "json/writer.h"

namespace portico::audit {
namespace {

using json::Node;

// Nested deeper than people write extensions; references in it are not followed, so it ends.
constexpr int kDeepest = 32;

void write_node(json::Writer& writer, const Node& node, int depth = 0) {
  if (node.is_object() && depth < kDeepest) {
    writer.begin_object();
    for (const auto& [key, value] : node.members()) {
      writer.key(key->text());
      write_node(writer, *value, depth + 1);
    }
    writer.end_object();
  } else if (node.is_array() && depth < kDeepest) {
    writer.begin_array();
    for (const Node* item : node.items()) write_node(writer, *item, depth + 1);
    writer.end_array();
  } else if (node.is_string()) {
    writer.string(node.text());
  } else if (node.text().empty()) {
    writer.null();
  } else {
    writer.raw(node.text());
  }
}

void write_extensions(json::Writer& writer, const Node* node) {
  writer.key("extensions").begin_object();
  if (node != nullptr) {
    for (const auto& [key, value] : node->members()) {
      if (!key->text().starts_with("x-")) continue;
      writer.key(key->text());
      write_node(writer, *value);
    }
  }
  writer.end_object();
}

// The schema as it is written, one level: what is below is a rule's own affair to name.
void write_schema(json::Writer& writer, const Node* schema) {
  writer.key("schema");
  if (schema == nullptr) {
    writer.begin_object().end_object();
  } else {
    write_node(writer, *schema, kDeepest - 4);
  }
}

void write_texts(json::Writer& writer, std::string_view key, const auto& texts) {
  writer.key(key).begin_array();
  for (const auto& text : texts) writer.string(text);
  writer.end_array();
}

void write_media(json::Writer& writer, std::string_view key, const std::vector<contract::MediaType>& content) {
  writer.key(key).begin_array();
  for (const auto& media : content) writer.string(media.range);
  writer.end_array();
}

template <class Write>
std::string object(const Write& write) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  write(writer);
  writer.end_object();
  return out;
}

}  // namespace

std::string contract_facts(const contract::Contract& contract) {
  return object([&](json::Writer& writer) {
    writer.key("title").string(contract.title);
    writer.key("version").string(contract.api_version);
    writer.key("openapi").string(contract.version_text);
    writer.key("operations").unsigned_integer(contract.operations.size());
    writer.key("servers").begin_array();
    for (const auto& server : contract.servers) writer.string(server.url);
    writer.end_array();
    writer.key("schemes").begin_array();
    for (const auto& scheme : contract.schemes) writer.string(scheme.name);
    writer.end_array();
    write_extensions(writer, contract.root);
    writer.key("info");
    const Node* info = contract.root->find("info");
    if (info == nullptr) {
      writer.begin_object().end_object();
    } else {
      write_node(writer, *info);
    }
  });
}

std::string operation_facts(const Subject& subject, std::uint32_t index) {
  const auto& operation = subject.contract.operations[index];
  return object([&](json::Writer& writer) {
    writer.key("id").string(operation.id);
    writer.key("method").string(operation.method_name);
    writer.key("path").string(operation.path);
    writer.key("summary").string(operation.summary);
    writer.key("description").string(operation.node->text_of("description"));
    write_texts(writer, "tags", operation.tags);
    writer.key("deprecated").boolean(operation.deprecated);
    writer.key("open").boolean(subject.traits[index].open);
    writer.key("management").boolean(subject.traits[index].management);
    writer.key("parameters").begin_array();
    for (const auto& parameter : operation.parameters) writer.string(parameter.name);
    writer.end_array();
    writer.key("body").begin_array();
    if (operation.body) {
      for (const auto& media : operation.body->content) writer.string(media.range);
    }
    writer.end_array();
    writer.key("responses").begin_array();
    for (const auto& response : operation.responses) writer.string(response.status);
    writer.end_array();
    writer.key("security").begin_array();
    for (const auto& requirement : operation.security) {
      writer.begin_object();
      for (const auto& need : requirement.needs) write_texts(writer, need.scheme, need.scopes);
      writer.end_object();
    }
    writer.end_array();
    write_extensions(writer, operation.node);
  });
}

std::string parameter_facts(const contract::Parameter& parameter) {
  return object([&](json::Writer& writer) {
    writer.key("name").string(parameter.name);
    writer.key("in").string(contract::name(parameter.in));
    writer.key("required").boolean(parameter.required);
    writer.key("deprecated").boolean(parameter.deprecated);
    writer.key("description").string(parameter.node->text_of("description"));
    writer.key("class").string(name(contract::classify(parameter.name, parameter.schema)));
    write_schema(writer, parameter.schema);
    write_extensions(writer, parameter.node);
  });
}

std::string property_facts(const Field& field) {
  return object([&](json::Writer& writer) {
    writer.key("name").string(field.name);
    writer.key("parent").string(field.parent);
    writer.key("request").boolean(field.in_request());
    writer.key("response").boolean(field.in_response());
    writer.key("class").string(name(field.data_class));
    write_schema(writer, field.schema);
    write_extensions(writer, field.schema);
  });
}

std::string response_facts(const contract::Response& response) {
  return object([&](json::Writer& writer) {
    writer.key("status").string(response.status);
    writer.key("description").string(response.node->text_of("description"));
    write_media(writer, "content", response.content);
    writer.key("headers").begin_array();
    for (const auto& header : response.headers) writer.string(header.name);
    writer.end_array();
    write_extensions(writer, response.node);
  });
}

std::string server_facts(const contract::Server& server) {
  return object([&](json::Writer& writer) {
    writer.key("url").string(server.url);
    writer.key("scheme").string(server.scheme);
    writer.key("host").string(server.host);
    writer.key("base_path").string(server.base_path);
    writer.key("description").string(server.node == nullptr ? std::string_view() : server.node->text_of("description"));
    write_extensions(writer, server.node);
  });
}

std::string scheme_facts(const contract::SecurityScheme& scheme) {
  return object([&](json::Writer& writer) {
    writer.key("name").string(scheme.name);
    writer.key("type").string(scheme.node->text_of("type"));
    writer.key("in").string(scheme.node->text_of("in"));
    writer.key("parameter").string(scheme.parameter);
    writer.key("scheme").string(scheme.scheme);
    writer.key("bearer_format").string(scheme.bearer_format);
    writer.key("flows").begin_array();
    for (const auto& flow : scheme.flows) writer.string(flow.name);
    writer.end_array();
    write_extensions(writer, scheme.node);
  });
}

}  // namespace portico::audit
