// One page that needs nothing else: no script, no fonts, no images; diagrams stay as Mermaid text to copy.
#include "base/html.h"

#include "threats/writers/names.h"
#include "threats/writers/sections.h"
#include "threats/writers/writers.h"

namespace portico::threats {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 90rem; padding: 1.5rem; }
h1 { font-size: 1.6rem; } h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; }
nav a { margin-right: 1rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { border: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { background: var(--soft); position: sticky; top: 0; }
pre { background: var(--soft); overflow-x: auto; padding: .8rem; }
.critical { color: #fff; background: #a1102a; } .high { background: #d9480f55; }
.medium { background: #f0b40044; } .low { background: #2b8a3e33; }
)";

void append_cells(std::string& out, std::string_view tag, const std::vector<std::string>& cells) {
  out += "<tr>";
  for (const auto& cell : cells) {
    out.append("<").append(tag);
    if (finding::severity_of(cell)) out.append(" class=\"").append(cell).append("\"");
    out += '>';
    append_html(out, cell);
    out.append("</").append(tag).append(">");
  }
  out += "</tr>\n";
}

std::string anchor_of(const Section& section) {
  std::string anchor;
  for (const char c : section.title) anchor.push_back(c == ' ' ? '-' : c);
  return anchor;
}

}  // namespace

std::string write_html(const Model& model) {
  const auto sections = sections_of(model);
  const std::string title = html("Threat model of " + model.title + " " + model.version);
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>" +
      title + "</title>\n<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n<h1>" + title + "</h1>\n<nav>";
  for (const Section& section : sections)
    out += "<a href=\"#" + anchor_of(section) + "\">" + html(section.title) + "</a> ";
  out += "</nav>\n";
  for (const Section& section : sections) {
    out += "<h2 id=\"" + anchor_of(section) + "\">" + html(section.title) + "</h2>\n";
    if (!section.text.empty()) out += "<p>" + html(section.text) + "</p>\n";
    if (!section.table.rows.empty()) {
      out += "<div class=\"table\"><table>\n<thead>";
      append_cells(out, "th", section.table.head);
      out += "</thead>\n<tbody>\n";
      for (const auto& row : section.table.rows) append_cells(out, "td", row);
      out += "</tbody>\n</table></div>\n";
    }
    if (!section.diagram.empty()) {
      out += "<details><summary>Diagram (Mermaid)</summary><pre>" + html(section.diagram) + "</pre></details>\n";
    }
  }
  return out + "</body>\n</html>\n";
}

}  // namespace portico::threats
