#include "json/parse_exact.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/utf8.h"
#include "json/parse_escapes.h"

namespace portico::json {
namespace {

class Reader {
 public:
  Reader(std::string_view bytes, const Strictness& strictness, TapeBuilder& builder, std::vector<char>& scratch)
      : bytes_(bytes), strictness_(strictness), builder_(builder), scratch_(scratch) {}

  ParseProblem run();
  std::size_t offset() const { return at_; }

 private:
  bool done() const { return at_ >= bytes_.size(); }
  char peek() const { return done() ? '\0' : bytes_[at_]; }
  void skip_space() {
    while (!done() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }
  bool take(char expected) {
    skip_space();
    if (done() || peek() != expected) return false;
    ++at_;
    return true;
  }

  ParseProblem value(bool& opened);
  ParseProblem open(char bracket);
  ParseProblem key();
  ParseProblem string(bool is_key);
  ParseProblem escape();
  ParseProblem number();
  ParseProblem word(std::string_view expected);

  std::string_view bytes_;
  const Strictness& strictness_;
  TapeBuilder& builder_;
  static constexpr std::uint32_t kHardDepth = 1024;

  std::vector<char>& scratch_;                // the text of the string being read
  std::array<char, kHardDepth + 1> kinds_{};  // open brackets; the innermost may be of an empty container
  std::size_t depth_ = 0;
  std::size_t at_ = 0;
};

ParseProblem Reader::run() {
  if (bytes_.starts_with("\xef\xbb\xbf")) return ParseProblem::kByteOrderMark;
  if (const std::size_t bad = invalid_utf8(bytes_); bad != std::string_view::npos) {
    at_ = bad;
    return ParseProblem::kInvalidUtf8;
  }
  skip_space();
  if (done()) return ParseProblem::kEmpty;
  bool opened = false;
  if (const auto problem = value(opened); problem != ParseProblem::kNone) return problem;
  bool first = opened;
  while (depth_ != 0) {
    const bool object = kinds_[depth_ - 1] == '{';
    if (take(object ? '}' : ']')) {
      object ? builder_.end_object() : builder_.end_array();
      --depth_;
      first = false;
      continue;
    }
    if (!first && !take(',')) return ParseProblem::kSyntax;
    if (object) {
      if (const auto problem = key(); problem != ParseProblem::kNone) return problem;
    }
    skip_space();
    if (const auto problem = value(opened); problem != ParseProblem::kNone) return problem;
    first = opened;
    // A comma must not be followed by a closing bracket: value() has read a value, so only `first` may close at once.
  }
  skip_space();
  return done() ? ParseProblem::kNone : ParseProblem::kSyntax;
}

ParseProblem Reader::value(bool& opened) {
  opened = false;
  switch (peek()) {
    case '{':
    case '[': opened = true; return open(peek());
    case '"': return string(false);
    case 't': builder_.boolean(true); return word("true");
    case 'f': builder_.boolean(false); return word("false");
    case 'n': builder_.null(); return word("null");
    default: return number();
  }
}

ParseProblem Reader::open(char bracket) {
  ++at_;
  // simdjson does not count a container that is empty; the answer must not depend on who reads.
  skip_space();
  const bool empty = peek() == (bracket == '{' ? '}' : ']');
  if (!empty && depth_ >= std::min(strictness_.max_depth, kHardDepth)) return ParseProblem::kDepth;
  kinds_[depth_++] = bracket;
  bracket == '{' ? builder_.begin_object() : builder_.begin_array();
  return ParseProblem::kNone;
}

ParseProblem Reader::key() {
  skip_space();
  if (peek() != '"') return ParseProblem::kSyntax;
  if (const auto problem = string(true); problem != ParseProblem::kNone) return problem;
  return take(':') ? ParseProblem::kNone : ParseProblem::kSyntax;
}

ParseProblem Reader::word(std::string_view expected) {
  if (bytes_.substr(at_, expected.size()) != expected) return ParseProblem::kSyntax;
  at_ += expected.size();
  return ParseProblem::kNone;
}

ParseProblem Reader::number() {
  std::size_t end = at_;
  while (end < bytes_.size() && (is_alnum(bytes_[end]) || std::string_view("+-.").contains(bytes_[end]))) ++end;
  const std::string_view literal = bytes_.substr(at_, end - at_);
  if (literal.size() > strictness_.max_digits) return ParseProblem::kNumberRange;
  const std::size_t exponent_at = literal.find_first_of("eE");
  if (exponent_at != std::string_view::npos) {
    std::string_view exponent = literal.substr(exponent_at + 1);
    if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
    const auto magnitude = parse_uint(exponent);
    const bool digits = !exponent.empty() && std::ranges::all_of(exponent, is_digit);
    if (digits && (!magnitude || *magnitude > strictness_.max_exponent)) return ParseProblem::kNumberRange;
  }
  if (!builder_.number_literal(literal)) return ParseProblem::kSyntax;
  const bool big = builder_.view().type(builder_.position() - 2) == tape::kBigNumber;
  if (big && !strictness_.big_numbers) return ParseProblem::kNumberRange;
  at_ = end;
  return ParseProblem::kNone;
}

ParseProblem Reader::string(bool is_key) {
  scratch_.clear();
  ++at_;
  while (true) {
    if (done()) return ParseProblem::kSyntax;
    const char c = bytes_[at_];
    if (static_cast<unsigned char>(c) < 0x20) return ParseProblem::kSyntax;
    if (c == '"') break;
    if (c == '\\') {
      if (const auto problem = escape(); problem != ParseProblem::kNone) return problem;
      continue;
    }
    scratch_.push_back(c);
    ++at_;
  }
  ++at_;
  const std::string_view text(scratch_.data(), scratch_.size());
  is_key ? builder_.key(text) : builder_.string(text);
  return ParseProblem::kNone;
}

ParseProblem Reader::escape() {
  const Escape escape = read_escape(bytes_.substr(at_));
  if (escape.half_a_pair) return ParseProblem::kInvalidUtf8;
  if (escape.size == 0) return ParseProblem::kSyntax;
  if (escape.character == 0 && strictness_.reject_nul) return ParseProblem::kNul;
  append_utf8(scratch_, escape.character);
  at_ += escape.size;
  return ParseProblem::kNone;
}

}  // namespace

ParseProblem parse_exactly(std::string_view bytes, const Strictness& strictness, TapeBuilder& builder,
                           std::vector<char>& scratch, std::size_t& problem_offset) {
  Reader reader(bytes, strictness, builder, scratch);
  const ParseProblem problem = reader.run();
  problem_offset = problem == ParseProblem::kNone ? 0 : reader.offset();
  return problem;
}

}  // namespace portico::json
