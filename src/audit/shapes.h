// What a schema leaves open, as far as rules about names ask.
#pragma once

#include "audit/composition.h"

namespace portico::audit {

// A string that may be anything: no list of values, no format with a grammar, no pattern that says more than "text".
bool is_free_text(const contract::Contract& contract, const json::Node* schema);

// The same for what it holds, where it is an array.
bool is_free_text_or_list(const contract::Contract& contract, const json::Node* schema);

// The value of an integer keyword anywhere in the composition, or nothing.
std::optional<std::int64_t> integer_of(const Composition& schema, std::string_view keyword);

// ".*", "^.+$", "[\s\S]*": matches every text, or every one of a length.
bool is_broad_pattern(std::string_view pattern);

bool is_anchored(std::string_view pattern);

// Whether a URL that satisfies it can only lead to listed hosts: an `enum`, or a pattern that begins with a scheme and
// letters of a host.
bool is_bound_to_hosts(const contract::Contract& contract, const json::Node* schema);

}  // namespace portico::audit
