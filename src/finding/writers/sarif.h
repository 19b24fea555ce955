// For code hosts and dashboards: SARIF 2.1.0 (OASIS, errata 01), with the properties that GitHub's code scanning reads:
// rules with help, tags, precision and security-severity, results with partialFingerprints. Files are URIs relative to
// the folder where Portico ran (Report::root), so that a result is shown beside its line; a file outside of that folder
// gets an absolute file: URI.
//
// SARIF counts columns in characters, Portico in bytes. The two differ only on lines that hold something other than
// ASCII before the place.
#pragma once

#include <string>
#include <string_view>

#include "finding/writers/report.h"

namespace portico::finding {

std::string write_sarif(const Report& report);

// The URI reference (RFC 3986, section 4.1) under which a file appears.
std::string artifact_uri(std::string_view file, std::string_view root);

}  // namespace portico::finding
