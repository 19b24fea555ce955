// A document with some places changed, as JSON text: how a case makes one defect in a clean contract.
#pragma once

#include <string>
#include <string_view>

#include "case_json.h"
#include "json/pointer.h"
#include "json/tree.h"
#include "json/writer.h"

namespace portico::cases {

class ChangedDocument {
 public:
  // `set` maps JSON Pointers to values: of members and elements that are there, of members that are to be added, and
  // ("/list/-") of elements that are to be appended. `remove` lists pointers. Either may be null.
  ChangedDocument(const json::Node* set, const json::Node* remove) : set_(set), remove_(remove) {}

  std::string apply(const json::Node& root) {
    std::string out;
    json::Writer writer(out);
    write(root, "", writer);
    return out;
  }

 private:
  void write(const json::Node& node, const std::string& pointer, json::Writer& writer) {
    if (const json::Node* value = set_ == nullptr ? nullptr : set_->find(pointer)) {
      write_node(*value, writer);
      return;
    }
    if (node.is_object()) {
      write_object(node, pointer, writer);
    } else if (node.is_array()) {
      writer.begin_array();
      std::size_t index = 0;
      for (const json::Node* item : node.items()) {
        const std::string at = pointer + "/" + std::to_string(index++);
        if (!is_removed(at)) write(*item, at, writer);
      }
      if (const json::Node* value = set_ == nullptr ? nullptr : set_->find(pointer + "/-")) write_node(*value, writer);
      writer.end_array();
    } else {
      write_node(node, writer);
    }
  }

  void write_object(const json::Node& node, const std::string& pointer, json::Writer& writer) {
    writer.begin_object();
    for (const auto& [key, value] : node.members()) {
      std::string at = pointer;
      json::append_token(at, key->text());
      if (is_removed(at)) continue;
      writer.key(key->text());
      write(*value, at, writer);
    }
    if (set_ != nullptr) {
      for (const auto& [key, value] : set_->members()) {
        const auto slash = key->text().rfind('/');
        if (slash == std::string_view::npos || key->text().substr(0, slash) != pointer) continue;
        const std::string name = json::unescape_token(key->text().substr(slash + 1));
        if (node.find(name) != nullptr) continue;
        writer.key(name);
        write_node(*value, writer);
      }
    }
    writer.end_object();
  }

  bool is_removed(std::string_view pointer) const {
    if (remove_ == nullptr) return false;
    for (const json::Node* item : remove_->items()) {
      if (item->text() == pointer) return true;
    }
    return false;
  }

  const json::Node* set_;
  const json::Node* remove_;
};

}  // namespace portico::cases
