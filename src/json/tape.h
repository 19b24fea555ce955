// The tape: one document of traffic as a flat array of 64-bit words.
//
// The form is simdjson's but for strings, which stand where they were read, in the bytes of the document: the type's
// letter in the top byte, a payload below. Word 0 is the root marker and the value starts at word 1:
//   {  payload: index after the matching } in the low 32 bits, number of members (saturating) in the next 24
//   [  the same for arrays; } and ] hold the index of their opening word
//   "  payload: where the text starts, from TapeView::strings, in the low 32 bits, its length in the next 24. A text of
//      2^24 - 1 bytes or more has that number there, and its length in the four bytes in front of the text.
//   l u d  the next word is the int64, uint64 or double
//   N  ours: a number that neither 64-bit integers nor double can hold; payload: its literal, as a string's; the next
//      word is the nearest double (infinite beyond the range)
//   t f n  true, false, null
// Keys are strings; members are key, value, key, value in document order, duplicates included.
//
// TapeBuilder writes the same form from decoded parameters, forms or XML, so that one engine validates them all:
//   builder.reset(); builder.begin_object(); builder.key("limit"); builder.integer(10); builder.end_object();
//   validator.accepts(program, builder.finish());
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace portico::json {

namespace tape {
constexpr char kObject = '{';
constexpr char kObjectEnd = '}';
constexpr char kArray = '[';
constexpr char kArrayEnd = ']';
constexpr char kString = '"';
constexpr char kInteger = 'l';
constexpr char kUnsigned = 'u';
constexpr char kDouble = 'd';
constexpr char kBigNumber = 'N';
constexpr char kTrue = 't';
constexpr char kFalse = 'f';
constexpr char kNull = 'n';
constexpr char kRoot = 'r';

// Bytes that may be read (not used) behind the last string, so that keys can be loaded as whole words.
constexpr std::size_t kStringSlack = 16;

constexpr std::uint32_t kLongText = 0xffffff;

constexpr std::uint64_t word(char type, std::uint64_t payload) {
  return (static_cast<std::uint64_t>(static_cast<unsigned char>(type)) << 56) | payload;
}
// Of a string, or a big number's literal, that is shorter than kLongText.
constexpr std::uint64_t text_word(char type, std::uint64_t offset, std::uint64_t length) {
  return word(type, (length << 32) | offset);
}
}  // namespace tape

// What stands for a number beyond double's range: an infinity or a zero. `literal` is a number by the grammar.
double beyond_double(std::string_view literal);

// A view of a tape; it owns nothing. Valid until the next call to the Parser or TapeBuilder that made it.
struct TapeView {
  const std::uint64_t* words = nullptr;
  std::size_t count = 0;  // words in use, the closing root marker included
  const std::uint8_t* strings = nullptr;

  static constexpr std::size_t kFirst = 1;  // where the document's value starts

  char type(std::size_t i) const { return static_cast<char>(words[i] >> 56); }
  std::uint64_t payload(std::size_t i) const { return words[i] & UINT64_C(0x00ffffffffffffff); }

  static constexpr std::uint32_t kManyMembers = 0xffffff;

  // Containers: the index after the end, and the number of members or elements (exact below kManyMembers).
  std::size_t after(std::size_t i) const { return static_cast<std::uint32_t>(words[i]); }
  std::uint32_t saturated_count(std::size_t i) const {
    return static_cast<std::uint32_t>(words[i] >> 32) & kManyMembers;
  }

  // The index of the value that follows the one at `i`.
  std::size_t next(std::size_t i) const {
    switch (type(i)) {
      case tape::kObject:
      case tape::kArray: return after(i);
      case tape::kInteger:
      case tape::kUnsigned:
      case tape::kDouble:
      case tape::kBigNumber: return i + 2;
      default: return i + 1;
    }
  }

  // A string's or key's bytes; a big number's literal.
  std::size_t offset(std::size_t i) const { return static_cast<std::uint32_t>(words[i]); }  // from `strings`
  const std::uint8_t* bytes(std::size_t i) const { return strings + offset(i); }
  std::uint32_t length(std::size_t i) const {
    const auto length = static_cast<std::uint32_t>(words[i] >> 32) & tape::kLongText;
    return length == tape::kLongText ? long_length(bytes(i)) : length;
  }
  std::string_view text(std::size_t i) const { return {reinterpret_cast<const char*>(bytes(i)), length(i)}; }

  std::int64_t integer(std::size_t i) const { return static_cast<std::int64_t>(words[i + 1]); }
  std::uint64_t unsigned_integer(std::size_t i) const { return words[i + 1]; }
  double real(std::size_t i) const { return std::bit_cast<double>(words[i + 1]); }

 private:
  static std::uint32_t long_length(const std::uint8_t* text);
};

// Builds a tape. Calls must follow the grammar (a key before each value of an object); buffers are kept by reset(), so
// building does not allocate after warm-up. Not thread-safe.
class TapeBuilder {
 public:
  TapeBuilder() { reset(); }

  // Starts a new document.
  void reset();

  void begin_object() { open(tape::kObject); }
  void end_object() { close(tape::kObjectEnd); }
  void begin_array() { open(tape::kArray); }
  void end_array() { close(tape::kArrayEnd); }
  void key(std::string_view name);
  void string(std::string_view text);
  void integer(std::int64_t value);
  void unsigned_integer(std::uint64_t value);
  void number(double value);
  void boolean(bool value);
  void null();

  // A number from its JSON literal, exact: whatever fits becomes integer, unsigned or double, the rest a big number.
  // False, and nothing is written, when `literal` is not a number by RFC 8259.
  bool number_literal(std::string_view literal);

  // Closes the document. The view is valid until the next reset() or destruction.
  TapeView finish();

  std::size_t depth() const { return open_.size(); }

  // Where the next value or key will stand, and a view of what is complete so far: several values may be kept in one
  // builder (as elements of an array that stays open).
  std::size_t position() const { return words_.size(); }
  TapeView view() const { return {words_.data(), words_.size(), strings_.data()}; }
  std::size_t footprint() const { return words_.capacity() * sizeof(std::uint64_t) + strings_.capacity(); }

 private:
  void count_value();
  void push(char type, std::uint64_t payload);
  void push_text(char type, std::string_view text);
  void open(char type);
  void close(char type);

  struct Open {
    std::uint32_t start;
    std::uint32_t count;
  };
  std::vector<std::uint64_t> words_;
  std::vector<std::uint8_t> strings_;
  std::vector<Open> open_;
};

}  // namespace portico::json
