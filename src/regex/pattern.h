// Patterns of ECMA-262, the language that JSON Schema's `pattern` is written in, run in bounded time.
//
// A pattern takes the cheapest way that keeps its meaning:
//   1. literals and simple classes ("^x-", ".*", "^[a-z0-9-]{1,64}$"): a loop of ours
//   2. RE2, after translation of what ECMA-262 says differently (\d \w \s . $ \u{...} \cX [^] \p{...})
//   3. leading look-aheads ("^(?=.*[A-Z])(?=.*\d).{8,}$"): an AND of several RE2 matches
//   4. other look-around and back-references: PCRE2 with a limit that bounds one match to about a millisecond
//   5. what is left is refused, with the reason
// The syntax is read as with the `u` flag first, and by Annex B (web reality) where that fails. A search is unanchored,
// subjects are UTF-8. A Pattern is immutable and may be used by many threads and after fork.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace portico::regex {

enum class Engine : std::uint8_t { kLoop, kRe2, kConjunction, kBacktracking };

enum class Match : std::uint8_t {
  kYes,
  kNo,
  kGaveUp,  // the limits of backtracking were reached: treat as refused
};

class Pattern {
 public:
  // An Error of kSyntax for what is no pattern of ECMA-262, of kUnsupported for what nothing here can run safely.
  static Result<Pattern> compile(std::string_view ecma);

  // The same for a pattern in RE2's own syntax ("(?i)^a"), which other languages than JSON Schema's ask for.
  static Result<Pattern> compile_re2(std::string_view text);

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  // Whether the pattern matches anywhere in `subject` (valid UTF-8).
  Match search(std::string_view subject) const;
  bool matches(std::string_view subject) const { return search(subject) == Match::kYes; }

  Engine engine() const;
  std::size_t footprint() const;

  struct Compiled;

 private:
  explicit Pattern(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

// Whether the text is a pattern by the grammar with the `u` flag, which is what `format: regex` asks.
bool is_pattern(std::string_view ecma);

}  // namespace portico::regex
