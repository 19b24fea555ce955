// What every rule table of rules/ is held to, at compile time.
#pragma once

#include <cstddef>
#include <string_view>

#include "finding/rule.h"

namespace portico::finding {

// "auth-none": words of lower-case letters and digits with single hyphens between them, at least two words.
constexpr bool is_rule_id(std::string_view id) {
  if (id.empty() || id.front() == '-' || id.back() == '-') return false;
  bool hyphen = false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const char c = id[i];
    if (c == '-') {
      if (id[i - 1] == '-') return false;
      hyphen = true;
    } else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
      return false;
    }
  }
  return hyphen;
}

// A rule without an OWASP category, a weakness class, a reason or a remedy helps nobody.
constexpr bool is_complete(const Rule& rule) {
  return is_rule_id(rule.id) && !rule.title.empty() && rule.title.back() != '.' && rule.why.ends_with('.') &&
         rule.remedy.ends_with('.') && rule.owasp_2019 <= 10 && rule.owasp_2023 <= 10 &&
         (rule.owasp_2019 != 0 || rule.owasp_2023 != 0) && rule.cwe[0] != 0;
}

// Complete rows, sorted by id and so without an id twice.
template <std::size_t kSize>
constexpr bool is_well_formed(const Rule (&table)[kSize]) {
  for (std::size_t i = 0; i < kSize; ++i) {
    if (!is_complete(table[i])) return false;
    if (i > 0 && table[i - 1].id >= table[i].id) return false;
  }
  return true;
}

// The row of that id; an id that is not in the table ends the build.
template <std::size_t kSize>
consteval const Rule* row(const Rule (&table)[kSize], std::string_view id) {
  for (const Rule& rule : table) {
    if (rule.id == id) return &rule;
  }
  throw "no rule of that id";
}

}  // namespace portico::finding
