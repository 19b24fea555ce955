// A text of the policy that is judged only later (an operation, a rule, an expression), with its place for the error.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace portico::policy {

struct Text {
  std::string text;
  Place place;
};

// Which operations an entry is about. Each is an operationId, "METHOD /path/{template}", "tag:NAME", or "*" for all of
// the API; operations.h says which operations of a contract they are.
using Selectors = std::vector<Text>;

}  // namespace portico::policy
