// yaml/ reads YAML documents into the same trees as json/ does. libyaml scans and parses; what its events mean is
// decided here.
//
// One document of YAML 1.2 with the core schema (YAML 1.2.2, section 10.3), limited to what JSON can say:
// - plain `on`, `yes` and dates are strings; `0o17` and `0x1F` become the decimal literals that JSON has for them,
//   `+1`, `.5`, `5.` and `007` lose what JSON does not know; `.inf` and `.nan`, which JSON has no numbers for, are
//   strings, and so refused wherever a number is wanted;
// - keys are scalars and always strings: `200:` and `"200":` are the same key, and so a duplicate;
// - duplicate keys are an Error naming both places;
// - an alias is the anchored node itself, shared; aliases that lead back into themselves are an Error; what an alias
//   stands for is counted at each use against the budget, so a bomb costs no more than any other document;
// - merge keys (`<<`, of YAML 1.1) are honoured: own keys win, then earlier mappings;
// - tags: those of the core schema, `!`, and `!!binary`, `!!timestamp` and `!!merge` (read as strings, as keys) are
//   honoured; all others are an Error, as no meaning is known;
// - several documents in a stream, other encodings than UTF-8 and an empty stream are Errors.
// JSON is nearly a subset of YAML, but not quite, and json/reader.h is faster: callers who do not know use
// read_document().
#pragma once

#include <string_view>

#include "base/result.h"
#include "json/reader.h"
#include "json/tree.h"

namespace portico::yaml {

// Reads `bytes` into the document's arena and sets its root. On an Error the document keeps no root. The text is not
// referred to afterwards. Columns count bytes.
Result<void> read_yaml(std::string_view bytes, json::Document& document, json::ReadBudget& budget);
Result<void> read_yaml(std::string_view bytes, json::Document& document);  // with a budget of its own

// JSON or YAML, told by the content: what begins with a bracket is tried as JSON first. Where both refuse it, the
// Error is JSON's if the document's name ends in ".json", else YAML's.
Result<void> read_document(std::string_view bytes, json::Document& document, json::ReadBudget& budget);
Result<void> read_document(std::string_view bytes, json::Document& document);

}  // namespace portico::yaml
