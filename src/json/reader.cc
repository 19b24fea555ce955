#include "json/reader.h"

#include <string>

#include "base/text.h"
#include "json/assembly.h"
#include "json/encoding.h"

namespace portico::json {
namespace {

class Reader {
 public:
  Reader(std::string_view text, Document& document, ReadBudget& budget)
      : at_(text.data()), end_(text.data() + text.size()), line_start_(at_), assembly_(document, budget) {}

  Result<const Node*> run();

 private:
  Result<void> value();
  Result<void> literal(std::string_view word, Kind kind);
  Result<void> number();
  // Leaves the string's value in string_.
  Result<void> string();
  Result<void> escape();
  Result<std::uint32_t> code_unit();
  Result<void> key();
  // After a value: closes what ends, or stops before the next value.
  Result<void> separator();

  void skip_space() {
    for (; at_ != end_; ++at_) {
      if (*at_ == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (*at_ != ' ' && *at_ != '\t' && *at_ != '\r') {
        return;
      }
    }
  }
  Mark mark() const { return {line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)}; }
  // What is wrong at the cursor.
  std::unexpected<Error> expected(std::string_view what) const;
  std::unexpected<Error> syntax(std::string message) const {
    return assembly_.error(ErrorCode::kSyntax, std::move(message), mark());
  }
  void append_utf8(std::uint32_t code_point);

  const char* at_;
  const char* end_;
  const char* line_start_;
  std::uint32_t line_ = 1;
  Assembly assembly_;
  std::string_view string_;
  std::string unescaped_;
};

Result<const Node*> Reader::run() {
  do {
    PORTICO_CHECK_OK(value());
    PORTICO_CHECK_OK(separator());
  } while (assembly_.in_container());
  skip_space();
  if (at_ != end_) return expected("the end of the document");
  return assembly_.root();
}

std::unexpected<Error> Reader::expected(std::string_view what) const {
  std::string message = "not well-formed JSON: expected " + std::string(what) + ", found ";
  if (at_ == end_) return syntax(message + "the end of the document");
  return syntax(message + '"' + printable({at_, 1}) + '"');
}

// A scalar, or an array's or object's beginning down to its first value. An empty container is closed at once.
Result<void> Reader::value() {
  for (;;) {
    skip_space();
    if (at_ == end_) return expected("a value");
    const Mark start = mark();
    switch (*at_) {
      case '"':
        PORTICO_CHECK_OK(string());
        PORTICO_CHECK_OK(assembly_.scalar(Kind::kString, string_, start));
        return {};
      case 't': return literal("true", Kind::kBoolean);
      case 'f': return literal("false", Kind::kBoolean);
      case 'n': return literal("null", Kind::kNull);
      case '[':
      case '{': {
        const bool object = *at_ == '{';
        PORTICO_CHECK_OK(assembly_.open(object ? Kind::kObject : Kind::kArray, start));
        ++at_;
        skip_space();
        if (at_ != end_ && *at_ == (object ? '}' : ']')) {
          ++at_;
          PORTICO_CHECK_OK(assembly_.close());
          return {};
        }
        if (object) PORTICO_CHECK_OK(key());
        break;
      }
      default:
        if (*at_ != '-' && !is_digit(*at_)) return expected("a value");
        return number();
    }
  }
}

Result<void> Reader::literal(std::string_view word, Kind kind) {
  if (!std::string_view(at_, end_).starts_with(word)) return expected("a value");
  PORTICO_CHECK_OK(assembly_.scalar(kind, word, mark()));
  at_ += word.size();
  return {};
}

Result<void> Reader::number() {
  const char* const start = at_;
  const Mark place = mark();
  const auto digits = [this] {
    const char* const first = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != first;
  };
  if (*at_ == '-') ++at_;
  if (at_ != end_ && *at_ == '0') {
    ++at_;
    if (at_ != end_ && is_digit(*at_)) return syntax("not well-formed JSON: a number with a leading zero");
  } else if (!digits()) {
    return expected("a digit");
  }
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!digits()) return expected("a digit");
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!digits()) return expected("a digit");
  }
  PORTICO_CHECK_OK(assembly_.scalar(Kind::kNumber, {start, at_}, place));
  return {};
}

Result<void> Reader::string() {
  ++at_;
  const char* run = at_;
  bool escaped = false;
  for (;;) {
    while (at_ != end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= 0x20) ++at_;
    if (at_ == end_) return expected("the end of the string");
    if (static_cast<unsigned char>(*at_) < 0x20) {
      return syntax("not well-formed JSON: a control character in a string, which needs an escape");
    }
    if (*at_ == '"' && !escaped) {
      string_ = {run, at_};
      ++at_;
      return {};
    }
    if (!escaped) unescaped_.clear();
    escaped = true;
    unescaped_.append(run, at_);
    if (*at_ == '"') {
      string_ = unescaped_;
      ++at_;
      return {};
    }
    PORTICO_CHECK_OK(escape());
    run = at_;
  }
}

Result<void> Reader::escape() {
  if (end_ - at_ < 2) return expected("an escape");
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (const auto index = kLetters.find(at_[1]); index != std::string_view::npos) {
    unescaped_ += kMeanings[index];
    at_ += 2;
    return {};
  }
  if (at_[1] != 'u') return syntax("not well-formed JSON: an unknown escape in a string");
  PORTICO_TRY(const std::uint32_t unit, code_unit());
  if (unit < 0xD800 || unit > 0xDFFF) {
    append_utf8(unit);
    at_ += 6;
    return {};
  }
  const std::string lone = "an escape of half a surrogate pair, which is no character";
  if (unit > 0xDBFF || end_ - at_ < 8 || at_[6] != '\\' || at_[7] != 'u') return syntax(lone);
  at_ += 6;
  PORTICO_TRY(const std::uint32_t low, code_unit());
  if (low < 0xDC00 || low > 0xDFFF) return syntax(lone);
  append_utf8(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
  at_ += 6;
  return {};
}

// The value of "\uXXXX" at the cursor, which stays.
Result<std::uint32_t> Reader::code_unit() {
  std::uint32_t unit = 0;
  for (int i = 2; i < 6; ++i) {
    const int digit = end_ - at_ > i ? hex_value(at_[i]) : -1;
    if (digit < 0) return syntax("not well-formed JSON: \\u without four hexadecimal digits");
    unit = unit * 16 + static_cast<std::uint32_t>(digit);
  }
  return unit;
}

void Reader::append_utf8(std::uint32_t code_point) {
  const auto byte = [this](std::uint32_t value) { unescaped_ += static_cast<char>(value); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0 | code_point >> 6);
    byte(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    byte(0xE0 | code_point >> 12);
    byte(0x80 | (code_point >> 6 & 0x3F));
    byte(0x80 | (code_point & 0x3F));
  } else {
    byte(0xF0 | code_point >> 18);
    byte(0x80 | (code_point >> 12 & 0x3F));
    byte(0x80 | (code_point >> 6 & 0x3F));
    byte(0x80 | (code_point & 0x3F));
  }
}

Result<void> Reader::key() {
  skip_space();
  if (at_ == end_ || *at_ != '"') return expected("a key in double quotes");
  const Mark place = mark();
  PORTICO_CHECK_OK(string());
  PORTICO_CHECK_OK(assembly_.key(string_, place));
  skip_space();
  if (at_ == end_ || *at_ != ':') return expected("\":\"");
  ++at_;
  return {};
}

Result<void> Reader::separator() {
  while (assembly_.in_container()) {
    skip_space();
    const bool object = assembly_.in_object();
    if (at_ != end_ && *at_ == ',') {
      ++at_;
      return object ? key() : Result<void>();
    }
    if (at_ == end_ || *at_ != (object ? '}' : ']')) return expected(object ? "\",\" or \"}\"" : "\",\" or \"]\"");
    ++at_;
    PORTICO_CHECK_OK(assembly_.close());
  }
  return {};
}

}  // namespace

Result<void> read_json(std::string_view bytes, Document& document, ReadBudget& budget) {
  PORTICO_TRY(const std::string_view text, document_text(bytes, document.name));
  // Nodes keep sizes, lines and columns in 32 bits.
  if (text.size() > UINT32_MAX) {
    return failure(ErrorCode::kLimit, "the document is larger than 4 GiB", Place{.file = document.name});
  }
  if (const auto offset = invalid_utf8(text); offset != std::string_view::npos) {
    return failure(ErrorCode::kSyntax, "the document is not well-formed UTF-8", place_at(text, offset, document.name),
                   "convert it to UTF-8 first");
  }
  PORTICO_TRY(document.root, Reader(text, document, budget).run());
  return {};
}

Result<void> read_json(std::string_view bytes, Document& document) {
  ReadBudget budget;
  return read_json(bytes, document, budget);
}

}  // namespace portico::json
