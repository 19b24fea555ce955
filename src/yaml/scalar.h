// Which value a plain scalar has: the core schema's tag resolution (YAML 1.2.2, section 10.3.2). Internal to yaml/.
#pragma once

#include <string>
#include <string_view>

#include "json/tree.h"

namespace portico::yaml {

struct Scalar {
  json::Kind kind = json::Kind::kString;
  std::string_view text;  // for numbers, booleans and null: JSON's literal
};

// The view is of `text`, of `buffer`, or static.
Scalar resolve_plain(std::string_view text, std::string& buffer);

}  // namespace portico::yaml
