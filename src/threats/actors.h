// Who meets the API: from its security schemes, and from what operations are for.
#pragma once

#include <span>
#include <vector>

#include "threats/facts.h"
#include "threats/threats.h"

namespace portico::threats {

struct Actors {
  std::vector<Actor> all;
  std::vector<std::uint32_t> of_operation;  // the weakest that may call it; index into all
};

Actors actors_of(const contract::Contract& contract, const policy::Policy& policy, std::span<const Facts> facts);

}  // namespace portico::threats
