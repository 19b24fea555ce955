#include "finding/finding.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_set>

namespace portico::finding {
namespace {

auto order(const Finding& finding) {
  const Place& place = finding.location.place;
  return std::tuple(std::string_view(place.file), place.line, place.column, finding.rule->id,
                    std::string_view(finding.location.pointer), std::string_view(finding.message),
                    std::string_view(finding.fingerprint));
}

}  // namespace

void sort_and_merge(std::vector<Finding>& findings) {
  if (!std::ranges::is_sorted(findings, {}, order)) std::ranges::sort(findings, {}, order);
  std::unordered_set<std::string> seen;
  std::erase_if(findings, [&](const Finding& finding) {
    return !finding.fingerprint.empty() && !seen.insert(std::string(finding.rule->id) + finding.fingerprint).second;
  });
}

std::array<std::size_t, kSeverityCount> count_by_severity(std::span<const Finding> findings) {
  std::array<std::size_t, kSeverityCount> counts{};
  for (const Finding& finding : findings) {
    if (finding.standing == Standing::kOpen) ++counts[static_cast<std::size_t>(finding.severity)];
  }
  return counts;
}

std::size_t count_standing(std::span<const Finding> findings, Standing standing) {
  return static_cast<std::size_t>(std::ranges::count(findings, standing, &Finding::standing));
}

bool reaches(std::span<const Finding> findings, Severity gate) {
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return finding.standing == Standing::kOpen && finding.severity >= gate;
  });
}

}  // namespace portico::finding
