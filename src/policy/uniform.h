// The section `uniform`: operations whose answers do not tell whether something is there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

// The answers of the operations with one of the statuses leave as one and the same.
struct Uniform {
  Selectors operations;
  std::vector<std::string> statuses = {"2XX", "401", "403", "404", "409", "410", "422"};
  std::uint64_t status = 200;  // of the answer in their place
  std::string body;            // its body; empty: none
  std::string media_type = "application/json";
  std::int64_t floor_ns = 0;  // it does not leave before so long after the request came
  Place place;
};

}  // namespace portico::policy
