// The report as one page for people: everything in one file, nothing loaded from anywhere, light and dark, to be
// filtered by severity, standing and words. Every text of the contract is escaped, and the page's own policy (CSP) lets
// no other script run.
#pragma once

#include <string>

#include "finding/writers/report.h"

namespace portico::finding {

std::string write_html(const Report& report);

}  // namespace portico::finding
