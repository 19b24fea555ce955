// What becomes of single values. Appends JSON to `out`.
#pragma once

#include <string>
#include <string_view>

#include "repair/plan.h"

namespace portico::repair {

// `text` is a string's value, without quotes and escapes.
void append_masked(std::string& out, std::string_view text, const Action& action);

// A JSON number's literal, rounded half to even of what the nearest double holds. False, and nothing is appended, for
// numbers beyond double's range.
bool append_rounded(std::string& out, std::string_view literal, int decimals);

// Whether the text is a number by RFC 8259, and nothing else.
bool is_number(std::string_view text);

}  // namespace portico::repair
