// How exposed an operation is: points for what an attacker likes about it. The table is in docs/threats.md.
#pragma once

#include <vector>

#include "threats/facts.h"
#include "threats/threats.h"

namespace portico::threats {

std::vector<Score> scores_of(const Facts& facts);

}  // namespace portico::threats
