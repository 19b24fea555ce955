// Repairs that can be written without asking: what `portico audit --fix` proposes. A repair is a few edits of the
// document, named by JSON Pointers; they become an OpenAPI Overlay 1.0 (overlay.h) or changes of the file's own text
// (text_edit.h). Bounds are guesses from names and formats: what is proposed is to be read before it is taken.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/model.h"
#include "finding/finding.h"

namespace portico::audit {

struct Edit {
  enum class Kind : std::uint8_t { kSet, kRemove };
  Kind kind = Kind::kSet;
  std::string pointer;  // of the member or element, in the contract's first document
  std::string value;    // JSON, for kSet

  friend bool operator==(const Edit&, const Edit&) = default;
};

struct Repair {
  std::string reason;  // the rule's id
  std::vector<Edit> edits;
};

// Whether findings of the rule can be repaired, as a rule of thumb: a single one may not.
bool is_repairable(const finding::Rule& rule);

// The repairs of those findings that have one, in their order. Findings in other documents than the first have none,
// and of two repairs of one place the first counts.
std::vector<Repair> repairs_of(const contract::Contract& contract, std::span<const finding::Finding> findings);

}  // namespace portico::audit
