// What every rule table of rules/ is held to, at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <span>
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
constexpr bool is_well_formed(std::span<const Rule> table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!is_complete(table[i])) return false;
    if (i > 0 && table[i - 1].id >= table[i].id) return false;
  }
  return true;
}

// Several tables in one, in their order.
template <std::size_t... kSizes>
constexpr auto concatenate(const Rule (&... tables)[kSizes]) {
  std::array<Rule, (kSizes + ...)> all{};
  std::size_t next = 0;
  const auto append = [&](std::span<const Rule> table) {
    for (const Rule& rule : table) all[next++] = rule;
  };
  (append(tables), ...);
  return all;
}

// The row of that id; an id that is not in the table ends the build.
consteval const Rule* row(std::span<const Rule> table, std::string_view id) {
  for (const Rule& rule : table) {
    if (rule.id == id) return &rule;
  }
  throw "no rule of that id";
}

}  // namespace portico::finding
