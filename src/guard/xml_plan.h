// How XML becomes the value that a schema describes: OpenAPI's XML Object (name, namespace, prefix, attribute, wrapped;
// 3.2's nodeType), read off the schema before traffic comes.
//
// Names follow the standard's examples: an element is called by its `xml.name`, else by its property; a root element
// by its `xml.name`, else by its component, else anything. A wrapped array has an element of its own around its items,
// which bear the items' `xml.name` or else the wrapper's name. An element without a declared namespace is in none, or
// in its parent's (as a default namespace makes it). A prefix means nothing; one that is declared without a namespace
// leaves the namespace open.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "contract/model.h"
#include "schema/compile.h"

namespace portico::guard {

struct XmlName {
  std::string_view local;        // empty: any
  std::string_view space;        // empty: none, or the parent's
  bool is_in_any_space = false;  // a prefix is declared, and no namespace
};

struct XmlProperty {
  enum class Node : std::uint8_t { kElement, kAttribute, kText };

  std::string_view key;  // of the value
  XmlName name;          // of the element: of each item, where an array is not wrapped
  Node node = Node::kElement;
  bool is_repeated = false;  // an array that is not wrapped
  std::uint32_t shape = 0;
};

// One schema. Schemas may refer to each other in circles, so they refer by index.
struct XmlShape {
  static constexpr std::uint32_t kAny = std::numeric_limits<std::uint32_t>::max();

  schema::TypeMask types = schema::kTypeAny;
  std::vector<XmlProperty> properties;  // by local name
  XmlName item_name;                    // of an array's items
  std::uint32_t items = kAny;
  std::uint32_t additional = kAny;
};

struct XmlPlan {
  std::vector<XmlShape> shapes;  // the first is the root's; empty: nothing is known
  XmlName root;
};

// Views point into the contract. Schemas beyond some thousands are read as anything.
XmlPlan make_xml_plan(const contract::Contract& contract, const json::Node& schema);

}  // namespace portico::guard
