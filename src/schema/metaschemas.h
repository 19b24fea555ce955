// The meta-schemas of JSON Schema, so that schemas may refer to them without a network.
#pragma once

#include <string_view>

#include "json/tree.h"

namespace portico::schema {

// The root of a well-known meta-schema or vocabulary by URI (without fragment), or null. Read on first use; may be
// called from several threads.
const json::Node* meta_schema(std::string_view uri);

}  // namespace portico::schema
