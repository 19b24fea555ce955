// Patterns that need no engine: runs of classes, each with a number of repetitions, from the start of the text
// ("^[A-Z]{2}[0-9]{6}$", "^x-", "^.{1,64}$"), or one literal or class anywhere ("foo", "[a-z]", ".*").
//
// A run whose length varies must be followed by something that it cannot match itself: then taking as much as
// possible is the only way, and no step is ever taken back.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "regex/syntax.h"

namespace portico::regex {

class Loop {
 public:
  // Nothing when the pattern, its terms one after the other, is not of that form.
  static std::optional<Loop> make(std::span<const Tree* const> terms);

  bool search(std::string_view text) const;
  std::size_t footprint() const;

 private:
  struct Run {
    std::array<std::uint64_t, 2> ascii{};  // bit: allowed
    std::vector<Range> beyond;             // code points above ASCII
    bool all_beyond = false;
    std::uint32_t min = 1;
    std::uint32_t max = 1;

    bool has(unsigned char c) const { return ((ascii[c >> 6] >> (c & 63)) & 1) != 0; }
  };

  static bool to_run(const Tree& tree, Run& run);
  static bool disjoint(const Run& a, const Run& b);
  bool match_from_start(std::string_view text) const;

  std::vector<Run> runs_;
  std::string literal_;  // unanchored: to be found anywhere
  bool at_start_ = false;
  bool at_end_ = false;
};

// Alternatives each of which is a loop ("default|^[0-9]+$", "^[0-9]+(ms|s|h)$").
class Loops {
 public:
  static std::optional<Loops> make(const Tree& tree);

  bool search(std::string_view text) const {
    return std::ranges::any_of(loops_, [text](const Loop& loop) { return loop.search(text); });
  }
  std::size_t footprint() const;

 private:
  bool add(std::span<const Tree* const> terms);

  std::vector<Loop> loops_;
};

}  // namespace portico::regex
