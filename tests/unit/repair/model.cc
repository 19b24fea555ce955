#include "model.h"

#include <algorithm>

#include "json/reader.h"
#include "json/writer.h"
#include "reference/reference.h"
#include "reference/render.h"
#include "regex/pattern.h"
#include "repair/values.h"

namespace portico::repair {
namespace {

using json::Node;

bool is_false(const Node* node) { return node != nullptr && node->is_boolean() && !node->is_true(); }

// The schema as text, opened.
void relax(const Node& node, std::string& out) {
  if (node.is_array()) {
    out += '[';
    for (std::size_t i = 0; i < node.items().size(); ++i) {
      if (i > 0) out += ',';
      relax(*node.items()[i], out);
    }
    out += ']';
  } else if (node.is_object()) {
    out += '{';
    bool first = true;
    for (const auto& [key, value] : node.members()) {
      if (key->text() == "additionalProperties" && is_false(value)) continue;
      if (!first) out += ',';
      first = false;
      json::append_string(out, key->text());
      out += ':';
      relax(*value, out);
    }
    out += '}';
  } else {
    out += reference::to_json(node);
  }
}

}  // namespace

std::uint8_t label_of_name(std::string_view name) {
  return name.starts_with('m') ? 1 : name.starts_with('r') ? 2 : name.starts_with('d') ? 3 : 0;
}

bool Model::holds(const Node& schema, const Node& value) {
  std::string text = R"({"$defs":)";
  relax(*root_.find("$defs"), text);
  text += R"(,"allOf":[)";
  relax(schema, text);
  text += "]}";
  json::Documents documents;
  json::Document& document = documents.add("branch", "file:branch");
  if (!json::read_json(text, document)) std::abort();
  reference::Validator validator(*document.root, "file:branch", {}, [](const std::string&) { return nullptr; });
  return validator.valid(value);
}

void Model::applicable(const Node& schema, const Node& value, Schemas& out) {
  if (!schema.is_object() || std::ranges::find(out, &schema) != out.end()) return;
  out.push_back(&schema);
  if (const auto ref = schema.text_of("$ref"); !ref.empty()) {
    applicable(*root_.find("$defs")->find(ref.substr(ref.rfind('/') + 1)), value, out);
  }
  const auto each = [&](std::string_view word, const auto& use) {
    const Node* list = schema.find(word);
    if (list == nullptr) return;
    for (const Node* item : list->items()) use(*item);
  };
  each("allOf", [&](const Node& branch) { applicable(branch, value, out); });
  for (const std::string_view word : {"anyOf", "oneOf"}) {
    each(word, [&](const Node& branch) {
      if (holds(branch, value)) applicable(branch, value, out);
    });
  }
  if (const Node* condition = schema.find("if")) {
    const bool held = holds(*condition, value);
    if (held) applicable(*condition, value, out);
    const Node* next = schema.find(held ? "then" : "else");
    if (next != nullptr) applicable(*next, value, out);
  }
  if (const Node* map = schema.find("dependentSchemas")) {
    for (const auto& [name, dependent] : map->members()) {
      if (value.find(name->text()) != nullptr) applicable(*dependent, value, out);
    }
  }
}

// By its own word, or that of what it refers to or is made of.
bool Model::is_write_only(const Node& schema) const {
  if (!schema.is_object()) return false;
  if (schema.find("writeOnly") != nullptr) return true;
  const auto ref = schema.text_of("$ref");
  if (!ref.empty() && is_write_only(*root_.find("$defs")->find(ref.substr(ref.rfind('/') + 1)))) return true;
  const Node* all = schema.find("allOf");
  return all != nullptr && std::ranges::any_of(all->items(), [&](const Node* part) { return is_write_only(*part); });
}

ActionId Model::action_at(const Path& path, std::uint8_t label, ActionId above) const {
  ActionId action = above;
  if (label != 0 && plan_.by_label[label] != kNoAction) action = plan_.by_label[label];
  for (const PointerPattern& pattern : plan_.pointers) {
    const auto same = [](const PointerPattern::Token& token, const std::string& name) {
      return token.any || token.name == name;
    };
    if (std::ranges::equal(pattern.tokens, path.tokens, same)) action = pattern.action;
  }
  return action;
}

void Model::write_object(const Node& value, const Schemas& schemas, const Path& path, ActionId action,
                         std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& [key, child] : value.members()) {
    const std::string name(key->text());
    bool lists = false;
    bool declared = false;
    bool write_only = false;
    Schemas below;
    for (const Node* schema : schemas) {
      const Node* properties = schema->find("properties");
      const Node* patterns = schema->find("patternProperties");
      const Node* additional = schema->find("additionalProperties");
      const Node* required = schema->find("required");
      lists = lists || properties != nullptr || patterns != nullptr || is_false(additional);
      bool covered = false;
      const auto take = [&](const Node& node) {
        covered = true;
        below.push_back(&node);
        write_only = write_only || is_write_only(node);
      };
      if (properties != nullptr && properties->find(name) != nullptr) take(*properties->find(name));
      if (patterns != nullptr) {
        for (const auto& [pattern, node] : patterns->members()) {
          if (regex::Pattern::compile(pattern->text())->matches(name)) take(*node);
        }
      }
      if (!covered && additional != nullptr && !is_false(additional)) take(*additional);
      if (required != nullptr) {
        for (const Node* wanted : required->items()) covered = covered || wanted->text() == name;
      }
      declared = declared || covered;
    }
    if (plan_.strip && ((lists && !declared) || write_only)) continue;
    Path there = path;
    there.tokens.push_back(name);
    const std::uint8_t label = label_of_name(name);
    const ActionId next = action_at(there, label, action);
    if (next != kNoAction && plan_.actions[next].kind == Action::Kind::kDrop) continue;
    if (!first) out += ',';
    first = false;
    json::append_string(out, name);
    out += ':';
    write(*child, below, there, next, out);
  }
  out += '}';
}

void Model::write(const Node& value, const Schemas& said, const Path& path, ActionId action, std::string& out) {
  Schemas schemas;
  for (const Node* schema : said) applicable(*schema, value, schemas);
  if (value.is_object()) return write_object(value, schemas, path, action, out);
  if (value.is_array()) {
    out += '[';
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      if (i > 0) out += ',';
      Schemas below;
      for (const Node* schema : schemas) {
        const Node* prefix = schema->find("prefixItems");
        const Node* items = schema->find("items");
        if (prefix != nullptr && i < prefix->items().size()) {
          below.push_back(prefix->items()[i]);
        } else if (items != nullptr) {
          below.push_back(items);
        }
      }
      Path there = path;
      there.tokens.push_back(std::to_string(i));
      write(*value.items()[i], below, there, action_at(there, 0, action), out);
    }
    out += ']';
    return;
  }
  const bool touched = action != kNoAction && (value.is_string() || value.is_number());
  if (touched && plan_.actions[action].kind == Action::Kind::kMask) {
    if (value.is_number()) {
      out += '0';
    } else {
      append_masked(out, value.text(), plan_.actions[action]);
    }
  } else if (touched && plan_.actions[action].kind == Action::Kind::kRound &&
             (value.is_number() || is_number(value.text()))) {
    if (value.is_string()) out += '"';
    append_rounded(out, value.text(), plan_.actions[action].decimals);
    if (value.is_string()) out += '"';
  } else {
    out += reference::to_json(value);
  }
}

std::string Model::repaired(const Node& instance) {
  std::string out;
  write(instance, {&root_}, {}, kNoAction, out);
  return out;
}

}  // namespace portico::repair
