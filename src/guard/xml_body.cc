#include "guard/xml_body.h"

#include <algorithm>

namespace portico::guard {
namespace {

using schema::TypeMask;
using xml::Element;

constexpr std::string_view kInstanceSpace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::uint32_t kUndeclared = UINT32_MAX;
// Names of undeclared elements are compared with one another.
constexpr std::size_t kMaxUndeclared = 256;
constexpr TypeMask kScalars =
    schema::kTypeNull | schema::kTypeBoolean | schema::kTypeInteger | schema::kTypeNumber | schema::kTypeString;

std::string_view trim_blank(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

}  // namespace

std::string_view XmlDecoder::decode(const XmlPlan& plan, const xml::Document& document, Typing& typing,
                                    json::TapeBuilder& builder) {
  plan_ = &plan;
  document_ = &document;
  builder_ = &builder;
  typing_ = &typing;
  problem_ = {};
  first_.clear();
  owners_.resize(document.elements().size());
  next_.resize(document.elements().size());
  const Element& root = document.elements().front();
  if (!is_named(plan.root, root.name, {})) {
    fail("xml-root");
  } else {
    value(shape(plan.first), root);
  }
  return problem_;
}

bool XmlDecoder::fail(std::string_view problem) {
  if (problem_.empty()) problem_ = problem;
  return false;
}

const XmlShape& XmlDecoder::shape(std::uint32_t index) const {
  static const XmlShape kAny;
  return index == XmlShape::kAny ? kAny : (*plan_->shapes)[index];
}

bool XmlDecoder::is_named(const XmlName& declared, const xml::Name& name, std::string_view parent_space) const {
  if (!declared.local.empty() && document_->text(name.local) != declared.local) return false;
  const std::string_view space = document_->text(name.space);
  return declared.is_in_any_space || space == declared.space ||
         (declared.space.empty() && (space == parent_space || declared.local.empty()));
}

const XmlProperty* XmlDecoder::property(const XmlShape& shape, XmlProperty::Node node, const xml::Name& name,
                                        std::string_view parent_space) const {
  const auto local = [](const XmlProperty& p) { return p.name.local; };
  const auto candidates = std::ranges::equal_range(shape.properties, document_->text(name.local), {}, local);
  const auto found = std::ranges::find_if(candidates, [&](const XmlProperty& candidate) {
    return candidate.node == node && is_named(candidate.name, name, parent_space);
  });
  return found == candidates.end() ? nullptr : &*found;
}

bool XmlDecoder::is_nil(const xml::Attribute& attribute) const {
  return document_->text(attribute.name.local) == "nil" && document_->text(attribute.name.space) == kInstanceSpace;
}

// Must never be the key of a declared property, or a message could set that by another name than the contract gives it;
// and different names have different keys.
std::string_view XmlDecoder::undeclared_key(const XmlShape& shape, const xml::Name& name, std::string_view plain_space,
                                            bool is_attribute) {
  const std::string_view local = document_->text(name.local);
  const std::string_view space = document_->text(name.space);
  key_ = is_attribute ? "@" : "";
  key_ += local;
  const bool is_declared = std::ranges::find(shape.properties, key_, &XmlProperty::key) != shape.properties.end();
  if (!is_declared && space == plain_space) return key_;
  key_ = is_attribute ? "@{" : "{";
  key_ += space;
  key_ += '}';
  key_ += local;
  return key_;
}

void XmlDecoder::scalar(const XmlShape& shape, std::string_view text) {
  // White space around a number is not part of it (XML Schema, whiteSpace "collapse"); of a text it is.
  append_typed(*builder_, shape.types, trim_blank(text), text, *typing_);
}

bool XmlDecoder::array(const XmlShape& shape, const Element& wrapper) {
  if (wrapper.is_mixed || wrapper.attribute_count != 0 ||
      (wrapper.child_count == 0 && !xml::is_blank(document_->text(wrapper.text)))) {
    return fail("xml-array");
  }
  builder_->begin_array();
  const std::string_view space = document_->text(wrapper.name.space);
  for (auto child = wrapper.first_child; child != Element::kNone; child = document_->elements()[child].next_sibling) {
    const Element& item = document_->elements()[child];
    if (!is_named(shape.item_name, item.name, space)) return fail("xml-array");
    if (!value(this->shape(shape.items), item)) return false;
  }
  builder_->end_array();
  return true;
}

bool XmlDecoder::value(const XmlShape& shape, const Element& element) {
  const auto attributes = document_->attributes(element);
  const auto nil = std::ranges::find_if(attributes, [&](const auto& attribute) { return is_nil(attribute); });
  if (nil != attributes.end() && (shape.types & schema::kTypeNull) != 0 &&
      trim_blank(document_->text(nil->value)) == "true") {
    if (attributes.size() != 1 || element.child_count != 0 || !document_->text(element.text).empty()) {
      return fail("xml-nil");
    }
    builder_->null();
    return true;
  }
  const bool has_structure = element.child_count != 0 || element.attribute_count != 0;
  if ((shape.types & schema::kTypeArray) != 0 && (shape.types != schema::kTypeAny || shape.items != XmlShape::kAny)) {
    return array(shape, element);
  }
  if (has_structure || ((shape.types & schema::kTypeObject) != 0 && (shape.types & kScalars) == 0)) {
    return object(shape, element);
  }
  scalar(shape, document_->text(element.text));
  return true;
}

void XmlDecoder::attributes(const XmlShape& shape, const Element& element) {
  for (const xml::Attribute& attribute : document_->attributes(element)) {
    const XmlProperty* declared = property(shape, XmlProperty::Node::kAttribute, attribute.name, {});
    builder_->key(declared != nullptr ? declared->key : undeclared_key(shape, attribute.name, {}, true));
    scalar(this->shape(declared != nullptr ? declared->shape : XmlShape::kAny), document_->text(attribute.value));
  }
}

// The elements of one property.
bool XmlDecoder::group(const XmlProperty& property, std::uint32_t first) {
  builder_->key(property.key);
  const XmlShape& declared = shape(property.shape);
  if (!property.is_repeated) {
    if (next_[first] != Element::kNone) return fail("xml-repeated");
    return value(declared, document_->elements()[first]);
  }
  builder_->begin_array();
  for (auto item = first; item != Element::kNone; item = next_[item]) {
    if (!value(shape(declared.items), document_->elements()[item])) return false;
  }
  builder_->end_array();
  return true;
}

// Elements that no property declares, by name; several of one name are an array.
bool XmlDecoder::undeclared(const XmlShape& parent, const Element& element) {
  const auto& elements = document_->elements();
  const auto same_name = [&](const xml::Name& a, const xml::Name& b) {
    return document_->text(a.local) == document_->text(b.local) && document_->text(a.space) == document_->text(b.space);
  };
  std::size_t count = 0;
  for (auto child = element.first_child; child != Element::kNone; child = elements[child].next_sibling) {
    if (owners_[child] != kUndeclared) continue;
    if (++count > kMaxUndeclared) return fail("xml-undeclared-limit");
    next_[child] = Element::kNone;
    bool is_first = true;
    for (auto other = element.first_child; other != child && is_first; other = elements[other].next_sibling) {
      is_first = owners_[other] != kUndeclared || !same_name(elements[other].name, elements[child].name);
    }
    if (!is_first) continue;
    std::uint32_t last = child;
    for (auto other = elements[child].next_sibling; other != Element::kNone; other = elements[other].next_sibling) {
      if (owners_[other] != kUndeclared || !same_name(elements[other].name, elements[child].name)) continue;
      last = next_[last] = other;
      next_[last] = Element::kNone;
    }
    builder_->key(undeclared_key(parent, elements[child].name, document_->text(element.name.space), false));
    const bool repeated = next_[child] != Element::kNone;
    if (repeated) builder_->begin_array();
    for (auto item = child; item != Element::kNone; item = next_[item]) {
      if (!value(shape(parent.additional), elements[item])) return false;
    }
    if (repeated) builder_->end_array();
  }
  return true;
}

bool XmlDecoder::children(const XmlShape& shape, const Element& element) {
  const auto& elements = document_->elements();
  const std::string_view space = document_->text(element.name.space);
  // Heads and ends of the lists of each property's elements, in document order.
  const std::size_t base = first_.size();
  const std::size_t properties = shape.properties.size();
  first_.resize(base + 2 * properties, Element::kNone);
  for (auto child = element.first_child; child != Element::kNone; child = elements[child].next_sibling) {
    const XmlProperty* declared = property(shape, XmlProperty::Node::kElement, elements[child].name, space);
    owners_[child] = kUndeclared;
    if (declared == nullptr) continue;
    const auto index = static_cast<std::size_t>(declared - shape.properties.data());
    owners_[child] = static_cast<std::uint32_t>(index);
    next_[child] = Element::kNone;
    std::uint32_t& last = first_[base + properties + index];
    (last == Element::kNone ? first_[base + index] : next_[last]) = child;
    last = child;
  }
  bool good = true;
  for (auto child = element.first_child; good && child != Element::kNone; child = elements[child].next_sibling) {
    const auto owner = owners_[child];
    if (owner == kUndeclared || first_[base + owner] != child) continue;
    good = group(shape.properties[owner], child);
  }
  good = good && undeclared(shape, element);
  first_.resize(base);
  return good;
}

bool XmlDecoder::object(const XmlShape& shape, const Element& element) {
  builder_->begin_object();
  attributes(shape, element);
  const std::string_view text = document_->text(element.text);
  const bool has_text = element.is_mixed || (element.child_count == 0 && !xml::is_blank(text));
  const auto declared = std::ranges::find(shape.properties, XmlProperty::Node::kText, &XmlProperty::node);
  if (has_text && (element.is_mixed || declared == shape.properties.end())) return fail("xml-text");
  if (declared != shape.properties.end() && element.child_count == 0) {
    builder_->key(declared->key);
    scalar(this->shape(declared->shape), text);
  }
  if (!children(shape, element)) return false;
  builder_->end_object();
  return true;
}

}  // namespace portico::guard
