// For people at a terminal: one line a finding, as compilers and linters write it, so that editors jump to the place;
// then what it comes to, by rule and by severity.
//
//   api.yaml:12:5: high auth-none: GET /orders can be called without credentials
#pragma once

#include <cstdint>
#include <string>

#include "finding/writers/report.h"

namespace portico::finding {

enum class Colour : std::uint8_t { kOff, kOn };

std::string write_text(const Report& report, Colour colour = Colour::kOff);

}  // namespace portico::finding
