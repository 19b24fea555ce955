#include "threats/exposure.h"

#include <algorithm>

namespace portico::threats {
namespace {

using contract::DataClass;

// Sorted by how much the class is worth to a thief.
std::uint8_t points_of(DataClass data_class) {
  switch (data_class) {
    case DataClass::kNone: return 0;
    case DataClass::kPersonal:
    case DataClass::kOnline: return 6;
    case DataClass::kContact:
    case DataClass::kLocation: return 12;
    case DataClass::kGovernmentId:
    case DataClass::kFinancial:
    case DataClass::kHealth:
    case DataClass::kSpecial: return 18;
    case DataClass::kCredential:
    case DataClass::kSecret: return 20;
  }
  return 0;
}

std::uint8_t most(const std::vector<Field>& fields) {
  std::uint8_t points = 0;
  for (const Field& field : fields) points = std::max(points, points_of(field.data_class));
  return points;
}

Score of_strength(const Facts& facts) {
  switch (facts.strength) {
    case Strength::kNone: return {"no authentication", 30};
    case Strength::kStatic: return {"a credential that does not end", 15};
    case Strength::kToken: return {"a token", 5};
    case Strength::kMutual: break;
  }
  return {"a client certificate", 0};
}

}  // namespace

std::vector<Score> scores_of(const Facts& facts) {
  std::vector<Score> scores = {of_strength(facts)};
  const auto add = [&](bool holds, std::string_view factor, std::uint8_t points) {
    if (holds && points > 0) scores.push_back({factor, points});
  };
  add(facts.management, "management", 25);
  add(facts.sends(kCommand), "takes a command", 20);
  add(true, "returns sensitive data", most(facts.returned));
  add(facts.plain_http, "a server without TLS", 15);
  add(facts.side_effect, "changes something", 10);
  add(facts.operation->method == contract::Method::kDelete, "deletes", 5);
  add(facts.counts_up(), "ids that can be counted up", 10);
  add(facts.sends(kUrl), "takes a URL", 10);
  add(facts.upload, "takes a file", 10);
  add(facts.limits.empty() && !facts.declares_429, "no limit", 8);
  add(true, "takes sensitive data", static_cast<std::uint8_t>(most(facts.sent) / 3));
  add(facts.operation->body && !facts.closed_request, "takes undeclared properties", 5);
  add(facts.by_cookie, "a credential that browsers add", 5);
  add(facts.flow, "a business step", 5);
  add(facts.operation->deprecated, "deprecated", 3);
  return scores;
}

}  // namespace portico::threats
