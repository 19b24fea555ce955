// Rules of the owner, in CEL (docs/cel.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

// At least one of the expressions is there. Each must be true, else the message is refused.
struct Rule {
  Selectors operations;
  Text require;                // over the request
  Text response;               // over the answer
  std::vector<Text> statuses;  // of the answers that `response` is about: "200", "2XX", "*"; empty: "2XX"
  std::string name;            // for events; empty: its number
  std::string message;         // what the client is told
  std::uint64_t status = 403;  // of the refusal
  Place place;
};

}  // namespace portico::policy
