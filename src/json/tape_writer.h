// The second stage of the fast parser: from the places that the first stage found to the words of a tape.
//
// A writer goes forward only. Its steps (a string, a scalar, a container's two ends) are for loops that know what comes
// next: walk(), which takes any value, and the schema engine's reader, which validates as it goes. Each step writes
// what it read and says whether that was JSON; after a false the writer is of no use.
//
// Keep writers in local variables and hand them on by value: then their members live in registers. Internal to json/
// and schema/; see Parser::begin().
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "json/parse_duplicates.h"
#include "json/parse_escapes.h"
#include "json/parse_number.h"
#include "json/tape.h"

namespace portico::json {

// A container that is open.
struct OpenContainer {
  std::uint64_t* word = nullptr;                     // its opening one
  DuplicateFinder::Signature* signatures = nullptr;  // of its keys
  std::uint32_t commas = 0;
  bool is_object = false;
};

// What a writer works on; all of it is the parser's.
struct TapeSource {
  const std::uint8_t* bytes;
  std::size_t size;
  std::uint8_t* writable;       // `bytes`, or null when these hold no backslash
  std::uint32_t backslash;      // the first one, or kNowhere
  const std::uint32_t* places;  // behind them one more, where no container may end or go on
  const std::uint32_t* end;
  std::uint64_t* words;
  DuplicateFinder::Signature* signatures;
  OpenContainer* open;          // room for max_depth of them
  DuplicateFinder* duplicates;  // null: nobody minds
  std::uint32_t max_depth;
  bool reject_nul;

  // Of the tape to come: every other place makes a word, at least.
  std::size_t least_words() const { return static_cast<std::size_t>(end - places) / 2; }
};

class TapeWriter {
 public:
  // The source must outlive the writer.
  [[gnu::always_inline]] inline explicit TapeWriter(const TapeSource& source)
      : source_(&source),
        bytes_(source.bytes),
        backslash_(source.backslash),
        next_(source.places),
        out_(source.words + TapeView::kFirst),
        signature_(source.signatures) {}

  // The byte at the next place, and where that is. The last place comes before what would be read behind it.
  [[gnu::always_inline]] std::uint32_t place() const { return *next_; }
  [[gnu::always_inline]] std::uint8_t peek() const { return bytes_[*next_]; }
  [[gnu::always_inline]] std::uint8_t take() { return bytes_[*next_++]; }

  const std::uint8_t* bytes() const { return bytes_; }
  std::uint64_t* words() const { return source_->words; }
  // Where the next word goes.
  [[gnu::always_inline]] std::uint32_t position() const { return index(out_); }
  [[gnu::always_inline]] std::uint64_t last_word() const { return out_[-1]; }

  // Takes back what was taken last.
  [[gnu::always_inline]] void put_back() { --next_; }

  // The string whose opening quote stands at the next place.
  [[gnu::always_inline]] inline bool string();
  // The length of the key there, if a colon follows at once and there is no escape: known_string() takes a key for
  // which that is so; else it is false, and nothing is done.
  [[gnu::always_inline]] std::uint32_t likely_length() const { return next_[1] - next_[0] - 2; }
  [[gnu::always_inline]] inline bool known_string(std::uint32_t length);
  // A number, true, false or null at the next place. What follows it must not be the end of the document, behind which
  // anything may stand; lone_scalar() is for that.
  [[gnu::always_inline]] inline bool scalar() { return scalar_at(bytes_ + *next_++); }
  bool lone_scalar();
  // `{}` or `[]`, whose opening bracket has been taken, if it is that.
  [[gnu::always_inline]] inline bool empty(std::uint8_t bracket);

  // For the key that was just written.
  [[gnu::always_inline]] inline void sign();
  DuplicateFinder::Signature* signature() const { return signature_; }

  // The start and the end of a container that is not empty. The end is false for a key twice.
  [[gnu::always_inline]] std::uint64_t* begin() { return out_++; }
  [[gnu::always_inline]] inline bool end(const OpenContainer& container);

  // Any value, at the next place, to its end; `depth` containers are open around it.
  [[gnu::always_inline]] inline bool value(std::uint32_t depth);
  // The same, out of line.
  [[gnu::always_inline]] inline bool value_apart(std::uint32_t depth);

  // Closes the tape. False when the document goes on.
  [[gnu::always_inline]] inline bool finish();
  std::size_t count() const { return static_cast<std::size_t>(out_ - source_->words); }

 private:
  enum class State : std::uint8_t { kKey, kMemberEnd, kElement, kElementEnd, kDone, kFailed };

  [[gnu::always_inline]] inline bool scalar_at(const std::uint8_t* at);
  [[gnu::always_inline]] inline bool literal(const std::uint8_t* at);
  struct Progress {
    const std::uint32_t* next;
    std::uint64_t* out;
    DuplicateFinder::Signature* signature;
    std::uint32_t backslash;
  };
  static bool walk(const TapeSource& source, Progress& progress, std::uint32_t depth);
  std::uint32_t index(const std::uint64_t* word) const { return static_cast<std::uint32_t>(word - source_->words); }

  const TapeSource* source_;
  const std::uint8_t* bytes_;
  std::uint32_t backslash_;  // the first that has not been read
  const std::uint32_t* next_;
  std::uint64_t* out_;
  DuplicateFinder::Signature* signature_;  // where the next goes
};

// Nothing but white space stands between a string's closing quote and the next place.
inline bool TapeWriter::string() {
  const std::uint32_t start = *next_++ + 1;
  const std::uint8_t* end = bytes_ + *next_ - 1;
  while (*end != '"') --end;
  auto stop = static_cast<std::uint32_t>(end - bytes_);
  if (stop > backslash_) [[unlikely]] {
    if (backslash_ < start) return false;
    const Unescaped unescaped = unescape(source_->writable, source_->size, backslash_, stop, source_->reject_nul);
    if (unescaped.stop == kNowhere) return false;
    stop = unescaped.stop;
    backslash_ = unescaped.backslash;
  }
  const std::uint32_t length = stop - start;
  if (length >= tape::kLongText) [[unlikely]]
    return false;
  *out_++ = tape::text_word(tape::kString, start, length);
  return true;
}

inline bool TapeWriter::known_string(std::uint32_t length) {
  const std::uint32_t start = *next_ + 1;
  const std::uint32_t stop = start + length;
  if (bytes_[stop] != '"' || stop > backslash_) return false;
  ++next_;
  *out_++ = tape::text_word(tape::kString, start, length);
  return true;
}

inline bool TapeWriter::scalar_at(const std::uint8_t* at) {
  if (*at == '-' || (*at >= '0' && *at <= '9')) {
    if (!parse_short_number(at, out_) && parse_number(at, out_) != NumberOutcome::kDone) return false;
    out_ += 2;
    return true;
  }
  return literal(at);
}

inline bool TapeWriter::literal(const std::uint8_t* at) {
  constexpr auto kLetters = [](std::string_view text) {
    std::uint32_t word = 0;
    for (std::size_t i = 4; i-- > 0;) word = (word << 8) | static_cast<unsigned char>(text[i]);
    return word;
  };
  std::uint32_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  std::size_t size = 4;
  if (word == kLetters("fals")) {
    if (at[4] != 'e') return false;
    size = 5;
  } else if (word != kLetters("true") && word != kLetters("null")) {
    return false;
  }
  *out_++ = tape::word(static_cast<char>(*at), 0);
  return kEndsValue[at[size]];
}

inline bool TapeWriter::empty(std::uint8_t bracket) {
  const char closing = bracket == '{' ? tape::kObjectEnd : tape::kArrayEnd;
  if (peek() != static_cast<std::uint8_t>(closing)) return false;
  ++next_;
  const std::uint32_t start = index(out_);
  *out_++ = tape::word(static_cast<char>(bracket), start + 2);
  *out_++ = tape::word(closing, start);
  return true;
}

inline void TapeWriter::sign() {
  const std::uint64_t word = out_[-1];
  *signature_++ = DuplicateFinder::signature(bytes_ + static_cast<std::uint32_t>(word),
                                             static_cast<std::uint32_t>(word >> 32) & tape::kLongText);
}

inline bool TapeWriter::end(const OpenContainer& container) {
  const bool object = container.is_object;
  *out_++ = tape::word(object ? tape::kObjectEnd : tape::kArrayEnd, index(container.word));
  const std::uint64_t count = std::min(container.commas + 1, TapeView::kManyMembers);
  *container.word = tape::word(object ? tape::kObject : tape::kArray, index(out_) | (count << 32));
  if (!object) return true;
  const DuplicateFinder::Signature* signatures_end = signature_;
  signature_ = container.signatures;
  DuplicateFinder* duplicates = source_->duplicates;
  if (signatures_end - signature_ < 2 || duplicates == nullptr) return true;
  if (!duplicates->may_repeat(signature_, signatures_end)) [[likely]]
    return true;
  return !duplicates->in_object({source_->words, 0, bytes_}, index(container.word));
}

inline bool TapeWriter::value(std::uint32_t depth) {
  const std::uint32_t outside = depth;
  const std::uint32_t max_depth = source_->max_depth;
  OpenContainer* const stack = source_->open;
  // The innermost container, in variables of its own so that these live in registers.
  std::uint64_t* word = nullptr;
  DuplicateFinder::Signature* signatures = nullptr;
  std::uint32_t commas = 0;
  bool is_object = false;
  const auto value = [&](State then) __attribute__((always_inline)) {
    const std::uint8_t first = peek();
    if (first == '"') return string() ? then : State::kFailed;
    if (first != '{' && first != '[') return scalar() ? then : State::kFailed;
    ++next_;
    if (empty(first)) return then;
    if (depth == max_depth) return State::kFailed;
    OpenContainer& outer = stack[depth++];
    outer.word = word;
    outer.signatures = signatures;
    outer.commas = commas;
    outer.is_object = is_object;
    word = begin();
    signatures = signature_;
    commas = 0;
    is_object = first == '{';
    return is_object ? State::kKey : State::kElement;
  };
  const auto close = [&](bool object) __attribute__((always_inline)) {
    if (!end({word, signatures, commas, object})) return State::kFailed;
    const OpenContainer& outer = stack[--depth];
    word = outer.word;
    signatures = outer.signatures;
    commas = outer.commas;
    is_object = outer.is_object;
    if (depth == outside) return State::kDone;
    return is_object ? State::kMemberEnd : State::kElementEnd;
  };
  State state = value(State::kDone);
  while (true) {
    switch (state) {
      case State::kKey:
        if (peek() != '"' || !string()) return false;
        sign();
        state = take() == ':' ? value(State::kMemberEnd) : State::kFailed;
        break;
      case State::kMemberEnd: {
        const std::uint8_t c = take();
        if (c == ',') {
          ++commas;
          state = State::kKey;
        } else {
          state = c == '}' ? close(true) : State::kFailed;
        }
        break;
      }
      case State::kElement: state = value(State::kElementEnd); break;
      case State::kElementEnd: {
        const std::uint8_t c = take();
        if (c == ',') {
          ++commas;
          state = State::kElement;
        } else {
          state = c == ']' ? close(false) : State::kFailed;
        }
        break;
      }
      case State::kDone: return true;
      case State::kFailed: return false;
    }
  }
}

inline bool TapeWriter::value_apart(std::uint32_t depth) {
  // Member by member, and not the writer itself, so that it stays in registers.
  Progress progress{next_, out_, signature_, backslash_};
  const bool read = walk(*source_, progress, depth);
  next_ = progress.next;
  out_ = progress.out;
  signature_ = progress.signature;
  backslash_ = progress.backslash;
  return read;
}

inline bool TapeWriter::finish() {
  *source_->words = tape::word(tape::kRoot, position());
  *out_++ = tape::word(tape::kRoot, 0);
  return next_ == source_->end;
}

}  // namespace portico::json
