// The fast way from bytes to tape, for nearly every document.
//
// simdjson's first stage finds where brackets, commas, colons and the starts of values stand, and checks UTF-8 and
// control characters, 64 bytes at a time. The second stage is ours (tape_writer.h): it goes from one such place to the
// next and writes our tape. Strings are neither read nor copied: the first stage has seen them, and their words say
// where they stand. Strings with escapes are unescaped in place, in a copy of the document. Keys are compared while
// they are at hand.
//
// What it does not take it leaves to the exact reader (parse_exact.h), which reads the same language and says what is
// wrong: fuzz/fuzz_json.cc holds the two, and simdjson's own second stage, against each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "json/tape.h"
#include "json/tape_writer.h"

namespace simdjson::internal {
class dom_parser_implementation;  // NOLINT(readability-identifier-naming): theirs
}

namespace portico::json {

class FastParser {
 public:
  // Readable bytes behind a document.
  static constexpr std::size_t kPadding = 64;
  static constexpr std::uint32_t kMaxDepth = 1024;

  enum class Outcome : std::uint8_t {
    kDone,
    kLeft,  // to the exact reader: not JSON, too deep, NUL, a key twice, a number or string too large for here
    kMemory,
  };

  struct Limits {
    std::uint32_t max_depth;
    bool reject_nul;
    DuplicateFinder* duplicates;  // null: nobody minds
  };

  FastParser();
  ~FastParser();

  // `bytes` has kPadding readable bytes behind it. `writable` is null, or holds the same bytes and padding, may be
  // written to, and is where `bytes` stands. Without it, documents with escapes are copied.
  Outcome parse(std::string_view bytes, std::uint8_t* writable, const Limits& limits);

  // The first stage alone: what a TapeWriter needs to do the rest. Then finished() says what it has written.
  Outcome begin(std::string_view bytes, std::uint8_t* writable, const Limits& limits, TapeSource& source);
  static TapeView finished(const TapeSource& source, std::size_t count) { return {source.words, count, source.bytes}; }

  // The document of the last parse() that was done; valid until the next call and as long as its bytes.
  TapeView tape() const { return tape_; }

  // What the first stage found in the last document.
  std::span<const std::uint32_t> places() const;

  // Gives all memory back.
  void release();

 private:
  bool prepare(std::size_t bytes);
  bool prepare_words(std::size_t places);
  std::uint8_t* copied(std::string_view bytes);

  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage1_;
  std::size_t bytes_capacity_ = 0;
  std::size_t places_capacity_ = 0;
  std::size_t copy_capacity_ = 0;
  std::unique_ptr<std::uint64_t[]> words_;
  std::unique_ptr<DuplicateFinder::Signature[]> signatures_;
  std::unique_ptr<std::uint8_t[]> copy_;
  std::unique_ptr<OpenContainer[]> open_;
  TapeView tape_;
};

}  // namespace portico::json
