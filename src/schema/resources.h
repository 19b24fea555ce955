// Where schemas are: documents, the resources that `$id` makes inside them, anchors, and what a reference leads to.
//
// A document is framed (walked once for identifiers) when the first reference or root leads into it. In schema
// documents only places that can hold subschemas are walked, so that an "$id" inside an enum identifies nothing; in
// OpenAPI documents, whose schemas stand in many places, all but examples, enums and extensions.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "json/tree.h"
#include "schema/keyword.h"

namespace portico::schema {

using ResourceId = std::uint32_t;

struct Resource {
  struct Anchor {
    const json::Node* node = nullptr;
    std::string pointer;  // from the document's root
    bool dynamic = false;
  };
  std::string uri;      // absolute, without fragment
  std::string pointer;  // of its root, from the document's root
  const json::Node* root = nullptr;
  const Rules* rules = nullptr;
  std::map<std::string, Anchor, std::less<>> anchors;  // `$recursiveAnchor: true` is the dynamic anchor ""
};

// A schema as found: the node, and the resource that its references are relative to.
struct Target {
  const json::Node* node = nullptr;
  ResourceId resource = 0;
  std::string pointer;         // from the document's root
  std::string_view dynamic{};  // the dynamic anchor that the reference named, if it named one
  bool is_dynamic = false;
};

class Resources {
 public:
  Resources(Environment environment, Dialect dialect);

  // The resource that `schema` belongs to as a root of compilation.
  Result<Target> locate(const json::Node& schema);

  // What `reference`, written at `from` in `base`, leads to. Documents are loaded as needed.
  Result<Target> resolve(ResourceId base, std::string_view reference, const json::Node& from);

  // The resource of a subschema that is reached from its parent's: itself a resource when it has an identifier.
  ResourceId resource_of(const json::Node& schema, ResourceId parent) const;

  const Resource& operator[](ResourceId id) const { return resources_[id]; }
  Place place(const json::Node& node) const;

 private:
  Result<ResourceId> frame(const json::Node& root, std::string uri, const Rules* rules);
  Result<void> frame_schemas(const json::Node& root, ResourceId resource);
  Result<void> frame_anywhere(const json::Node& root, ResourceId resource);
  // Enters what one schema object identifies; returns the resource that holds for what is inside it.
  Result<ResourceId> enter(const json::Node& schema, ResourceId resource, const std::string& pointer, bool is_root);
  Result<const Rules*> rules_for(const json::Node& schema, const Rules* inherited);
  Result<const Rules*> rules_of_meta_schema(std::string_view uri, const json::Node& from);
  Result<const json::Node*> document(std::string_view uri, const json::Node& from);
  Result<Target> by_pointer(ResourceId resource, std::string_view pointer, std::string_view reference,
                            const json::Node& from) const;
  std::unexpected<Error> unresolved(std::string_view reference, std::string_view why, const json::Node& from) const;

  Environment environment_;
  const Rules* default_rules_;
  std::deque<Resource> resources_;
  std::deque<Rules> custom_rules_;
  std::map<std::string, const Rules*, std::less<>> rules_by_meta_schema_;
  std::unordered_map<std::string, ResourceId> by_uri_;
  std::unordered_map<const json::Node*, ResourceId> by_root_;  // resources with an identifier of their own
};

}  // namespace portico::schema
