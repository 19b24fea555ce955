// What was found before: so that only new findings fail. A baseline is an earlier report as JSON
// (docs/formats/findings.md); nothing of it counts but the fingerprints.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "finding/finding.h"

namespace portico::finding {

class Baseline {
 public:
  // An Error where the text is no such report; `name` is its file.
  static Result<Baseline> read(std::string_view json, const std::string& name);

  // Findings that are in the baseline become kKnown, where they are open.
  void apply(std::vector<Finding>& findings) const;

  std::size_t size() const { return fingerprints_.size(); }

 private:
  std::unordered_set<std::string> fingerprints_;
};

}  // namespace portico::finding
