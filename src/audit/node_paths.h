// Where nodes are: nodes know their line but not their parents, so the paths of those that findings are about are
// gathered afterwards in one walk over the documents.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "contract/model.h"

namespace portico::audit {

struct NodePath {
  Place place;          // of the key that names the node, where there is one: the line that people look for
  std::string pointer;  // JSON Pointer (RFC 6901) within its document
  std::vector<std::string> meaning;  // the semantic path of docs/formats/fingerprint.md
  std::uint32_t order = 0;           // of the walk: document order
};

// The paths of `nodes`. A node that is used at several places (a YAML alias) has the path of the first. Nodes that are
// in no document (made by the loader for OpenAPI 2.0) have no entry.
std::unordered_map<const json::Node*, NodePath> find_paths(const contract::Contract& contract,
                                                           std::span<const json::Node* const> nodes);

}  // namespace portico::audit
