// For programs: one JSON document a run, specified in docs/formats/findings.md.
#pragma once

#include <string>

#include "finding/writers/report.h"

namespace portico::finding {

std::string write_json(const Report& report);

}  // namespace portico::finding
