// What a change of contract or policy does to the attack surface.
#pragma once

#include <string>
#include <vector>

#include "threats/threats.h"

namespace portico::threats {

struct Shift {
  std::string title;         // "GET /orders/{id}"
  std::uint32_t before = 0;  // rank
  std::uint32_t after = 0;
  std::vector<std::string> factors;  // "+ no authentication (30)", "- a token (5)"
};

struct ThreatChange {
  std::string id;
  std::string title;  // "Reach another's object by its id: GET /orders/{id}"
  finding::Severity severity = finding::Severity::kLow;
};

struct Difference {
  std::vector<Shift> added;  // operations that are new
  std::vector<Shift> removed;
  std::vector<Shift> changed;        // rank or factors differ
  std::vector<ThreatChange> opened;  // threats that were not there, or were mitigated
  std::vector<ThreatChange> closed;

  bool empty() const;
  // Whether anything got worse: exposure or threats were added.
  bool widens() const;
};

// Operations are matched by method and path. Sorted: the most exposed and the most severe first.
Difference difference_of(const Model& before, const Model& after);

}  // namespace portico::threats
