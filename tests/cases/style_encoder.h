// Parameters the other way: from a value to the text that a style makes of it, as OpenAPI's "Style Examples" and RFC
// 6570 say. Slow and obvious; what the guard decodes is held against it.
#pragma once

#include <string>

#include "contract/model.h"
#include "json/tree.h"

namespace portico::cases {

// A path segment, the whole query, a header field or a Cookie field with nothing but this parameter.
std::string encode(const contract::Parameter& parameter, const json::Node& value);

}  // namespace portico::cases
