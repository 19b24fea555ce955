// How an attack hides: percent-encoding, once or twice, HTML's character references, \u escapes, fullwidth and enclosed
// characters that some services fold to ASCII.
#pragma once

#include <string>
#include <string_view>

namespace portico::injection {

// Appends what the text says once one layer of each is undone. False when there was nothing to undo.
bool decode_layer(std::string_view text, std::string& out);

}  // namespace portico::injection
