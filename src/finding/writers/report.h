// What a writer is given: the findings of one run and what was looked at. Writers return text and never print; the same
// report gives the same bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "finding/finding.h"

namespace portico::finding {

// How good the whole is, of 100; what each finding costs is with the finding.
struct ReportScore {
  double total = 100;
  double security = 0;         // points kept
  double security_points = 0;  // of how many
  double data_validation = 0;
  double data_validation_points = 0;
};

struct Report {
  std::string_view command;           // what ran: "audit"
  std::string_view target;            // what it looked at, as the user named it: a file, a folder, a URL
  std::string_view version;           // Portico's own
  std::string_view root;              // absolute path of the folder to which SARIF's file names are relative; or empty
  std::span<const Finding> findings;  // sorted (sort_and_merge)
  std::span<const Rule> rules;        // what was looked for: rules_of(pillar)
  std::size_t operations = 0;         // how many operations were looked at
  std::optional<ReportScore> score;
  bool compared = false;  // with a baseline: what is not kKnown is new
};

}  // namespace portico::finding
