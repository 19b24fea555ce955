#include "base/text.h"
#include "threats/writers/sections.h"
#include "threats/writers/writers.h"

namespace portico::threats {
namespace {

// Text in a table's cell: nothing in it is markup (CommonMark, section 2.4; GFM, "Tables").
std::string escaped(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]<>#|~!";
  std::string out;
  for (const char c : printable(text, 2000)) {
    if (kMarkup.contains(c)) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

void append_row(std::string& out, const std::vector<std::string>& cells) {
  out += '|';
  for (const auto& cell : cells) out += " " + escaped(cell) + " |";
  out += '\n';
}

void append_table(std::string& out, const Table& table) {
  if (table.rows.empty()) return;
  append_row(out, table.head);
  out += '|';
  for (std::size_t i = 0; i < table.head.size(); ++i) out += " --- |";
  out += '\n';
  for (const auto& row : table.rows) append_row(out, row);
  out += '\n';
}

void append_shifts(std::string& out, std::string_view title, const std::vector<Shift>& shifts) {
  if (shifts.empty()) return;
  out += "## " + std::string(title) + "\n\n";
  Table table{.head = {"operation", "rank before", "rank after", "factors"}};
  for (const Shift& shift : shifts) {
    table.rows.push_back(
        {shift.title, std::to_string(shift.before), std::to_string(shift.after), join(shift.factors, ", ")});
  }
  append_table(out, table);
}

void append_changes(std::string& out, std::string_view title, const std::vector<ThreatChange>& changes) {
  if (changes.empty()) return;
  out += "## " + std::string(title) + "\n\n";
  Table table{.head = {"severity", "id", "threat"}};
  for (const ThreatChange& change : changes)
    table.rows.push_back({std::string(name(change.severity)), change.id, change.title});
  append_table(out, table);
}

}  // namespace

std::string write_markdown(const Model& model) {
  std::string out = "# Threat model of " + escaped(model.title) + " " + escaped(model.version) + "\n\n";
  for (const Section& section : sections_of(model)) {
    out += "## " + section.title + "\n\n";
    if (!section.text.empty()) out += section.text + "\n\n";
    if (!section.diagram.empty()) out += "```mermaid\n" + section.diagram + "```\n\n";
    append_table(out, section.table);
  }
  return out;
}

std::string write_markdown(const Difference& difference) {
  std::string out = "# Change of the attack surface\n\n";
  if (difference.empty()) return out + "None.\n";
  append_shifts(out, "Operations added", difference.added);
  append_shifts(out, "Operations removed", difference.removed);
  append_shifts(out, "Operations changed", difference.changed);
  append_changes(out, "Threats opened", difference.opened);
  append_changes(out, "Threats closed", difference.closed);
  return out;
}

}  // namespace portico::threats
