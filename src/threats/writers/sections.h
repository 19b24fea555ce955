// What the Markdown and the HTML page have in common: diagrams in Mermaid's language, and tables as rows of cells.
#pragma once

#include <string>
#include <vector>

#include "threats/threats.h"

namespace portico::threats {

struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

struct Section {
  std::string title;
  std::string text;
  Table table;          // empty: none
  std::string diagram;  // Mermaid; empty: none
};

std::vector<Section> sections_of(const Model& model);

}  // namespace portico::threats
