// Repairs written into a document's own text, YAML or JSON, in block or flow style: only the places change, so
// comments, order, quotes and line ends stay what their authors made them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/repair.h"
#include "json/tree.h"

namespace portico::audit {

struct EditedText {
  std::string text;
  std::vector<const Edit*> left;  // those whose place could not be written to: block scalars, keys in odd places
};

// `root` is what `text` was read into. Linear in the text but for the edits.
EditedText apply_edits(std::string_view text, const json::Node& root, std::span<const Edit> edits);

}  // namespace portico::audit
