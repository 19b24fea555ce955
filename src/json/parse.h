// Bytes of traffic to a tape, strictly.
//
// A firewall must decide on exactly what the service behind it will understand. Whatever two parsers may read in two
// ways is refused here and named: duplicate keys (after unescaping), lone surrogates and invalid UTF-8, a byte order
// mark, trailing content, NUL, excessive depth and size. A fast parser (parse_fast.h) does the work; a slower one reads
// again what it leaves: numbers beyond 64 bits or double's range, which keep their digits, and what is to be refused.
//
// One Parser a thread. All buffers are reused: no allocation after warm-up. It never throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "json/tape.h"

namespace portico::json {

struct Strictness {
  bool reject_duplicate_keys = true;
  bool reject_nul = true;        // \u0000 in strings and keys: ends the string for some readers
  std::uint32_t max_depth = 64;  // containers inside containers, an empty one not counted; hard cap 1,024
  std::uint64_t max_bytes = UINT64_C(64) << 20;
  bool big_numbers = true;            // false: numbers beyond 64-bit integers or double are refused (kNumberRange)
  std::uint32_t max_digits = 100;     // of one big number's literal, all characters counted
  std::uint32_t max_exponent = 1000;  // of one big number, either sign
};

enum class ParseProblem : std::uint8_t {
  kNone,
  kEmpty,         // no bytes, or white space only
  kSyntax,        // not RFC 8259
  kInvalidUtf8,   // also lone surrogates as raw bytes
  kDuplicateKey,  // after unescaping
  kNul,           // \u0000
  kDepth,
  kSize,
  kNumberRange,  // a number longer or larger than Strictness allows
  kByteOrderMark,
  kMemory,
};

// A stable reason in kebab-case: "duplicate-key".
std::string_view name(ParseProblem problem);

struct TapeSource;

class Parser {
 public:
  // Readable bytes that parse_padded() needs behind the document.
  static constexpr std::size_t kPadding = 64;

  Parser();
  ~Parser();
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;

  // The tape stays valid until the next call. Bytes need no padding: they are copied into a padded buffer. At most
  // 2 GiB, whatever `strictness` says.
  ParseProblem parse(std::string_view bytes, const Strictness& strictness);

  // The same without the copy, for callers that have kPadding readable bytes behind the document. The tape's strings
  // may stand in `bytes`: it is valid no longer than they are.
  ParseProblem parse_padded(std::string_view bytes, const Strictness& strictness);

  // For who reads while writing the tape (tape_writer.h): prepares `source`. False: parse() has to do it. `padded` as
  // in parse_padded(). Once the writer has finished with `words` on the tape, end() makes that the document.
  bool begin(std::string_view bytes, bool padded, const Strictness& strictness, TapeSource& source);
  void end(const TapeSource& source, std::size_t words);

  // The document of the last call that returned kNone, or of end().
  TapeView tape() const { return tape_; }

  // Of that document, the offsets of `{ } [ ] : ,` and of the first byte of every string (its quote), number and
  // literal, in order: a walk over the tape that steps through them knows where each value stands in the text. Valid as
  // long as the tape.
  std::span<const std::uint32_t> marks() const;

  // All strings and keys of that document at once, each at its offset from TapeView::strings, and none of what stands
  // between them: zeros, or lengths. Only after a parse() that copied. Takes a walk over the words.
  std::string_view all_strings();

  // Where the last problem is, as far as known: an offset in bytes, 0 when not known.
  std::size_t problem_offset() const { return problem_offset_; }

 private:
  std::uint8_t* copied(std::string_view bytes);
  std::uint8_t* own_copy();
  ParseProblem parse(std::string_view bytes, std::uint8_t* padded, const Strictness& strictness);
  ParseProblem refuse(ParseProblem problem);

  struct State;
  std::unique_ptr<State> state_;
  TapeView tape_;
  std::size_t problem_offset_ = 0;
};

}  // namespace portico::json
