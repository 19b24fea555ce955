// A node of a case as JSON text: how a case's contract becomes a file, and its value is compared.
#pragma once

#include <string>

#include "json/tree.h"
#include "json/writer.h"

namespace portico::cases {

inline void write_node(const json::Node& node, json::Writer& writer) {
  switch (node.kind()) {
    case json::Kind::kString: writer.string(node.text()); break;
    case json::Kind::kArray:
      writer.begin_array();
      for (const json::Node* item : node.items()) write_node(*item, writer);
      writer.end_array();
      break;
    case json::Kind::kObject:
      writer.begin_object();
      for (const auto& [key, value] : node.members()) {
        writer.key(key->text());
        write_node(*value, writer);
      }
      writer.end_object();
      break;
    default: writer.raw(node.text()); break;
  }
}

// Appends.
inline void write_json(const json::Node& node, std::string& out) {
  json::Writer writer(out);
  write_node(node, writer);
}

}  // namespace portico::cases
