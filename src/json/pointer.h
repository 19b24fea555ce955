// JSON Pointer (RFC 6901): naming a place inside of a document, as text and as the fragment of a URI.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/tree.h"

namespace portico::json {

// The node that `pointer` ("", "/paths/~1orders/get", "/items/0") leads to from `root`. Errors: kSyntax for what is no
// pointer, kNotFound for one that leads nowhere; the message says how far it leads. References on the way are not
// followed. Allocates only for tokens with escapes.
Result<const Node*> evaluate(const Node& root, std::string_view pointer);

// A URI fragment, without '#', to the pointer that it encodes (section 6): percent-encoding undone. kSyntax when
// malformed.
Result<std::string> pointer_of_fragment(std::string_view fragment);

// A token of a pointer as the name that it means: "~1" is '/', "~0" is '~'; other tildes stay.
std::string unescape_token(std::string_view token);

// Appends '/' and `token` with "~" as "~0" and "/" as "~1".
void append_token(std::string& pointer, std::string_view token);

}  // namespace portico::json
