#include "contract/structure.h"

#include <algorithm>
#include <deque>

#include "base/text.h"
#include "base/uri.h"
#include "contract/grammar.h"
#include "contract/structure_rules.h"
#include "contract/visited.h"

namespace portico::contract {
namespace {

using json::Node;

// An object that waits to be checked. `base` is what references in it are relative to: null for the document's own URI.
struct Task {
  const Node* node;
  Type type;
  const std::string* base = nullptr;
};

// How often references that lead nowhere are tried again once more `$id`s are known: each round may load documents.
constexpr int kMaxRounds = 16;

class Checker {
 public:
  explicit Checker(Loading& loading) : loading_(loading), version_(version_bit(loading.contract->version)) {}

  Result<void> run();

 private:
  void check(const Task& task);
  void check_fields(const Task& task, const ObjectType& type);
  void check_required(const Task& task, const ObjectType& type);
  void check_value(const Task& holder, std::string_view name, const Field& field, const Node& value);
  void unknown_field(const Task& task, const ObjectType& type, const Node& key);
  void wrong_type(const Task& holder, std::string_view name, const Field& field, const Node& value,
                  std::string_view expected);
  // Whether the object is a reference and nothing beside counts.
  bool take_reference(const Task& task, const ObjectType& type);
  void follow(const Task& task);
  void follow_mapping(const Task& task);
  void enter_resource(Task& task);
  void push(const Node& node, Type type, const Task& holder) { open_.push_back({&node, type, holder.base}); }
  void push_all(std::span<const Node* const> items, const Field& field, const Task& holder, std::string_view name);
  void push_map(const Node& map, const Field& field, const Task& holder, std::string_view name);
  bool schema_may_be_boolean(Type type) const { return type == Type::kSchema && (version_ & kSince31) != 0; }

  Loading& loading_;
  std::uint8_t version_;
  std::vector<Task> open_;
  // Targets of references wait until the rest is done, so that what is reached both ways is first met in its own place,
  // below the `$id` that it belongs to.
  std::vector<Task> targets_;
  std::vector<Task> unresolved_;  // may be named by an `$id` that was not met yet
  std::vector<const Node*> holders_;
  VisitedNodes visited_;
  std::deque<std::string> bases_;
  std::optional<Error> limit_;
};

Result<void> Checker::run() {
  const bool swagger = version_ == kV20;
  open_.push_back({loading_.contract->root, swagger ? Type::kSwagger : Type::kDocument});
  int rounds = 0;
  while (!limit_) {
    if (!open_.empty()) {
      const Task task = open_.back();
      open_.pop_back();
      check(task);
    } else if (!targets_.empty()) {
      open_.swap(targets_);
      std::ranges::reverse(open_);
    } else if (!unresolved_.empty() && rounds++ < kMaxRounds) {
      for (const Task& task : std::exchange(unresolved_, {})) follow(task);
    } else {
      break;
    }
  }
  if (limit_) return std::unexpected(*std::move(limit_));
  for (const Task& task : unresolved_) {
    const auto target = loading_.references->target(*task.node, task.base == nullptr ? "" : *task.base);
    if (!target) loading_.reference_problem(target.error());
  }
  for (const Node* holder : holders_) {
    const auto end = loading_.references->resolve(*holder);
    if (!end) loading_.reference_problem(end.error());
  }
  return {};
}

void Checker::check(const Task& given) {
  Task task = given;
  if (!visited_.insert(task.node, static_cast<std::uint8_t>(task.type))) return;
  const ObjectType& type = object_type(task.type);
  if (task.node->is_boolean() && schema_may_be_boolean(task.type)) return;
  if (task.type == Type::kSchema && (version_ & kSince31) != 0) enter_resource(task);
  if (type.referable && take_reference(task, type)) return;
  if (task.type == Type::kDiscriminator) follow_mapping(task);
  check_fields(task, type);
  check_required(task, type);
  check_rules(loading_, task.type, *task.node, version_);
}

// `$id`, `$anchor` and `$dynamicAnchor` name schemas (JSON Schema 2020-12, section 8.2).
void Checker::enter_resource(Task& task) {
  const Node& node = *task.node;
  const std::string_view id = node.text_of("$id");
  const std::string_view anchors[] = {node.text_of("$anchor"), node.text_of("$dynamicAnchor")};
  if (id.empty() && anchors[0].empty() && anchors[1].empty()) return;
  const std::string& document = loading_.contract->documents->of(node).uri;
  if (!id.empty()) {
    bases_.push_back(resolve_uri(task.base == nullptr ? document : *task.base, without_fragment(id)));
    task.base = &bases_.back();
    loading_.references->declare(bases_.back(), node);
  }
  for (const std::string_view anchor : anchors) {
    if (anchor.empty()) continue;
    std::string uri = task.base == nullptr ? document : *task.base;
    (uri += '#') += anchor;
    loading_.references->declare(std::move(uri), node);
  }
}

bool Checker::take_reference(const Task& task, const ObjectType& type) {
  const json::Member* reference = task.node->find_member("$ref");
  if (reference == nullptr) return false;
  const bool path_item = task.type == Type::kPathItem;
  const bool schema = task.type == Type::kSchema;
  const bool siblings_count = path_item || (schema && (version_ & kSince31) != 0);
  if (!reference->value->is_string() || reference->value->text().empty()) {
    loading_.problem("reference-type", Gravity::kFatal, *reference->value, "the value of $ref must be a URI");
    return !siblings_count;
  }
  holders_.push_back(task.node);
  follow(task);
  if (siblings_count) return false;
  for (const auto& [key, value] : task.node->members()) {
    const std::string_view name = key->text();
    if (name == "$ref" || is_extension(name)) continue;
    const bool harmless = name == "description" || name == "summary" || name == "title" || name == "example" ||
                          name == "examples" || name == "deprecated" || name == "externalDocs";
    if (harmless || find_field(type, name, version_) == nullptr) continue;
    loading_.problem("reference-siblings", Gravity::kNotice, *key,
                     "\"" + printable(name) + "\" beside $ref has no effect in this version of OpenAPI");
  }
  return true;
}

void Checker::follow(const Task& task) {
  const auto target = loading_.references->target(*task.node, task.base == nullptr ? std::string_view() : *task.base);
  if (target) {
    if ((*target)->is_object() || schema_may_be_boolean(task.type)) {
      targets_.push_back({*target, task.type, nullptr});
    } else {
      loading_.problem("reference-target", Gravity::kFatal, *task.node->find("$ref"),
                       "the reference leads to " + std::string(article(json::name((*target)->kind()))) + ", not to a " +
                           std::string(object_type(task.type).name));
    }
    return;
  }
  if (target.error().code == ErrorCode::kLimit) {
    limit_ = target.error();
  } else {
    unresolved_.push_back(task);
  }
}

// The values of a discriminator's mapping are names of components or references to schemas ("Discriminator Object").
void Checker::follow_mapping(const Task& task) {
  const Node* mapping = object_in(*task.node, "mapping");
  if (mapping == nullptr) return;
  const Node* components = object_in(*loading_.contract->root, "components");
  const Node* schemas = components == nullptr ? nullptr : object_in(*components, "schemas");
  for (const auto& [key, value] : mapping->members()) {
    const std::string_view text = value->text();
    if (!value->is_string() || (schemas != nullptr && schemas->find(text) != nullptr)) continue;
    const std::string& base = task.base == nullptr ? loading_.contract->documents->of(*value).uri : *task.base;
    auto target = loading_.references->load(resolve_uri(base, text));
    if (target && ((*target)->is_object() || (*target)->is_boolean())) {
      targets_.push_back({*target, Type::kSchema, nullptr});
    } else if (!target && target.error().code == ErrorCode::kLimit) {
      limit_ = target.error();
    } else {
      loading_.problem(
          "discriminator-mapping", Gravity::kNotice, *value,
          "the mapping of \"" + printable(key->text()) + "\" is neither the name of a schema nor leads to one");
    }
  }
}

void Checker::check_fields(const Task& task, const ObjectType& type) {
  for (const auto& [key, value] : task.node->members()) {
    const std::string_view name = key->text();
    if (type.extensible && is_extension(name)) continue;
    if (name == "$ref" && type.referable) continue;
    if (const Field* field = find_field(type, name, version_)) {
      if ((field->versions & version_) != 0) {
        check_value(task, name, *field, *value);
      } else {
        loading_.problem("field-version", Gravity::kNotice, *key, version_message(type, *field, version_));
      }
    } else if (type.others != Shape::kAny) {
      check_value(task, name, {name, type.others, type.others_type}, *value);
    } else {
      unknown_field(task, type, *key);
    }
  }
}

void Checker::unknown_field(const Task& task, const ObjectType& type, const Node& key) {
  const std::string_view name = key.text();
  std::vector<std::string_view> names;
  for (const Field& field : type.fields) {
    if ((field.versions & version_) != 0) names.push_back(field.name);
  }
  const auto near = nearest(name, names);
  // JSON Schema takes keywords that it does not know as annotations: only what looks like a slip is worth a word.
  if (task.type == Type::kSchema && (version_ & kSince31) != 0 && (!near || name.size() < 5)) return;
  std::string message = std::string(article(type.name)) + " has no field \"" + printable(name) + "\"";
  if (near) message += ": \"" + std::string(*near) + "\" is meant, perhaps";
  loading_.problem("field-unknown", Gravity::kNotice, key, std::move(message));
}

void Checker::check_required(const Task& task, const ObjectType& type) {
  for (const Field& field : type.fields) {
    if ((field.required & version_) == 0 || task.node->find(field.name) != nullptr) continue;
    const bool fatal = field.name == "name" || field.name == "in" || field.name == "type";
    loading_.problem("field-missing", fatal ? Gravity::kFatal : Gravity::kNotice, *task.node,
                     std::string(article(type.name)) + " needs the field \"" + std::string(field.name) + "\"");
  }
}

void Checker::wrong_type(const Task& holder, std::string_view name, const Field& field, const Node& value,
                         std::string_view expected) {
  const bool matters = field.shape != Shape::kString || decides(name);
  loading_.problem("field-type", matters ? Gravity::kFatal : Gravity::kNotice, value,
                   "\"" + printable(name) + "\" of " + std::string(article(object_type(holder.type).name)) +
                       " must be " + std::string(expected) + ", not " + std::string(article(json::name(value.kind()))));
}

void Checker::push_all(std::span<const Node* const> items, const Field& field, const Task& holder,
                       std::string_view name) {
  for (const Node* item : items) {
    if (item->is_object() || (item->is_boolean() && schema_may_be_boolean(field.type))) {
      push(*item, field.type, holder);
    } else {
      wrong_type(holder, name, field, *item, "an array of objects");
    }
  }
}

void Checker::push_map(const Node& map, const Field& field, const Task& holder, std::string_view name) {
  for (const auto& [key, value] : map.members()) {
    // Extensions are allowed where the map is an object of OpenAPI's own; a map of names may hold any name.
    if (value->is_object() || (value->is_boolean() && schema_may_be_boolean(field.type))) {
      push(*value, field.type, holder);
    } else if (!is_extension(key->text())) {
      wrong_type(holder, name, field, *value, "an object of objects");
    }
  }
}

void Checker::check_value(const Task& holder, std::string_view name, const Field& field, const Node& value) {
  switch (field.shape) {
    case Shape::kObject:
    case Shape::kSchemaOrBoolean:
      if (value.is_object()) return push(value, field.type, holder);
      if (value.is_boolean() && (field.shape == Shape::kSchemaOrBoolean || schema_may_be_boolean(field.type))) return;
      return wrong_type(holder, name, field, value, "an object");
    case Shape::kObjects:
      if (value.is_array()) return push_all(value.items(), field, holder, name);
      return wrong_type(holder, name, field, value, "an array of objects");
    case Shape::kObjectMap:
      if (value.is_object()) return push_map(value, field, holder, name);
      return wrong_type(holder, name, field, value, "an object of objects");
    case Shape::kItems:
      if (value.is_object()) return push(value, field.type, holder);
      if (value.is_boolean() && schema_may_be_boolean(field.type)) return;
      return wrong_type(holder, name, field, value, "one schema");
    default:
      if (const auto expected = mismatch(field.shape, value, version_); !expected.empty()) {
        wrong_type(holder, name, field, value, expected);
      }
  }
}

}  // namespace

Result<void> check_structure(Loading& loading) { return Checker(loading).run(); }

}  // namespace portico::contract
