#include "audit/node_paths.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "json/pointer.h"

namespace portico::audit {
namespace {

using json::Node;

// "/orders/{id}/items" and "/orders/{orderId}/items" are the same path to the client.
std::string without_variable_names(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == '}') inside = false;
    if (!inside) out += c;
    if (c == '{') inside = true;
  }
  return out;
}

bool is_method(std::string_view key) {
  std::string upper(key);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return upper != key && contract::method_of(upper).has_value();
}

std::string requirement_name(const Node& requirement) {
  std::vector<std::string> schemes;
  for (const json::Member& member : requirement.members()) schemes.emplace_back(member.key->text());
  if (schemes.empty()) return "{}";
  std::ranges::sort(schemes);
  std::string out;
  for (const auto& scheme : schemes) out += (out.empty() ? "" : "+") + scheme;
  return out;
}

// The name of a list's element that survives insertions before it.
std::string element_name(std::string_view list, const Node& element, std::size_t index) {
  if (const auto reference = element.text_of("$ref"); !reference.empty()) return std::string(reference);
  const auto text = [&](std::string_view key) { return std::string(element.text_of(key)); };
  if (list == "parameters" && !text("name").empty()) return text("in") + ":" + text("name");
  if (list == "servers" && !text("url").empty()) return text("url");
  if (list == "security" && element.is_object()) return requirement_name(element);
  if (list == "tags" && !text("name").empty()) return text("name");
  if (list != "enum" && list != "examples" && !text("title").empty()) return text("title");
  return std::to_string(index);
}

class Walk {
 public:
  Walk(const contract::Contract& contract, std::span<const Node* const> nodes) : contract_(&contract) {
    for (const Node* node : nodes) wanted_.try_emplace(node);
    left_ = wanted_.size();
  }

  std::unordered_map<const Node*, NodePath> run() {
    walk_documents();
    if (left_ != 0) {
      // Made by the loader: what OpenAPI 2.0 says in other words. Such a node has the place of the one it stands for.
      for (const auto& [node, path] : wanted_) {
        if (path.place.line == 0) made_[mark_of(*node)].push_back(node);
      }
      walk_documents();
    }
    std::erase_if(wanted_, [](const auto& entry) { return entry.second.place.line == 0; });
    return std::move(wanted_);
  }

 private:
  struct Step {
    const Node* parent;
    const Node* key;  // null for an element of a list
    std::size_t index;
    const Node* value;
  };

  using PlaceMark = std::tuple<std::string_view, std::uint32_t, std::uint32_t>;

  PlaceMark mark_of(const Node& node) const {
    return {contract_->documents->of(node).name, node.line(), node.column()};
  }

  void walk_documents() {
    for (const json::Document& document : *contract_->documents) {
      if (document.root == nullptr || left_ == 0) continue;
      document_ = &document;
      path_.clear();
      visit(*document.root, nullptr);
    }
  }

  void visit(const Node& node, const Node* key) {
    note(&node, node, key);
    if (!made_.empty()) {
      if (const auto found = made_.find(mark_of(node)); found != made_.end()) {
        for (const Node* made : found->second) note(made, node, key);
      }
    }
    if (left_ == 0) return;
    std::size_t index = 0;
    for (const json::Member& member : node.members()) {
      path_.push_back({&node, member.key, index++, member.value});
      visit(*member.value, member.key);
      path_.pop_back();
    }
    for (const Node* item : node.items()) {
      path_.push_back({&node, nullptr, index++, item});
      visit(*item, nullptr);
      path_.pop_back();
    }
  }

  // `wanted` is where `node` is, being the node itself or one that was made for it.
  void note(const Node* wanted, const Node& node, const Node* key) {
    const auto found = wanted_.find(wanted);
    if (found == wanted_.end() || found->second.place.line != 0) return;
    found->second = {.place = contract_->place(key == nullptr ? node : *key),
                     .pointer = pointer(),
                     .meaning = meaning(),
                     .order = ++order_};
    --left_;
  }

  std::string pointer() const {
    std::string out;
    for (const Step& step : path_) {
      json::append_token(out, step.key != nullptr ? step.key->text() : std::to_string(step.index));
    }
    return out;
  }

  std::vector<std::string> meaning() const {
    std::vector<std::string> parts;
    std::size_t next = 0;
    if (document_->index != 0) {
      parts.push_back(relative_name());
    } else if (path_.size() >= 2 && path_[0].key->text() == "paths" && path_[1].key != nullptr) {
      next = append_operation(parts);
    }
    for (; next < path_.size(); ++next) {
      const Step& step = path_[next];
      const auto list = next == 0 || path_[next - 1].key == nullptr ? std::string_view() : path_[next - 1].key->text();
      parts.push_back(step.key != nullptr ? std::string(step.key->text())
                                          : element_name(list, *step.value, step.index));
    }
    return parts;
  }

  // How many steps are said by it.
  std::size_t append_operation(std::vector<std::string>& parts) const {
    const auto path = without_variable_names(path_[1].key->text());
    if (path_.size() < 3 || path_[2].key == nullptr || !is_method(path_[2].key->text())) {
      parts.insert(parts.end(), {"path", path});
      return 2;
    }
    const auto id = path_[2].value->text_of("operationId");
    std::string method(path_[2].key->text());
    std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 32); });
    parts.insert(parts.end(), {"operation", id.empty() ? method + " " + path : std::string(id)});
    return 3;
  }

  std::string relative_name() const {
    const json::Document& first = (*contract_->documents)[0];
    const auto folder = std::filesystem::path(first.uri).parent_path();
    const auto relative = std::filesystem::path(document_->uri).lexically_relative(folder).string();
    return relative.empty() ? document_->name : relative;
  }

  const contract::Contract* contract_;
  const json::Document* document_ = nullptr;
  std::unordered_map<const Node*, NodePath> wanted_;
  std::map<PlaceMark, std::vector<const Node*>> made_;
  std::vector<Step> path_;
  std::size_t left_ = 0;
  std::uint32_t order_ = 0;
};

}  // namespace

std::unordered_map<const Node*, NodePath> find_paths(const contract::Contract& contract,
                                                     std::span<const Node* const> nodes) {
  return Walk(contract, nodes).run();
}

}  // namespace portico::audit
