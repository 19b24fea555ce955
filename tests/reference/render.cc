#include "reference/render.h"

#include "json/writer.h"

namespace portico::reference {
namespace {

void render(const json::Node& node, json::Writer& writer) {
  switch (node.kind()) {
    case json::Kind::kString: writer.string(node.text()); return;
    case json::Kind::kArray:
      writer.begin_array();
      for (const json::Node* item : node.items()) render(*item, writer);
      writer.end_array();
      return;
    case json::Kind::kObject:
      writer.begin_object();
      for (const auto& member : node.members()) {
        writer.key(member.key->text());
        render(*member.value, writer);
      }
      writer.end_object();
      return;
    default: writer.raw(node.text()); return;
  }
}

}  // namespace

std::string to_json(const json::Node& node) {
  std::string out;
  json::Writer writer(out);
  render(node, writer);
  return out;
}

}  // namespace portico::reference
