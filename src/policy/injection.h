// The section `injection`: where requests are searched for somebody else's syntax.
#pragma once

#include <vector>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

// One entry of `injection`. Of several that match an operation the last one wins.
struct Injection {
  Selectors operations;
  std::vector<Text> classes;  // "sql", ...; empty: all
  std::vector<Text> except;   // places that are free to hold anything: "body/items/*/code", "query/q"
  Place place;
};

}  // namespace portico::policy
