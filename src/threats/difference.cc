#include "threats/difference.h"

#include <algorithm>
#include <map>

namespace portico::threats {
namespace {

std::string factor(char sign, const Score& score) {
  return std::string(1, sign) + " " + std::string(score.factor) + " (" + std::to_string(score.points) + ")";
}

bool same(const Score& a, const Score& b) { return a.factor == b.factor && a.points == b.points; }

void add_missing(const std::vector<Score>& from, const std::vector<Score>& in, char sign,
                 std::vector<std::string>& out) {
  for (const Score& score : from) {
    if (std::ranges::none_of(in, [&](const Score& other) { return same(score, other); }))
      out.push_back(factor(sign, score));
  }
}

Shift shift_of(const Surface* before, const Surface* after) {
  Shift shift{.title = (after != nullptr ? after : before)->title,
              .before = before == nullptr ? 0 : before->rank(),
              .after = after == nullptr ? 0 : after->rank()};
  const std::vector<Score> none;
  const auto& old_scores = before == nullptr ? none : before->scores;
  const auto& new_scores = after == nullptr ? none : after->scores;
  add_missing(new_scores, old_scores, '+', shift.factors);
  add_missing(old_scores, new_scores, '-', shift.factors);
  return shift;
}

std::map<std::string, const Surface*> by_title(const Model& model) {
  std::map<std::string, const Surface*> out;
  for (const Surface& surface : model.surface) out.emplace(surface.title, &surface);
  return out;
}

std::vector<ThreatChange> open_only_in(const Model& model, const Model& other) {
  std::map<std::string, bool> open;
  for (const Threat& threat : other.threats) open[threat.id] = threat.open();
  std::vector<ThreatChange> out;
  for (const Threat& threat : model.threats) {
    if (!threat.open()) continue;
    if (const auto found = open.find(threat.id); found != open.end() && found->second) continue;
    out.push_back(
        {threat.id, std::string(threat.kind->title) + ": " + model.surface[threat.operation].title, threat.severity()});
  }
  std::ranges::stable_sort(out, std::ranges::greater(), &ThreatChange::severity);
  return out;
}

}  // namespace

bool Difference::empty() const {
  return added.empty() && removed.empty() && changed.empty() && opened.empty() && closed.empty();
}

bool Difference::widens() const {
  return !added.empty() || !opened.empty() ||
         std::ranges::any_of(changed, [](const Shift& shift) { return shift.after > shift.before; });
}

Difference difference_of(const Model& before, const Model& after) {
  Difference difference;
  const auto old_surface = by_title(before);
  const auto new_surface = by_title(after);
  for (const auto& [title, surface] : new_surface) {
    const auto found = old_surface.find(title);
    if (found == old_surface.end()) {
      difference.added.push_back(shift_of(nullptr, surface));
    } else if (Shift shift = shift_of(found->second, surface); !shift.factors.empty()) {
      difference.changed.push_back(std::move(shift));
    }
  }
  for (const auto& [title, surface] : old_surface) {
    if (!new_surface.contains(title)) difference.removed.push_back(shift_of(surface, nullptr));
  }
  const auto most_exposed = [](const Shift& shift) { return std::max(shift.before, shift.after); };
  for (auto* shifts : {&difference.added, &difference.removed, &difference.changed}) {
    std::ranges::stable_sort(*shifts, std::ranges::greater(), most_exposed);
  }
  difference.opened = open_only_in(after, before);
  difference.closed = open_only_in(before, after);
  return difference;
}

}  // namespace portico::threats
