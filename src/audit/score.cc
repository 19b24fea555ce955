#include "audit/score.h"

#include <algorithm>
#include <array>

namespace portico::audit {
namespace {

using finding::Severity;

// By severity: info, low, medium, high, critical. Values without bounds come in dozens where a missing authentication
// comes once.
constexpr std::array<double, finding::kSeverityCount> kSecurityWeights = {0, 0.05, 0.25, 1, 3};
constexpr std::array<double, finding::kSeverityCount> kValidationWeights = {0, 0.02, 0.06, 0.5, 1};

// An operation without credentials weighs more than what its repair brings with it: a 401 to declare, an object to
// check.
double weight_of(const Draft& draft, const std::array<double, finding::kSeverityCount>& weights) {
  const bool open =
      draft.rule->id == "auth-disabled" || draft.rule->id == "auth-optional" || draft.rule->id == "auth-none";
  const auto severity = open && draft.severity == Severity::kLow ? Severity::kMedium : draft.severity;
  return weights[static_cast<std::size_t>(severity)];
}

struct Area {
  double points;
  std::array<double, finding::kSeverityCount> weights;
  std::vector<double> sums = {};  // x(o)
};

// Calls visit(operation, part): the operations that the draft concerns, each with the part of its weight that counts
// there. What concerns nobody in particular counts as much as if it concerned one operation.
template <class Visit>
void each_share(const contract::Contract& contract, const Draft& draft, const Visit& visit) {
  const std::size_t count = std::max<std::size_t>(contract.operations.size(), 1);
  if (draft.operation != nullptr && !contract.operations.empty()) {
    const auto index = draft.operation - contract.operations.data();
    if (index >= 0 && static_cast<std::size_t>(index) < contract.operations.size()) {
      visit(static_cast<std::size_t>(index), 1.0);
      return;
    }
  }
  for (const auto index : draft.operations) visit(index, 1.0);
  if (!draft.operations.empty()) return;
  for (std::size_t i = 0; i < count; ++i) visit(i, 1.0 / static_cast<double>(count));
}

}  // namespace

bool is_data_validation(const finding::Rule& rule) {
  const auto family = rule.id.substr(0, rule.id.find('-'));
  return family == "limit" || family == "schema" || family == "input" || rule.id == "data-object-open" ||
         rule.id == "data-response-open";
}

Score weigh(const contract::Contract& contract, Drafts& drafts) {
  const std::size_t count = std::max<std::size_t>(contract.operations.size(), 1);
  std::array<Area, 2> areas = {Area{kSecurityPoints, kSecurityWeights},
                               Area{kDataValidationPoints, kValidationWeights}};
  for (Area& area : areas) area.sums.assign(count, 0);
  const auto area_of = [&](const Draft& draft) -> Area& { return areas[is_data_validation(*draft.rule) ? 1 : 0]; };
  for (const Draft& draft : drafts) {
    Area& area = area_of(draft);
    const double weight = weight_of(draft, area.weights);
    if (weight == 0) continue;
    each_share(contract, draft, [&](std::size_t i, double part) { area.sums[i] += weight * part; });
  }
  Score score;
  for (Draft& draft : drafts) {
    Area& area = area_of(draft);
    const double weight = weight_of(draft, area.weights);
    if (weight == 0) continue;
    const double points = area.points / static_cast<double>(count);
    each_share(contract, draft, [&](std::size_t i, double part) {
      const double x = area.sums[i];
      const double w = weight * part;
      draft.deduction += points * w / (x + 1);
      draft.gain += points * w / ((x + 1) * (x - w + 1));
    });
    (is_data_validation(*draft.rule) ? score.data_validation : score.security) -= draft.deduction;
  }
  score.security = std::max(score.security, 0.0);
  score.data_validation = std::max(score.data_validation, 0.0);
  return score;
}

}  // namespace portico::audit
