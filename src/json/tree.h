// json/ is the language of JSON: trees that know their places (this header), strict parsing of documents
// (reader.h), simdjson's tape for traffic (tape.h), pointers (pointer.h) and writing (writer.h).
//
// A tree is what a contract, a policy or a schema is read into, from JSON or from YAML alike: both readers build the
// same nodes, so nothing above asks which of them a document came from. Every node knows its document, line and
// column. Nodes are immutable once built, live in their Document's arena, and may be shared (a YAML alias is the
// anchored node itself), so a tree is a graph without cycles. Reading from several threads is safe.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"

namespace portico::json {

enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// "null", "boolean", "number", "string", "array", "object".
std::string_view name(Kind kind);

class Node;

struct Member {
  const Node* key;  // always a string node; it has a place of its own
  const Node* value;
};

class Node {
 public:
  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_boolean() const { return kind_ == Kind::kBoolean; }
  bool is_number() const { return kind_ == Kind::kNumber; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_object() const { return kind_ == Kind::kObject; }

  // A string's value; a number's literal as RFC 8259 writes it, digits untouched; "true", "false" or "null".
  // Empty for arrays and objects.
  std::string_view text() const { return is_scalar() ? std::string_view(text_, size_) : std::string_view(); }

  // Whether this is the boolean `true`.
  bool is_true() const { return kind_ == Kind::kBoolean && size_ == 4; }

  // A number that is a whole number and fits, whatever its spelling (1.0 and 1e2 are whole); else nothing.
  std::optional<std::int64_t> integer() const;
  // A number, rounded to the nearest double; nothing for other kinds and beyond the range of double.
  std::optional<double> number() const;

  // Elements of an array, members of an object in document order; empty for other kinds.
  std::span<const Node* const> items() const {
    return kind_ == Kind::kArray ? std::span(items_, size_) : std::span<const Node* const>();
  }
  std::span<const Member> members() const {
    return kind_ == Kind::kObject ? std::span(members_, size_) : std::span<const Member>();
  }
  std::size_t size() const { return is_scalar() ? 0 : size_; }

  // The member of that name, or null: for a missing member and for nodes that are no objects. Logarithmic.
  const Member* find_member(std::string_view key) const;
  const Node* find(std::string_view key) const {
    const Member* member = find_member(key);
    return member == nullptr ? nullptr : member->value;
  }
  // The text of a string member, or empty.
  std::string_view text_of(std::string_view key) const {
    const Node* value = find(key);
    return value != nullptr && value->is_string() ? value->text() : std::string_view();
  }

  // Index of the node's document within its Documents; lines and columns count from 1.
  std::uint16_t document() const { return document_; }
  std::uint32_t line() const { return line_; }
  std::uint32_t column() const { return column_; }

 private:
  friend class TreeBuilder;
  Node() = default;
  bool is_scalar() const { return kind_ < Kind::kArray; }

  Kind kind_ = Kind::kNull;
  std::uint16_t document_ = 0;
  std::uint32_t line_ = 0;
  std::uint32_t column_ = 0;
  std::uint32_t size_ = 0;
  union {
    const char* text_ = nullptr;
    const Node* const* items_;
    const Member* members_;  // followed by the members' indexes sorted by key, once there are more than kLinear
  };
};

static_assert(sizeof(Node) == 24);

// Where a node starts.
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// What readers build trees with. Texts, items and members are copied into the arena.
class TreeBuilder {
 public:
  TreeBuilder(Arena& arena, std::uint16_t document) : arena_(&arena), document_(document) {}

  const Node* scalar(Kind kind, std::string_view text, Mark mark);
  const Node* array(std::span<const Node* const> items, Mark mark);

  // Null when two keys are equal; `duplicate` then holds the earlier and the later key.
  const Node* object(std::span<const Member> members, Mark mark, std::pair<const Node*, const Node*>& duplicate);

 private:
  Node* node(Kind kind, Mark mark);

  Arena* arena_;
  std::uint16_t document_;
};

struct Document {
  std::string name;  // how the user knows it: the path as given
  std::string uri;   // absolute, without fragment: what references inside it are relative to (RFC 3986, section 5.1)
  std::uint16_t index = 0;
  Arena arena{std::size_t{1} << 16};
  const Node* root = nullptr;
};

// All documents that belong to one contract or schema. Addresses stay valid while documents are added.
class Documents {
 public:
  // A new document without a root; its reader fills it in. At most 65,535 documents.
  Document& add(std::string name, std::string uri);

  const Document& operator[](std::size_t index) const { return documents_[index]; }
  const Document& of(const Node& node) const { return documents_[node.document()]; }
  Place place(const Node& node) const { return {of(node).name, node.line(), node.column()}; }
  const Document* find(std::string_view uri) const;
  std::size_t size() const { return documents_.size(); }
  auto begin() const { return documents_.begin(); }
  auto end() const { return documents_.end(); }

 private:
  std::deque<Document> documents_;
};

}  // namespace portico::json
