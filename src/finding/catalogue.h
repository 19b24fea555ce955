// All rules of all pillars. Each pillar has a table of its own in rules/<pillar>.h; adding a rule is adding a row
// there, its page (tools/rule-pages) and two cases, one where it speaks and one where it is silent. A new pillar's
// table is one line in catalogue.cc. Constant data, safe from any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "finding/rule.h"

namespace portico::finding {

// The rules of one pillar, sorted by id; empty for a pillar that has none.
std::span<const Rule> rules_of(Pillar pillar);

// Every rule, sorted by id.
std::vector<const Rule*> all_rules();

// The rule of that id, or null.
const Rule* find_rule(std::string_view id);

}  // namespace portico::finding
