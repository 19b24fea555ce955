// As much of protobuf's text format as the test cases of cel-spec are written in: messages within messages, scalars,
// lists in [ ], and extensions named in [ ].
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/utf8.h"

namespace portico {

struct TextProto {
  std::string name;  // of the field
  std::string text;  // of a scalar: bytes of a string, or the word
  bool is_message = false;
  std::vector<TextProto> fields;

  const TextProto* find(std::string_view field) const {
    for (const TextProto& one : fields) {
      if (one.name == field) return &one;
    }
    return nullptr;
  }
  std::string text_of(std::string_view field) const {
    const TextProto* found = find(field);
    return found == nullptr ? std::string() : found->text;
  }
};

class TextProtoReader {
 public:
  explicit TextProtoReader(std::string_view text) : text_(text) {}

  TextProto read() {
    TextProto root;
    root.is_message = true;
    fields(root, '\0');
    return root;
  }
  bool failed() const { return failed_; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void blanks() {
    while (at_ < text_.size()) {
      if (std::string_view(" \t\r\n,;").find(peek()) != std::string_view::npos) {
        ++at_;
      } else if (peek() == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  bool take(char c) {
    blanks();
    if (peek() != c || c == '\0') return false;
    ++at_;
    return true;
  }

  void fields(TextProto& message, char end) {
    while (!failed_) {
      blanks();
      if (at_ == text_.size()) {
        failed_ = end != '\0';
        return;
      }
      if (end != '\0' && take(end)) return;
      field(message);
    }
  }

  void field(TextProto& message) {
    const std::string name = take('[') ? bracketed() : word();
    take(':');
    if (take('[')) {
      while (!failed_ && !take(']')) value(message.fields.emplace_back(), name);
      return;
    }
    value(message.fields.emplace_back(), name);
  }

  void value(TextProto& field, const std::string& name) {
    field.name = name;
    blanks();
    if (take('{') || take('<')) {
      field.is_message = true;
      fields(field, text_[at_ - 1] == '{' ? '}' : '>');
    } else if (peek() == '"' || peek() == '\'') {
      while (peek() == '"' || peek() == '\'') {
        string(field.text);
        blanks();
      }
    } else {
      field.text = word();
    }
  }

  std::string bracketed() {
    const std::size_t start = at_;
    at_ = std::min(text_.find(']', at_), text_.size());
    const std::string name(text_.substr(start, at_ - start));
    failed_ = failed_ || !take(']');
    return name;
  }

  std::string word() {
    blanks();
    const std::size_t start = at_;
    while (is_alnum(peek()) || (peek() != '\0' && std::string_view("_.+-").find(peek()) != std::string_view::npos))
      ++at_;
    failed_ = failed_ || at_ == start;
    return std::string(text_.substr(start, at_ - start));
  }

  void string(std::string& out) {
    const char quote = text_[at_++];
    while (at_ < text_.size() && peek() != quote) {
      if (peek() == '\\') {
        escape(out);
      } else {
        out += text_[at_++];
      }
    }
    failed_ = failed_ || at_ == text_.size();
    ++at_;
  }

  unsigned number(unsigned base, std::size_t digits) {
    unsigned value = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const int digit = hex_value(peek());
      if (digit < 0 || static_cast<unsigned>(digit) >= base) break;
      value = value * base + static_cast<unsigned>(digit);
    }
    return value;
  }

  void escape(std::string& out) {
    ++at_;
    const char c = peek();
    if (c >= '0' && c <= '7') {
      out += static_cast<char>(number(8, 3));
      return;
    }
    ++at_;
    constexpr std::string_view kNames = "abfnrtv\\?\"'";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\?\"'";
    if (c == 'x' || c == 'X') {
      out += static_cast<char>(number(16, 2));
    } else if (c == 'u' || c == 'U') {
      append_utf8(out, number(16, c == 'u' ? 4 : 8));
    } else if (const auto known = kNames.find(c); known != std::string_view::npos) {
      out += kMeanings[known];
    } else {
      failed_ = true;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace portico
