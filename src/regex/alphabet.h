// Which characters a pattern leaves to whoever writes the text: by that one knows whether a string is still free to
// carry somebody else's syntax.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

namespace portico::regex {

using Ascii = std::bitset<128>;

// The ASCII characters that may stand anywhere in a text that matches; a superset where the pattern is hard to read.
// Nothing where all may: the pattern is not anchored at both ends, or is no pattern.
std::optional<Ascii> alphabet_of(std::string_view ecma);

}  // namespace portico::regex
