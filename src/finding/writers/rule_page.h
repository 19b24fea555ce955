// A rule explained, in Markdown: the pages docs/rules/<id>.md, their index, and the help of SARIF results.
#pragma once

#include <span>
#include <string>

#include "finding/rule.h"

namespace portico::finding {

// Why and remedy with the categories, without the title.
std::string write_rule_help(const Rule& rule);

// The whole page.
std::string write_rule_page(const Rule& rule);

// The table of all rules with links to their pages, by pillar.
std::string write_rule_index(std::span<const Rule* const> rules);

// The same for a terminal.
std::string write_rule_text(const Rule& rule);

}  // namespace portico::finding
