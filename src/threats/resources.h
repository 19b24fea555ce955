// The graph of what the API keeps, from its paths: "/orgs/{org}/repos/{repo}" is a repo that belongs to an org.
#pragma once

#include <span>
#include <vector>

#include "threats/facts.h"
#include "threats/threats.h"

namespace portico::threats {

struct Resources {
  std::vector<Resource> all;                // parents before children, in the order of the contract
  std::vector<std::uint32_t> of_operation;  // index into all, by operation
};

Resources resources_of(std::span<const Facts> facts);

}  // namespace portico::threats
