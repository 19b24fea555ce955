// xml/ is the language of XML, for bodies of messages: one document to a flat list of elements, strictly. libexpat does
// the parsing (XML 1.0, Namespaces in XML); what could make two readers differ, or make one work for an attacker, is
// refused: document types (and with them every entity but the five), processing instructions, other encodings than
// UTF-8, comments beside text (some readers stop at them). Depth, elements and attributes are limited.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace portico::xml {

struct Limits {
  std::uint32_t depth = 64;
  std::uint32_t elements = 100'000;
  std::uint32_t attributes = 32;       // of one element
  std::uint32_t namespaces = 64;       // different ones in one document
  std::uint32_t namespace_size = 512;  // bytes of one namespace's name
};

enum class Problem : std::uint8_t {
  kNone,
  kSyntax,  // not well-formed, also with regard to namespaces
  kInvalidUtf8,
  kEncoding,               // declares another encoding or version than UTF-8 and 1.0
  kDocumentType,           // <!DOCTYPE
  kProcessingInstruction,  // <?
  kCommentInText,
  kDepth,
  kElementLimit,
  kAttributeLimit,
  kNamespaceLimit,
  kMemory,
};

// A stable reason in kebab-case: "xml-document-type".
std::string_view name(Problem problem);

// Names, values and texts are ranges of the document's text.
struct Range {
  std::uint32_t start = 0;
  std::uint32_t size = 0;
};

struct Name {
  Range space;  // namespace URI; empty: none
  Range local;
};

struct Attribute {
  Name name;
  Range value;
};

struct Element {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  Name name;
  Range text;  // character data before the first child; all of it where there are no children
  std::uint32_t first_attribute = 0;
  std::uint32_t attribute_count = 0;  // without namespace declarations
  std::uint32_t first_child = kNone;
  std::uint32_t next_sibling = kNone;
  std::uint32_t child_count = 0;
  bool is_mixed = false;  // has children and text that is more than white space
};

// One document. Element 0 is the root; children follow their parents, in document order.
class Document {
 public:
  std::span<const Element> elements() const { return elements_; }
  std::span<const Attribute> attributes(const Element& element) const {
    return std::span(attributes_).subspan(element.first_attribute, element.attribute_count);
  }
  std::string_view text(Range range) const { return std::string_view(text_).substr(range.start, range.size); }

 private:
  friend class Reader;
  std::vector<Element> elements_;
  std::vector<Attribute> attributes_;
  std::vector<Range> spaces_;  // each namespace once
  std::string text_;
};

// Reads documents one after another; buffers are kept. Not thread-safe. It never throws.
class Reader {
 public:
  Reader();
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  // The document stays valid until the next call.
  Problem read(std::string_view bytes, const Limits& limits = {});
  const Document& document() const { return document_; }

 private:
  class Handlers;
  struct Parser;
  std::unique_ptr<Parser> parser_;
  Document document_;
};

// Whether there is nothing but white space (XML 1.0, production 3).
bool is_blank(std::string_view text);

}  // namespace portico::xml
