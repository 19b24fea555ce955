// The slow parser behind parse.h: iterative, strict, keeps the digits of big numbers, and knows where it stopped. It
// runs for documents that simdjson refused, to read numbers beyond 64 bits and to name what is wrong and where.
#pragma once

#include "json/parse.h"

namespace portico::json {

// Reads `bytes` into `builder`, which must be freshly reset. Duplicate keys are left to the caller.
ParseProblem parse_exactly(std::string_view bytes, const Strictness& strictness, TapeBuilder& builder,
                           std::vector<char>& scratch, std::size_t& problem_offset);

}  // namespace portico::json
