// Schemas as the compiler sees them: numbered places, reached from their parents or through references, each with the
// resource and the dynamic scope that its own references are read in. Following `allOf` and references, a schema
// becomes the list of schema objects that must all hold: a conjunction.
//
// `$dynamicRef` is resolved here, at compile time: a schema reached under two scopes is two schemas. A scope is the
// dynamic anchors of the resources entered so far, the outermost of each name.
#pragma once

#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "schema/program.h"
#include "schema/resources.h"

namespace portico::schema {

using SchemaId = std::uint32_t;

struct SchemaInfo {
  const json::Node* node;
  ResourceId resource;
  std::uint32_t scope;
  std::uint32_t path;               // Tables::paths
  std::uint32_t parent_path;        // of the schema that holds it
  Keyword holder = Keyword::kNone;  // the keyword that holds it
};

struct Part {
  SchemaId id;
  Keywords keywords;
};

// What must all hold for a value.
struct Conjunction {
  std::vector<Part> parts;      // schema objects with something to say
  std::vector<SchemaId> calls;  // schemas that must be compiled apart: their unevaluated* sees their own parts only
  SchemaId never = kNoBlock;    // a schema that is `false`
};

class SchemaGraph {
 public:
  SchemaGraph(Environment environment, Dialect dialect, Tables& tables, std::uint32_t max_scopes);

  Result<SchemaId> root(const json::Node& schema);

  // A subschema of `parent`: under `holder`, or at `token` or `index` under it.
  SchemaId child(SchemaId parent, const json::Node& node, Keyword holder);
  SchemaId child(SchemaId parent, const json::Node& node, Keyword holder, std::string_view token);
  SchemaId child(SchemaId parent, const json::Node& node, Keyword holder, std::size_t index);

  // The schema itself, or what it leads to when it is nothing but a reference. Broken references stay as they are.
  SchemaId canonical(SchemaId id);

  Result<Conjunction> conjunction(std::span<const SchemaId> schemas);

  // Whether `keyword` is true in the schema itself, or in what it refers to or is made of by allOf.
  bool says(SchemaId id, Keyword keyword);

  const SchemaInfo& operator[](SchemaId id) const { return infos_[id]; }
  const Rules& rules(SchemaId id) const { return *resources_[infos_[id].resource].rules; }
  Keywords keywords(SchemaId id) const;
  Place place(SchemaId id) const { return resources_.place(*infos_[id].node); }
  Place place(const json::Node& node) const { return resources_.place(node); }

 private:
  struct Key {
    const json::Node* node;
    ResourceId resource;
    std::uint32_t scope;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct Anchor {
    const json::Node* node;
    ResourceId resource;
    std::string pointer;
  };
  using Scope = std::map<std::string, Anchor, std::less<>>;

  SchemaId child_at(SchemaId parent, const json::Node& node, Keyword holder, std::string_view token, bool has_token);
  SchemaId find_or_add(const json::Node& node, ResourceId resource, std::uint32_t scope, std::uint32_t parent_path,
                       Keyword holder, std::string_view token, bool has_token);
  Result<SchemaId> target(const Target& found, std::uint32_t scope);
  Result<SchemaId> follow(SchemaId from, Keyword keyword, const json::Node& reference);
  // The references and allOf members of a schema object, in order.
  Result<void> successors(SchemaId id, const Keywords& keywords, std::vector<SchemaId>& out);
  Result<std::uint32_t> entered(std::uint32_t scope, ResourceId resource);
  std::uint32_t add_step(std::uint32_t parent, std::string_view token);
  std::uint32_t path_of_pointer(std::string_view pointer);

  Resources resources_;
  Tables& tables_;
  std::uint32_t max_scopes_;
  std::vector<SchemaInfo> infos_;
  std::unordered_map<Key, SchemaId, KeyHash> ids_;
  std::vector<SchemaId> canonical_;  // one a schema; kNoBlock: not known yet
  std::vector<Scope> scopes_;
  std::map<std::pair<std::uint32_t, ResourceId>, std::uint32_t> entered_;
  std::vector<std::uint32_t> keyword_steps_;  // Keyword to the place of its name in Tables::texts
  // Marks of the conjunction being made, one a schema: on the path from its root, or done.
  std::vector<std::uint32_t> on_path_;
  std::vector<std::uint32_t> done_;
  std::uint32_t generation_ = 0;
};

}  // namespace portico::schema
