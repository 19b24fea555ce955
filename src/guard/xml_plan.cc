#include "guard/xml_plan.h"

#include <algorithm>
#include <unordered_map>

#include "guard/schema_shape.h"

namespace portico::guard {
namespace {

using json::Node;

constexpr std::size_t kMostShapes = 200'000;

// What a schema's XML Object says; `xml` may be null.
struct XmlObject {
  explicit XmlObject(const Node* xml) {
    if (xml == nullptr) return;
    const std::string_view node_type = xml->text_of("nodeType");
    name = {.local = xml->text_of("name"), .space = xml->text_of("namespace")};
    name.is_in_any_space = name.space.empty() && !xml->text_of("prefix").empty();
    const Node* flag = xml->find("attribute");
    is_attribute = (flag != nullptr && flag->is_true()) || node_type == "attribute";
    flag = xml->find("wrapped");
    is_wrapped = (flag != nullptr && flag->is_true()) || node_type == "element";
    is_text = node_type == "text" || node_type == "cdata";
  }

  XmlName named(std::string_view otherwise) const {
    XmlName out = name;
    if (out.local.empty()) out.local = otherwise;
    return out;
  }

  XmlName name;
  bool is_attribute = false;
  bool is_wrapped = false;
  bool is_text = false;
};

}  // namespace

struct XmlPlanner::State {
 public:
  explicit State(const contract::Contract& contract) : contract_(contract) {}

  XmlPlan make(const Node& schema) {
    XmlPlan plan{.shapes = shapes_, .root = xml_of(schema).named(component_name(schema))};
    plan.first = shape_index(schema, plan.root);
    // A list instead of recursion: schemas may be deep.
    for (; next_ < pending_.size(); ++next_) {
      XmlShape made = shape(Pending(pending_[next_]));
      (*shapes_)[next_] = std::move(made);
    }
    return plan;
  }

 private:
  struct Pending {
    const Node* schema = nullptr;
    XmlName name;  // of its element: what an array's items are called where nothing else is said
  };

  // Beside a reference (3.1), or where it leads.
  XmlObject xml_of(const Node& schema) const {
    const Node* xml = schema.find("xml");
    if (xml == nullptr) {
      const Node* end = contract_.resolve(schema);
      xml = end == nullptr ? nullptr : end->find("xml");
    }
    return XmlObject(xml);
  }

  static std::string_view component_name(const Node& schema) {
    const std::string_view reference = schema.text_of("$ref");
    for (const std::string_view folder : {"/components/schemas/", "/definitions/"}) {
      const auto at = reference.rfind(folder);
      if (at == std::string_view::npos) continue;
      const auto name = reference.substr(at + folder.size());
      if (name.find_first_of("/~%") == std::string_view::npos) return name;
    }
    return {};
  }

  std::uint32_t shape_index(const Node& schema, const XmlName& name) {
    const Node* end = contract_.resolve(schema);
    if (end == nullptr || !end->is_object() || pending_.size() == kMostShapes) return XmlShape::kAny;
    // One schema under two names differs only in what its items are called.
    auto& known = indexes_[end];
    for (const std::uint32_t index : known) {
      if (pending_[index].name.local == name.local && pending_[index].name.space == name.space) return index;
    }
    const auto index = static_cast<std::uint32_t>(pending_.size());
    known.push_back(index);
    pending_.push_back({&schema, name});
    shapes_->emplace_back();
    return index;
  }

  XmlShape shape(const Pending& of) {
    const SchemaShape facts = shape_of(contract_, *of.schema);
    XmlShape made{.types = facts.types};
    if (facts.types == schema::kTypeAny && !facts.properties.empty()) made.types = schema::kTypeObject;
    if (facts.types == schema::kTypeAny && facts.items != nullptr) made.types = schema::kTypeArray;
    if (facts.items != nullptr) {
      made.item_name = xml_of(*facts.items).named(of.name.local);
      made.items = shape_index(*facts.items, made.item_name);
    }
    if (facts.additional != nullptr) made.additional = shape_index(*facts.additional, {});
    for (const auto& [key, schema] : facts.properties) {
      const XmlProperty added = property(key, *schema);
      const auto local = [](const XmlProperty& p) { return p.name.local; };
      const auto at = std::ranges::upper_bound(made.properties, added.name.local, {}, local);
      made.properties.insert(at, added);
    }
    return made;
  }

  XmlProperty property(std::string_view key, const Node& schema) {
    const XmlObject xml = xml_of(schema);
    XmlProperty made{.key = key, .name = xml.named(key)};
    if (xml.is_attribute) made.node = XmlProperty::Node::kAttribute;
    if (xml.is_text) made.node = XmlProperty::Node::kText;
    made.shape = shape_index(schema, made.name);
    const SchemaShape facts = shape_of(contract_, schema);
    const bool is_array = facts.types == schema::kTypeAny ? facts.items != nullptr && facts.properties.empty()
                                                          : (facts.types & schema::kTypeArray) != 0;
    made.is_repeated = is_array && !xml.is_wrapped && made.node == XmlProperty::Node::kElement;
    if (made.is_repeated && facts.items != nullptr) made.name = xml_of(*facts.items).named(made.name.local);
    return made;
  }

  const contract::Contract& contract_;
  std::vector<Pending> pending_;
  std::shared_ptr<XmlShapes> shapes_ = std::make_shared<XmlShapes>();
  std::size_t next_ = 0;  // the first of `pending_` that has no shape yet
  std::unordered_map<const Node*, std::vector<std::uint32_t>> indexes_;
};

XmlPlanner::XmlPlanner(const contract::Contract& contract) : state_(std::make_unique<State>(contract)) {}
XmlPlanner::~XmlPlanner() = default;
XmlPlanner::XmlPlanner(XmlPlanner&&) noexcept = default;
XmlPlanner& XmlPlanner::operator=(XmlPlanner&&) noexcept = default;

XmlPlan XmlPlanner::plan(const Node& schema) { return state_->make(schema); }

}  // namespace portico::guard
