#include "schema/resources.h"

#include <utility>

#include "base/text.h"
#include "json/pointer.h"
#include "schema/metaschemas.h"
#include "schema/uri.h"

namespace portico::schema {
namespace {

bool is_openapi(const json::Node& root) { return root.find("openapi") != nullptr || root.find("swagger") != nullptr; }

// What holds examples and the like, never schemas.
bool holds_values(std::string_view key) {
  return key == "example" || key == "examples" || key == "default" || key == "enum" || key == "const" ||
         key.starts_with("x-");
}

bool array_index(std::string_view token, std::size_t& index) {
  const auto value = parse_uint(token);
  if (!value || (token.size() > 1 && token.front() == '0')) return false;
  index = *value;
  return true;
}

std::string unescape_token(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape = token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    out += escape ? (token[++i] == '0' ? '~' : '/') : token[i];
  }
  return out;
}

std::string child_pointer(const std::string& parent, std::string_view token) {
  std::string pointer = parent;
  json::append_token(pointer, token);
  return pointer;
}

// Whether anything in an OpenAPI document may name a schema. Mostly nothing does, and the walk that keeps pointers is
// spared.
bool names_anything(const json::Node& root) {
  std::vector<const json::Node*> steps{&root};
  while (!steps.empty()) {
    const json::Node* node = steps.back();
    steps.pop_back();
    for (const json::Member& member : node->members()) {
      const std::string_view key = member.key->text();
      const bool identifies = key == "$id" || key == "$anchor" || key == "$dynamicAnchor" || key == "$recursiveAnchor";
      if (identifies && !member.value->is_object()) return true;
      if (!holds_values(key)) steps.push_back(member.value);
    }
    for (const json::Node* item : node->items()) steps.push_back(item);
  }
  return false;
}

// A place that is still to be walked.
struct Step {
  const json::Node* node;
  ResourceId resource;
  std::string pointer;
};

}  // namespace

Resources::Resources(Environment environment, Dialect dialect)
    : environment_(std::move(environment)), default_rules_(&rules_of(dialect)) {}

Place Resources::place(const json::Node& node) const {
  const auto* documents = environment_.documents;
  if (documents == nullptr || node.document() >= documents->size()) return {"", node.line(), node.column()};
  return documents->place(node);
}

std::unexpected<Error> Resources::unresolved(std::string_view reference, std::string_view why,
                                             const json::Node& from) const {
  return failure(ErrorCode::kNotFound, "reference \"" + printable(reference) + "\" " + std::string(why), place(from));
}

Result<Target> Resources::locate(const json::Node& schema) {
  const json::Documents* documents = environment_.documents;
  const json::Node* root = &schema;
  std::string uri;
  if (documents != nullptr) {
    for (const json::Document& document : *documents) {
      if (document.root == &schema) uri = document.uri;
    }
    if (uri.empty() && schema.document() < documents->size()) {
      const json::Document& document = documents->of(schema);
      uri = document.uri;
      if (document.root != nullptr) root = document.root;
    }
  }
  if (uri.empty()) uri = "urn:portico:schema:" + std::to_string(resources_.size());
  PORTICO_TRY(const ResourceId resource, frame(*root, uri, default_rules_));
  return Target{&schema, resource_of(schema, resource), root == &schema ? resources_[resource].pointer : ""};
}

ResourceId Resources::resource_of(const json::Node& schema, ResourceId parent) const {
  if (by_root_.empty()) return parent;
  const auto found = by_root_.find(&schema);
  return found == by_root_.end() ? parent : found->second;
}

Result<ResourceId> Resources::frame(const json::Node& root, std::string uri, const Rules* rules) {
  if (const auto found = by_uri_.find(uri); found != by_uri_.end()) return found->second;
  const auto id = static_cast<ResourceId>(resources_.size());
  resources_.push_back({.uri = uri, .root = &root, .rules = rules});
  by_uri_.emplace(std::move(uri), id);
  if (is_openapi(root)) {
    const std::string_view dialect = root.text_of("jsonSchemaDialect");
    if (!dialect.empty() && rules->dialect == Dialect::kJsonSchema202012) {
      PORTICO_TRY(resources_[id].rules, rules_of_meta_schema(dialect, root));
    }
    // Schema Objects of 2.0 and 3.0 cannot identify anything.
    if (!rules->has(Keyword::kDollarId) || !names_anything(root)) return id;
    PORTICO_CHECK_OK(frame_anywhere(root, id));
  } else {
    PORTICO_CHECK_OK(frame_schemas(root, id));
  }
  return id;
}

Result<ResourceId> Resources::enter(const json::Node& schema, ResourceId resource, const std::string& pointer,
                                    bool is_root) {
  const Rules* rules = resources_[resource].rules;
  if (is_root) {
    PORTICO_TRY(rules, rules_for(schema, rules));
    resources_[resource].rules = rules;
    by_root_.emplace(&schema, resource);
  }
  const json::Node* id = schema.find(name(rules->id_keyword()));
  if (!is_root && id != nullptr && id->is_string()) {
    PORTICO_TRY(rules, rules_for(schema, rules));
  }
  const bool hidden = rules->ref_alone && schema.find("$ref") != nullptr;
  if (id != nullptr && id->is_string() && rules->has(rules->id_keyword()) && !hidden) {
    const auto fragment = fragment_of(id->text());
    const std::string uri = resolve_resource(resources_[resource].uri, id->text());
    if (uri != resources_[resource].uri) {
      const auto made = static_cast<ResourceId>(resources_.size());
      if (!by_uri_.emplace(uri, made).second) return by_uri_.at(uri);  // the first one stands
      resources_.push_back({.uri = uri, .pointer = pointer, .root = &schema, .rules = rules});
      by_root_[&schema] = made;
      resource = made;
    }
    if (rules->fragment_ids && fragment && !fragment->empty()) {
      resources_[resource].anchors.try_emplace(*fragment, Resource::Anchor{&schema, pointer, false});
    }
  }
  const auto anchor = [&](Keyword keyword, bool dynamic) {
    const json::Node* value = rules->has(keyword) ? schema.find(name(keyword)) : nullptr;
    if (value == nullptr || !value->is_string()) return;
    resources_[resource].anchors.try_emplace(std::string(value->text()), Resource::Anchor{&schema, pointer, dynamic});
  };
  anchor(Keyword::kDynamicAnchor, true);
  anchor(Keyword::kAnchor, false);
  if (rules->has(Keyword::kRecursiveAnchor)) {
    const json::Node* recursive = schema.find(name(Keyword::kRecursiveAnchor));
    if (recursive != nullptr && recursive->is_true()) {
      resources_[resource].anchors.try_emplace("", Resource::Anchor{&schema, pointer, true});
    }
  }
  return resource;
}

Result<void> Resources::frame_schemas(const json::Node& root, ResourceId resource) {
  std::vector<Step> steps{{&root, resource, ""}};
  while (!steps.empty()) {
    const Step step = std::move(steps.back());
    steps.pop_back();
    if (!step.node->is_object()) continue;
    PORTICO_TRY(const ResourceId inside, enter(*step.node, step.resource, step.pointer, step.node == &root));
    const Rules& rules = *resources_[inside].rules;
    if (rules.ref_alone && step.node->find("$ref") != nullptr && step.node != &root) continue;
    for (const json::Member& member : step.node->members()) {
      const Keyword keyword = keyword_of(member.key->text());
      if (!rules.has(keyword) && keyword != Keyword::kDefinitions && keyword != Keyword::kDefs) continue;
      const Holds held = holds(keyword);
      if (held == Holds::kNothing) continue;
      const std::string pointer = child_pointer(step.pointer, member.key->text());
      if (held == Holds::kSchema || held == Holds::kSchemaOrSchemas) steps.push_back({member.value, inside, pointer});
      if (held == Holds::kSchemas || held == Holds::kSchemaOrSchemas) {
        for (std::size_t i = 0; i < member.value->items().size(); ++i) {
          steps.push_back({member.value->items()[i], inside, pointer + "/" + std::to_string(i)});
        }
      }
      if (held == Holds::kMap || held == Holds::kMapOfSchemasOrNames) {
        for (const json::Member& entry : member.value->members()) {
          steps.push_back({entry.value, inside, child_pointer(pointer, entry.key->text())});
        }
      }
    }
  }
  return {};
}

Result<void> Resources::frame_anywhere(const json::Node& root, ResourceId resource) {
  std::vector<Step> steps{{&root, resource, ""}};
  while (!steps.empty()) {
    const Step step = std::move(steps.back());
    steps.pop_back();
    ResourceId inside = step.resource;
    if (step.node->is_object() && step.node != &root) {
      PORTICO_TRY(inside, enter(*step.node, step.resource, step.pointer, false));
    }
    for (const json::Member& member : step.node->members()) {
      if (holds_values(member.key->text()) || (!member.value->is_object() && !member.value->is_array())) continue;
      steps.push_back({member.value, inside, child_pointer(step.pointer, member.key->text())});
    }
    for (std::size_t i = 0; i < step.node->items().size(); ++i) {
      const json::Node* item = step.node->items()[i];
      if (item->is_object() || item->is_array()) {
        steps.push_back({item, inside, step.pointer + "/" + std::to_string(i)});
      }
    }
  }
  return {};
}

Result<const Rules*> Resources::rules_for(const json::Node& schema, const Rules* inherited) {
  const json::Node* uri = schema.find("$schema");
  // OpenAPI 2.0 and 3.0 know no `$schema`; a schema file of its own that has one means it.
  if (uri == nullptr || !uri->is_string()) return inherited;
  auto rules = rules_of_meta_schema(uri->text(), schema);
  return rules ? *rules : inherited;
}

Result<const Rules*> Resources::rules_of_meta_schema(std::string_view uri, const json::Node& from) {
  std::string next(without_fragment(uri));
  if (const auto known = rules_by_meta_schema_.find(next); known != rules_by_meta_schema_.end()) return known->second;
  const Rules* rules = nullptr;
  // A meta-schema without vocabularies of its own is read as its own meta-schema says.
  for (int hops = 0; hops < 8 && rules == nullptr; ++hops) {
    if (const auto dialect = dialect_of(next)) {
      rules = &rules_of(*dialect);
      break;
    }
    PORTICO_TRY(const json::Node* meta, document(next, from));
    if (const json::Node* vocabulary = meta->find("$vocabulary"); vocabulary != nullptr) {
      rules = &custom_rules_.emplace_back(rules_of_vocabularies(*vocabulary));
      break;
    }
    next = without_fragment(meta->text_of("$schema"));
    if (next.empty()) break;
  }
  if (rules == nullptr) rules = default_rules_;
  rules_by_meta_schema_.emplace(std::string(without_fragment(uri)), rules);
  return rules;
}

Result<const json::Node*> Resources::document(std::string_view uri, const json::Node& from) {
  if (environment_.documents != nullptr) {
    const json::Document* found = environment_.documents->find(uri);
    if (found != nullptr && found->root != nullptr) return found->root;
  }
  if (const json::Node* built_in = meta_schema(uri)) return built_in;
  if (!environment_.load) return unresolved(uri, "leads to a document that is not loaded", from);
  auto loaded = environment_.load(uri);
  if (!loaded) return unresolved(uri, "cannot be loaded: " + loaded.error().message, from);
  return *loaded;
}

Result<Target> Resources::resolve(ResourceId base, std::string_view reference, const json::Node& from) {
  ResourceId resource = base;
  if (!reference.starts_with('#') && !reference.empty()) {
    const std::string uri = resolve_resource(resources_[base].uri, reference);
    const auto found = by_uri_.find(uri);
    if (found != by_uri_.end()) {
      resource = found->second;
    } else {
      PORTICO_TRY(const json::Node* root, document(uri, from));
      PORTICO_TRY(resource, frame(*root, uri, default_rules_));
    }
  }
  const auto fragment = fragment_of(reference);
  if (!fragment) return unresolved(reference, "has a malformed escape", from);
  const Resource& found = resources_[resource];
  if (fragment->empty()) {
    Target target{found.root, resource_of(*found.root, resource), found.pointer};
    const auto recursive = found.anchors.find("");
    target.is_dynamic = recursive != found.anchors.end() && recursive->second.dynamic;
    return target;
  }
  if (fragment->front() == '/') return by_pointer(resource, *fragment, reference, from);
  const auto anchor = found.anchors.find(*fragment);
  if (anchor == found.anchors.end()) return unresolved(reference, "names an anchor that does not exist", from);
  return Target{anchor->second.node, resource_of(*anchor->second.node, resource), anchor->second.pointer, anchor->first,
                anchor->second.dynamic};
}

Result<Target> Resources::by_pointer(ResourceId resource, std::string_view pointer, std::string_view reference,
                                     const json::Node& from) const {
  const json::Node* node = resources_[resource].root;
  Target target{node, resource, resources_[resource].pointer + std::string(pointer)};
  pointer.remove_prefix(1);
  for (const std::string_view raw : split(pointer, '/')) {
    const json::Node* next = nullptr;
    if (node->is_object()) {
      next = raw.contains('~') ? node->find(unescape_token(raw)) : node->find(raw);
    } else if (std::size_t index = 0; node->is_array() && array_index(raw, index) && index < node->items().size()) {
      next = node->items()[index];
    }
    if (next == nullptr) return unresolved(reference, "leads nowhere: there is no \"" + printable(raw) + "\"", from);
    node = next;
    target.resource = resource_of(*node, target.resource);
  }
  target.node = node;
  return target;
}

}  // namespace portico::schema
