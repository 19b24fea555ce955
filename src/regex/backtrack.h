// PCRE2 without its compiler, for the patterns that need backtracking: bounded in steps and in memory.
//
// PCRE2 counts steps anew for each place where a match may start, so a search over a long text is not bounded by its
// limit alone. Here the search itself is part of the pattern (a lazy ".*?" from the start), and counts.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "regex/pattern.h"

namespace portico::regex {

class Backtracking {
 public:
  static Result<Backtracking> compile(const std::string& pcre2);

  Match search(std::string_view subject) const;
  std::size_t footprint() const;

 private:
  struct Free {
    void operator()(void* code) const;
  };
  std::unique_ptr<void, Free> code_;
};

}  // namespace portico::regex
