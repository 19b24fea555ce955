// Writes pattern trees in the languages of RE2 and PCRE2, which agree on what is used here.
#pragma once

#include <string>

#include "regex/syntax.h"

namespace portico::regex {

enum class Language : std::uint8_t { kRe2, kPcre2 };

// False when the language has no words for it (RE2: look-around, references, some properties, repetitions over 1,000).
bool translate(const Tree& tree, Language language, std::string& out);

}  // namespace portico::regex
