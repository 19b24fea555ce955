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
#include <memory>
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

using XmlShapes = std::vector<XmlShape>;

struct XmlPlan {
  std::shared_ptr<const XmlShapes> shapes;  // of the whole contract; null: nothing is known
  std::uint32_t first = XmlShape::kAny;     // the root's
  XmlName root;
};

// Makes plans of one contract, which share their shapes: a component that many bodies refer to is read once. Views
// point into the contract. Schemas beyond some hundred thousands are read as anything, which the compiled schema then
// judges.
class XmlPlanner {
 public:
  explicit XmlPlanner(const contract::Contract& contract);
  ~XmlPlanner();
  XmlPlanner(XmlPlanner&&) noexcept;
  XmlPlanner& operator=(XmlPlanner&&) noexcept;

  // Earlier plans may be used again once the last one is made.
  XmlPlan plan(const json::Node& schema);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portico::guard
