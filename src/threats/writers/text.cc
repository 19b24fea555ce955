#include "base/text.h"
#include "threats/writers/names.h"
#include "threats/writers/writers.h"

namespace portico::threats {
namespace {

constexpr std::size_t kShown = 20;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string number(std::uint32_t value) {
  std::string text = std::to_string(value);
  return std::string(text.size() < 4 ? 4 - text.size() : 0, ' ') + text;
}

void append_shifts(std::string& out, std::string_view what, const std::vector<Shift>& shifts) {
  for (const Shift& shift : shifts) {
    out += padded(std::string(what), 9) + number(shift.before) + " ->" + number(shift.after) + "  " +
           printable(shift.title) + "\n";
    for (const auto& factor : shift.factors) out += "                      " + factor + "\n";
  }
}

void append_changes(std::string& out, std::string_view what, const std::vector<ThreatChange>& changes) {
  for (const ThreatChange& change : changes) {
    out += padded(std::string(what), 9) + padded(std::string(name(change.severity)), 9) + change.id + "  " +
           printable(change.title, 120) + "\n";
  }
}

}  // namespace

std::string write_text(const Model& model) {
  std::string out = printable(model.title) + " " + printable(model.version) + ": " +
                    std::to_string(model.surface.size()) + " operations, " + std::to_string(model.actors.size()) +
                    " actors, " + std::to_string(model.resources.size()) + " resources\n\nMost exposed\n";
  for (std::size_t i = 0; i < std::min(kShown, model.by_rank.size()); ++i) {
    const Surface& surface = model.surface[model.by_rank[i]];
    out += number(surface.rank()) + "  " + printable(surface.title) + "\n";
  }
  const auto counts = count_open(model);
  out += "\nOpen threats:";
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] > 0)
      out += " " + std::to_string(counts[i]) + " " + std::string(name(static_cast<finding::Severity>(i)));
  }
  out += "\n";
  std::size_t shown = 0;
  for (const auto index : open_by_severity(model)) {
    if (shown++ == kShown) break;
    const Threat& threat = model.threats[index];
    out += "  " + padded(std::string(name(threat.severity())), 9) + threat.id + "  " + std::string(threat.kind->title) +
           ": " + printable(model.surface[threat.operation].title);
    if (!threat.subject.empty()) out += " (" + threat.subject + ")";
    out += "\n";
  }
  std::size_t questions = 0;
  for (const Assumption& assumption : model.assumptions) questions += assumption.status == "open" ? 1U : 0U;
  out += "\n" + std::to_string(questions) + " questions are open. --format markdown or html says it all.\n";
  return out;
}

std::string write_text(const Difference& difference) {
  if (difference.empty()) return "The attack surface is the same.\n";
  std::string out;
  append_shifts(out, "added", difference.added);
  append_shifts(out, "removed", difference.removed);
  append_shifts(out, "changed", difference.changed);
  append_changes(out, "opened", difference.opened);
  append_changes(out, "closed", difference.closed);
  return out;
}

}  // namespace portico::threats
