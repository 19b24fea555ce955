// Reads JSON documents (RFC 8259) into trees: contracts, policies, schemas, reports. Traffic is read by parse.h.
//
// Strict: what the standard does not allow is an Error with its place, and so is what readers are known to disagree
// on: duplicate keys (both places are named), lone surrogates, ill-formed UTF-8. A byte order mark of UTF-8 is
// tolerated, as files have them. Numbers keep their digits as text, whatever their size. Time is linear in the text,
// the machine's stack is not used for nesting.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "json/tree.h"

namespace portico::json {

// What reading may cost, for one document or for several that share a budget.
struct ReadBudget {
  std::uint32_t max_depth = 200;    // containers inside containers
  std::uint64_t nodes = 1'000'000;  // keys and values left; reading takes off what it used
};

// Reads `bytes` into the document's arena and sets its root. On an Error the document keeps no root. The text is not
// referred to afterwards.
Result<void> read_json(std::string_view bytes, Document& document, ReadBudget& budget);
Result<void> read_json(std::string_view bytes, Document& document);  // with a budget of its own

}  // namespace portico::json
