// Paths and operations.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "contract/loading.h"
#include "contract/path_template.h"

namespace portico::contract {
namespace {

using json::Node;

struct MethodField {
  std::string_view field;
  Method method;
  bool since_32 = false;
};
constexpr MethodField kMethodFields[] = {
    {"get", Method::kGet},     {"head", Method::kHead},     {"post", Method::kPost},
    {"put", Method::kPut},     {"delete", Method::kDelete}, {"options", Method::kOptions},
    {"trace", Method::kTrace}, {"patch", Method::kPatch},   {"query", Method::kQuery, true},
};

// A Path Item Object and what it refers to: the fields of all of them hold together. More than one only where the
// document has `$ref` beside or instead of fields.
std::vector<const Node*> layers_of(Loading& loading, const Node& path_item) {
  std::vector<const Node*> layers{&path_item};
  while (!reference_of(*layers.back()).empty()) {
    const auto next = loading.references->target(*layers.back());
    if (!next) {
      loading.reference_problem(next.error());
      break;
    }
    if (!(*next)->is_object() || std::ranges::find(layers, *next) != layers.end()) break;
    layers.push_back(*next);
  }
  return layers;
}

// Reads the operations of a path item into `to`: of a path of the API, or of what the service itself sends, where the
// key is no template.
class PathReader {
 public:
  enum class Use : std::uint8_t { kPath, kOutgoing };
  PathReader(Loading& loading, const Node& key, const Node& path_item, std::vector<Operation>& to, Use use = Use::kPath)
      : loading_(loading),
        key_(key),
        layers_(layers_of(loading, path_item)),
        root_(*loading.contract->root),
        to_(to),
        use_(use) {}

  void read();

 private:
  void read_operation(Method method, std::string_view method_name, const Node& node);
  void read_input(Operation& operation);
  void read_security(Operation& operation) const;
  void read_servers_in_force(Operation& operation) const;
  void check_path_parameters(const Operation& operation);
  const Node* field(std::string_view name) const;

  Loading& loading_;
  const Node& key_;
  std::vector<const Node*> layers_;
  const Node& root_;
  std::vector<Operation>& to_;
  Use use_;
};

const Node* PathReader::field(std::string_view name) const {
  for (const Node* layer : layers_) {
    if (const Node* found = layer->find(name)) return found;
  }
  return nullptr;
}

void PathReader::read() {
  const Version version = loading_.contract->version;
  for (const auto& [name, method, since_32] : kMethodFields) {
    if (since_32 && version != Version::kOpenApi32) continue;
    if (method == Method::kTrace && version == Version::kSwagger20) continue;
    const Node* node = field(name);
    if (node != nullptr && node->is_object()) read_operation(method, contract::name(method), *node);
  }
  if (version != Version::kOpenApi32) return;
  const Node* others = field("additionalOperations");
  if (others == nullptr || !others->is_object()) return;
  for (const auto& [name, node] : others->members()) {
    if (!node->is_object()) continue;
    if (method_of(name->text())) {
      loading_.problem("method-field", Gravity::kFatal, *name,
                       "a method that has a field of its own must not be among the additional operations");
      continue;
    }
    read_operation(Method::kOther, name->text(), *node);
  }
}

void PathReader::read_operation(Method method, std::string_view method_name, const Node& node) {
  Operation operation;
  operation.id = node.text_of("operationId");
  operation.method = method;
  operation.method_name = method_name;
  operation.path = key_.text();
  if (operation.id.empty()) operation.id = std::string(method_name) + ' ' + std::string(key_.text());
  operation.summary = node.text_of("summary");
  operation.tags = texts_in(node, "tags");
  operation.deprecated = flag_in(node, "deprecated");
  operation.node = &node;
  operation.path_node = layers_.front();
  operation.path_key = &key_;
  read_input(operation);
  read_security(operation);
  read_servers_in_force(operation);
  if (use_ == Use::kPath) check_path_parameters(operation);
  to_.push_back(std::move(operation));
}

void PathReader::read_input(Operation& operation) {
  const Node& node = *operation.node;
  // The layer that has the parameters, for the path item may be a reference.
  const Node* holder = layers_.front();
  for (const Node* layer : layers_) {
    if (layer->find("parameters") != nullptr) holder = layer;
  }
  if (loading_.contract->version == Version::kSwagger20) {
    auto input = read_swagger_input(loading_, *holder, node);
    operation.parameters = std::move(input.parameters);
    operation.body = std::move(input.body);
    operation.responses = read_swagger_responses(loading_, node);
    return;
  }
  for (const Node* written : merged_parameters(loading_, *holder, node)) {
    if (auto parameter = read_parameter(loading_, *written)) operation.parameters.push_back(*std::move(parameter));
  }
  if (const Node* body = object_in(node, "requestBody")) operation.body = read_body(loading_, *body);
  operation.responses = read_responses(loading_, node);
}

void PathReader::read_security(Operation& operation) const {
  const Node* own = operation.node->find("security");
  operation.security_node = own != nullptr ? own : root_.find("security");
  if (operation.security_node != nullptr) operation.security = read_requirements(loading_, *operation.security_node);
}

void PathReader::read_servers_in_force(Operation& operation) const {
  const bool swagger = loading_.contract->version == Version::kSwagger20;
  operation.servers =
      swagger ? read_swagger_servers(loading_, *operation.node) : read_servers(loading_, *operation.node);
  for (const Node* layer : layers_) {
    if (operation.servers.empty() && !swagger) operation.servers = read_servers(loading_, *layer);
  }
  if (operation.servers.empty()) operation.servers = loading_.contract->servers;
}

void PathReader::check_path_parameters(const Operation& operation) {
  const auto variables = variables_of(key_.text());
  for (const std::string_view variable : variables) {
    const bool declared = std::ranges::any_of(operation.parameters, [&](const Parameter& parameter) {
      return parameter.in == ParameterIn::kPath && parameter.name == variable;
    });
    if (declared) continue;
    loading_.problem("path-parameter-undeclared", Gravity::kFatal, *operation.node,
                     "no path parameter \"" + printable(variable) + "\" is declared for " +
                         std::string(operation.method_name) + ' ' + printable(key_.text(), 200));
  }
  for (const Parameter& parameter : operation.parameters) {
    if (parameter.in != ParameterIn::kPath || std::ranges::find(variables, parameter.name) != variables.end()) continue;
    std::string message = "the path " + printable(key_.text(), 200) + " has no \"{" + printable(parameter.name) + "}\"";
    if (const auto near = nearest(parameter.name, variables))
      message += ": \"{" + printable(*near) + "}\" is meant, perhaps";
    const Node* at = parameter.node->find("name");
    loading_.problem("path-parameter-unused", Gravity::kNotice, at == nullptr ? *parameter.node : *at,
                     std::move(message));
  }
}

void check_template(Loading& loading, const Node& key) {
  if (const auto fault = template_fault(key.text()); !fault.empty()) {
    loading.problem("path-template", Gravity::kFatal, key, std::string(fault));
  } else if (!is_reachable(key.text())) {
    loading.problem("path-unreachable", Gravity::kNotice, key,
                    "no request reaches a path with a \"?\" or \"#\": the path of a request ends there");
  }
}

// Two paths that differ in the names of variables only: no request could tell them apart.
void check_identical(Loading& loading, const Node& paths) {
  std::map<std::string, const Node*> shapes;
  for (const auto& [key, value] : paths.members()) {
    if (is_extension(key->text()) || !template_fault(key->text()).empty()) continue;
    const auto [earlier, is_new] = shapes.try_emplace(shape_of(key->text()), key);
    if (is_new) continue;
    loading.problem("path-identical", Gravity::kFatal, *key,
                    "the path " + printable(key->text(), 200) + " is the same as " +
                        printable(earlier->second->text(), 200) + " at line " +
                        std::to_string(earlier->second->line()) + " once the variables' names are left out");
  }
}

void check_operation_ids(Loading& loading) {
  std::map<std::string_view, const Node*> ids;
  for (const Operation& operation : loading.contract->operations) {
    const Node* id = operation.node->find("operationId");
    if (id == nullptr || !id->is_string()) continue;
    const auto [earlier, is_new] = ids.try_emplace(id->text(), id);
    if (is_new) continue;
    loading.problem("operation-id-duplicate", Gravity::kNotice, *id,
                    "the operationId \"" + printable(id->text()) + "\" is used before, at line " +
                        std::to_string(earlier->second->line()));
  }
}

}  // namespace

std::vector<const Node*> merged_parameters(Loading& loading, const Node& path_item, const Node& operation) {
  std::vector<const Node*> merged;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  const auto add = [&](const Node& holder, bool report) {
    const Node* list = array_in(holder, "parameters");
    if (list == nullptr) return;
    std::set<std::pair<std::string_view, std::string_view>> here;
    for (const Node* written : list->items()) {
      const Node* node = follow(loading, written);
      if (node == nullptr || !node->is_object()) continue;
      const std::pair key(node->text_of("name"), node->text_of("in"));
      if (report && !here.insert(key).second) {
        loading.problem("parameter-duplicate", Gravity::kFatal, *written,
                        "a second parameter \"" + printable(key.first) + "\" in " + printable(key.second));
      }
      if (seen.insert(key).second) merged.push_back(written);
    }
  };
  add(operation, true);
  add(path_item, true);
  return merged;
}

void read_operations(Loading& loading) {
  const Node* paths = object_in(*loading.contract->root, "paths");
  if (paths == nullptr) return;
  for (const auto& [key, value] : paths->members()) {
    if (is_extension(key->text()) || !value->is_object()) continue;
    check_template(loading, *key);
    PathReader(loading, *key, *value, loading.contract->operations).read();
  }
  check_identical(loading, *paths);
  check_operation_ids(loading);
}

void read_callbacks(Loading& loading) {
  Contract& contract = *loading.contract;
  const auto add = [&](std::string_view name, const Node& key, const Node* written, std::uint32_t owner) {
    const Node* item = follow(loading, written);
    if (item == nullptr || !item->is_object()) return;
    Callback callback{.name = name, .operations = {}, .owner = owner, .node = item};
    if (owner != Callback::kNoOwner) callback.expression = key.text();
    PathReader(loading, key, *item, callback.operations, PathReader::Use::kOutgoing).read();
    contract.callbacks.push_back(std::move(callback));
  };
  for (std::uint32_t i = 0; i < contract.operations.size(); ++i) {
    const Node* callbacks = object_in(*contract.operations[i].node, "callbacks");
    if (callbacks == nullptr) continue;
    for (const auto& [name, written] : callbacks->members()) {
      const Node* callback = follow(loading, written);
      if (callback == nullptr || is_extension(name->text())) continue;
      for (const auto& [key, item] : callback->members()) {
        if (!is_extension(key->text())) add(name->text(), *key, item, i);
      }
    }
  }
  const Node* webhooks = contract.version < Version::kOpenApi31 ? nullptr : object_in(*contract.root, "webhooks");
  if (webhooks == nullptr) return;
  for (const auto& [name, item] : webhooks->members()) {
    if (!is_extension(name->text())) add(name->text(), *name, item, Callback::kNoOwner);
  }
}

}  // namespace portico::contract
