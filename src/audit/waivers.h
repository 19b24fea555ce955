// Waivers of portico.yaml, applied to findings.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "finding/finding.h"
#include "policy/waiver.h"

namespace portico::audit {

// Findings that a waiver names become kWaived. Gives what the owner should know: waivers that have expired, and waivers
// of findings that are no more, each with its place. `now`: seconds since 1970.
std::vector<std::string> apply_waivers(std::span<const policy::Waiver> waivers, std::int64_t now,
                                       std::vector<finding::Finding>& findings);

}  // namespace portico::audit
