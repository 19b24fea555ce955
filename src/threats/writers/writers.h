// A threat model in the forms that people and their tools read. Every writer is a function of the model alone: the same
// model gives the same bytes.
#pragma once

#include <string>

#include "threats/difference.h"
#include "threats/threats.h"

namespace portico::threats {

std::string write_text(const Model& model);      // what a terminal shows: the most exposed operations, open threats
std::string write_json(const Model& model);      // everything
std::string write_markdown(const Model& model);  // a page with Mermaid diagrams
std::string write_html(const Model& model);      // the same as one file that needs nothing else
std::string write_gherkin(const Model& model);   // open threats as scenarios: what must be refused

// OWASP Threat Dragon 2 (OWASP/threat-dragon, td.vue/src/assets/schema).
std::string write_threat_dragon(const Model& model);
// Open Threat Model 0.2.0 (iriusrisk/OpenThreatModel).
std::string write_otm(const Model& model);
// Threagile's model (Threagile/threagile, support/schema.json), as YAML.
std::string write_threagile(const Model& model);

std::string write_text(const Difference& difference);
std::string write_json(const Difference& difference);
std::string write_markdown(const Difference& difference);

}  // namespace portico::threats
