// Puts reasons for refusal into words, with their places in instance and schema.
#pragma once

#include "schema/scratch.h"
#include "schema/validate.h"

namespace portico::schema {

Failure in_words(const Tables& tables, const json::TapeView& tape, const Record& reason);

// The JSON pointer of the value (or of the member whose key stands) at `at`.
std::string pointer_to(const json::TapeView& tape, std::size_t at);

// "null", "boolean or string", ...
std::string types_in_words(WideTypes types);

}  // namespace portico::schema
