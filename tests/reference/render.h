// A tree as JSON text; numbers keep their digits.
#pragma once

#include <string>

#include "json/tree.h"

namespace portico::reference {

std::string to_json(const json::Node& node);

}  // namespace portico::reference
