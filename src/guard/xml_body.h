// An XML document to the value that its schema describes, by the plan of xml_plan.h.
//
// What the plan does not know becomes a property of its own, which the schema then refuses or lets pass: an undeclared
// element by its name, an undeclared attribute as "@name"; either as "{namespace}name" where the plain name would be
// taken for a declared one. Text is typed as that of parameters is. `xsi:nil="true"` is null where null may stand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/typed_text.h"
#include "guard/xml_plan.h"
#include "json/tape.h"
#include "xml/reader.h"

namespace portico::guard {

// Decodes one document after another; buffers are kept. Not thread-safe.
class XmlDecoder {
 public:
  // Appends the document's value. Empty, or what is wrong with it, in kebab-case; the builder then holds a part.
  std::string_view decode(const XmlPlan& plan, const xml::Document& document, Typing& typing,
                          json::TapeBuilder& builder);

 private:
  const XmlShape& shape(std::uint32_t index) const;
  const XmlProperty* property(const XmlShape& shape, XmlProperty::Node node, const xml::Name& name,
                              std::string_view parent_space) const;
  bool is_named(const XmlName& declared, const xml::Name& name, std::string_view parent_space) const;
  bool is_nil(const xml::Attribute& attribute) const;
  std::string_view undeclared_key(const XmlShape& shape, const xml::Name& name, std::string_view plain_space,
                                  bool is_attribute);

  bool value(const XmlShape& shape, const xml::Element& element);
  void scalar(const XmlShape& shape, std::string_view text);
  bool array(const XmlShape& shape, const xml::Element& wrapper);
  bool object(const XmlShape& shape, const xml::Element& element);
  void attributes(const XmlShape& shape, const xml::Element& element);
  bool children(const XmlShape& shape, const xml::Element& element);
  bool undeclared(const XmlShape& shape, const xml::Element& element);
  bool group(const XmlProperty& property, std::uint32_t first);
  bool fail(std::string_view problem);

  const XmlPlan* plan_ = nullptr;
  const xml::Document* document_ = nullptr;
  json::TapeBuilder* builder_ = nullptr;
  Typing* typing_ = nullptr;
  std::string_view problem_;
  std::string key_;
  std::vector<std::uint32_t> owners_;  // of each element: its property in its parent's shape
  std::vector<std::uint32_t> next_;    // of each element: the next one of the same property
  std::vector<std::uint32_t> first_;   // of the properties of the objects that are open
};

}  // namespace portico::guard
