// How random a text looks: what tells a secret of no known format from words.
#pragma once

#include <string_view>

namespace portico::leak {

// Bits a character, by how often each stands in the text.
double entropy(std::string_view text);

// Words that stand for a secret in examples, and what masks leave: "changeme", "<token>", "${TOKEN}", "****".
bool is_placeholder(std::string_view text);

// Whether a value may be a secret, where its name says that it is one: one word, long enough, of mixed characters.
bool looks_secret(std::string_view value);

}  // namespace portico::leak
