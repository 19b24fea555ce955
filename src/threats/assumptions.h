// Questions that neither contract nor policy can answer, each once for what it is about.
#pragma once

#include <span>
#include <vector>

#include "threats/facts.h"
#include "threats/threats.h"

namespace portico::threats {

std::vector<Assumption> assumptions_of(const contract::Contract& contract, const policy::Policy& policy,
                                       std::span<const Facts> facts, std::span<const Resource> resources);

// "T-0123456789ab": stable for the same parts.
std::string id_of(std::string_view letter, std::initializer_list<std::string_view> parts);

}  // namespace portico::threats
