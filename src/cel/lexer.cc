#include "cel/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/text.h"
#include "base/utf8.h"

namespace portico::cel {
namespace {

constexpr std::uint64_t kIntMagnitude = UINT64_C(1) << 63;

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    while (true) {
      skip_blanks();
      Token& token = tokens.emplace_back();
      token.position = static_cast<std::uint32_t>(at_);
      if (at_ == text_.size()) return tokens;
      PORTICO_CHECK_OK(next(token));
    }
  }

 private:
  std::unexpected<Error> error(std::size_t at, std::string message, std::string remedy = {}) const {
    return failure(ErrorCode::kSyntax, std::move(message), place_in(text_, at), std::move(remedy));
  }

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool follows(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void skip_blanks() {
    constexpr std::string_view kBlanks = " \t\r\n\f";
    while (at_ < text_.size()) {
      if (kBlanks.find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else if (follows("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  Result<void> next(Token& token) {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number(token);
    if (c == '"' || c == '\'') return string(token, 0);
    if (is_alpha(c) || c == '_') {
      if (const std::size_t prefix = string_prefix(); prefix > 0) return string(token, prefix);
      return name(token);
    }
    if (c == '`') return quoted_name(token);
    return symbol(token);
  }

  // Letters before a quote: r, b, and both in either order and case.
  std::size_t string_prefix() const {
    std::size_t size = 0;
    bool raw = false;
    bool bytes = false;
    while (size < 2) {
      const char c = to_lower(peek(size));
      if (c == 'r' && !raw) {
        raw = true;
      } else if (c == 'b' && !bytes) {
        bytes = true;
      } else {
        break;
      }
      ++size;
    }
    return size > 0 && (peek(size) == '"' || peek(size) == '\'') ? size : 0;
  }

  Result<void> name(Token& token) {
    const std::size_t start = at_;
    while (is_alnum(peek()) || peek() == '_') ++at_;
    token.kind = Token::Kind::kName;
    token.text = text_.substr(start, at_ - start);
    return {};
  }

  Result<void> quoted_name(Token& token) {
    const std::size_t end = text_.find_first_of("`\n", at_ + 1);
    if (end == std::string_view::npos || text_[end] == '\n') return error(at_, "a name in ` ` does not end");
    token.kind = Token::Kind::kQuotedName;
    token.text = text_.substr(at_ + 1, end - at_ - 1);
    const auto allowed = [](char c) {
      return is_alnum(c) || std::string_view("_.-/ ").find(c) != std::string_view::npos;
    };
    if (token.text.empty() || !std::ranges::all_of(token.text, allowed)) {
      return error(at_, "a name in ` ` has letters, digits and _ . - / only");
    }
    at_ = end + 1;
    return {};
  }

  Result<void> symbol(Token& token) {
    constexpr std::array<std::string_view, 26> kSymbols = {"==", "!=", "<=", ">=", "&&", "||", "<", ">",
                                                           "+",  "-",  "*",  "/",  "%",  "!",  "?", ":",
                                                           ".",  ",",  "(",  ")",  "[",  "]",  "{", "}"};
    for (const std::string_view symbol : kSymbols) {
      if (symbol.empty() || !follows(symbol)) continue;
      token.kind = Token::Kind::kSymbol;
      token.text = text_.substr(at_, symbol.size());
      at_ += symbol.size();
      return {};
    }
    const char c = peek();
    if (c == '=') return error(at_, "unexpected \"=\"", "Equality is \"==\".");
    if (c == '&' || c == '|')
      return error(at_, "unexpected \"" + std::string(1, c) + "\"", "Logic is \"&&\" and \"||\".");
    return error(at_, "unexpected \"" + printable(text_.substr(at_, 1)) + "\"");
  }

  void digits() {
    while (is_digit(peek())) ++at_;
  }

  Result<void> number(Token& token) {
    const std::size_t start = at_;
    if (peek() == '0' && to_lower(peek(1)) == 'x') return hexadecimal(token);
    digits();
    bool real = false;
    if (peek() == '.' && is_digit(peek(1))) {
      real = true;
      ++at_;
      digits();
    }
    if (to_lower(peek()) == 'e') {
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        real = true;
        at_ += 1 + sign;
        digits();
      }
    }
    const std::string_view literal = text_.substr(start, at_ - start);
    if (!real) return whole(token, literal, 10);
    token.kind = Token::Kind::kDouble;
    // strtod tells what is too large from what is so small that it is zero; from_chars does not.
    token.real = std::strtod(std::string(literal).c_str(), nullptr);
    if (!std::isfinite(token.real)) return error(start, "the number does not fit a double");
    return number_end(token);
  }

  Result<void> hexadecimal(Token& token) {
    at_ += 2;
    const std::size_t start = at_;
    while (hex_value(peek()) >= 0) ++at_;
    if (at_ == start) return error(start, "0x without digits");
    return whole(token, text_.substr(start, at_ - start), 16);
  }

  Result<void> whole(Token& token, std::string_view literal, int base) {
    const auto [end, problem] = std::from_chars(literal.data(), literal.data() + literal.size(), token.integer, base);
    const bool is_unsigned = to_lower(peek()) == 'u';
    if (is_unsigned) ++at_;
    token.kind = is_unsigned ? Token::Kind::kUint : Token::Kind::kInt;
    if (problem != std::errc{} || (!is_unsigned && token.integer > kIntMagnitude)) {
      return error(token.position, "the number does not fit 64 bits");
    }
    return number_end(token);
  }

  Result<void> number_end(Token& token) {
    if (is_alnum(peek()) || peek() == '_') return error(at_, "a number ends in a letter");
    token.text = text_.substr(token.position, at_ - token.position);
    return {};
  }

  Result<void> string(Token& token, std::size_t prefix) {
    const std::string marks = lower(text_.substr(at_, prefix));
    const bool raw = marks.find('r') != std::string::npos;
    const bool bytes = marks.find('b') != std::string::npos;
    at_ += prefix;
    const char quote = peek();
    const std::string end(follows(std::string(3, quote)) ? 3 : 1, quote);
    at_ += end.size();
    token.kind = bytes ? Token::Kind::kBytes : Token::Kind::kString;
    while (!follows(end)) {
      if (at_ == text_.size()) return error(token.position, "a string does not end");
      const char c = text_[at_];
      if (end.size() == 1 && (c == '\n' || c == '\r')) {
        return error(token.position, "a string does not end in its line", "Several lines take triple quotes.");
      }
      if (c == '\\' && !raw) {
        PORTICO_CHECK_OK(escape(token.bytes, bytes));
      } else {
        token.bytes += c;
        ++at_;
      }
    }
    at_ += end.size();
    token.text = text_.substr(token.position, at_ - token.position);
    return {};
  }

  Result<void> escape(std::string& out, bool bytes) {
    const std::size_t start = at_;
    ++at_;
    const char c = peek();
    constexpr std::string_view kNames = "abfnrtv\\?\"'`";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\?\"'`";
    if (const auto known = kNames.find(c); known != std::string_view::npos && c != '\0') {
      out += kMeanings[known];
      ++at_;
      return {};
    }
    ++at_;
    switch (c) {
      case 'x':
      case 'X': return coded(out, start, 2, 16, bytes);
      case 'u': return bytes ? error(start, "\\u has no place in bytes") : coded(out, start, 4, 16, false);
      case 'U': return bytes ? error(start, "\\U has no place in bytes") : coded(out, start, 8, 16, false);
      case '0':
      case '1':
      case '2':
      case '3': --at_; return coded(out, start, 3, 8, bytes);
      default: return error(start, "unknown escape in a string", "A backslash itself is \\\\; raw strings are r'...'.");
    }
  }

  // A code point, or in bytes an octet, by its number.
  Result<void> coded(std::string& out, std::size_t start, std::size_t count, unsigned base, bool bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const int digit = hex_value(peek());
      if (digit < 0 || static_cast<unsigned>(digit) >= base) return error(start, "an escape lacks digits");
      value = value * base + static_cast<unsigned>(digit);
      ++at_;
    }
    if (bytes) {
      out += static_cast<char>(value);
      return {};
    }
    if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return error(start, "an escape names no code point");
    append_utf8(out, value);
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<Token>> tokens_of(std::string_view expression) {
  if (const auto bad = invalid_utf8(expression); bad != std::string_view::npos) {
    return failure(ErrorCode::kSyntax, "the expression is not UTF-8", place_in(expression, bad));
  }
  return Lexer(expression).run();
}

Place place_in(std::string_view expression, std::size_t position) {
  const std::string_view before = expression.substr(0, position);
  const auto lines = std::ranges::count(before, '\n');
  const auto last = before.rfind('\n');
  const std::size_t column = last == std::string_view::npos ? before.size() : before.size() - last - 1;
  return {.file = {}, .line = static_cast<std::uint32_t>(lines + 1), .column = static_cast<std::uint32_t>(column + 1)};
}

}  // namespace portico::cel
