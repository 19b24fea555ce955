// A tape as JSON text: what was read and validated, and nothing else. Other readers get one spelling of it: no white
// space, no needless escapes, members in their order. Numbers are written as they were understood: integers and
// literals beyond 64 bits digit by digit, others as the shortest text that gives the same double.
#pragma once

#include <string>

#include "json/tape.h"

namespace portico::json {

// Appends. The tape is one that Parser or TapeBuilder made; recursion is as deep as it is (Strictness::max_depth).
void append_json(std::string& out, const TapeView& tape);

}  // namespace portico::json
