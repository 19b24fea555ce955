#include "json/writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/text.h"

namespace portico::json {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto u = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHex[u >> 4];
  out += kHex[u & 15];
}

bool needs_escape(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x20 || c == '"' || c == '\\' || u == 0x7F;
}

// Whether every byte stands for itself: nearly all text of events does, and is copied as it is. Eight at a time, the
// last eight overlapping the ones before. Taking 0x20 off a byte below it borrows into its top bit; bytes above 0x7F
// have theirs set anyway; a byte too many may be found by a borrow from its neighbour, never one too few.
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kTops = 0x8080808080808080;
  const auto special = [](const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    const auto has_zero = [](std::uint64_t w) { return (w - kOnes) & ~w; };
    return word | (word - 0x20 * kOnes) | has_zero(word ^ ('"' * kOnes)) | has_zero(word ^ ('\\' * kOnes)) |
           has_zero(word ^ (0x7F * kOnes));
  };
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (text.size() < kWord) {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || needs_escape(c); });
  }
  std::uint64_t found = special(text.data() + text.size() - kWord);
  for (std::size_t i = 0; i + kWord < text.size(); i += kWord) found |= special(text.data() + i);
  return (found & kTops) == 0;
}

void append_quoted(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  const std::size_t size = before + text.size() + 2;
  out.resize_and_overwrite(size, [&](char* data, std::size_t) {
    data[before] = '"';
    text.copy(data + before + 1, text.size());
    data[size - 1] = '"';
    return size;
  });
}

void append_valid(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i])) continue;
    out.append(text, from, i - from);
    append_escaped(out, text[i]);
    from = i + 1;
  }
  out.append(text, from);
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  if (is_plain(text)) return append_quoted(out, text);
  out += '"';
  for (;;) {
    const auto bad = invalid_utf8(text);
    append_valid(out, text.substr(0, bad));
    if (bad == std::string_view::npos) break;
    out += kReplacement;
    text.remove_prefix(bad + 1);
  }
  out += '"';
}

Writer& Writer::key(std::string_view name) {
  if (layout_ != Layout::kIndented && is_plain(name)) {
    // Nearly all keys, and in one piece: an event has two dozen.
    const std::size_t before = out_->size();
    const std::size_t comma = first_ ? 0 : 1;
    const std::size_t size = before + comma + name.size() + 3;
    out_->resize_and_overwrite(size, [&](char* data, std::size_t) {
      data[before] = ',';
      data[before + comma] = '"';
      name.copy(data + before + comma + 1, name.size());
      data[size - 2] = '"';
      data[size - 1] = ':';
      return size;
    });
    first_ = false;
    after_key_ = true;
    return *this;
  }
  if (!first_) *out_ += ',';
  if (layout_ == Layout::kIndented) new_line();
  first_ = false;
  append_string(*out_, name);
  *out_ += ':';
  if (layout_ == Layout::kIndented) *out_ += ' ';
  after_key_ = true;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  before_value();
  append_string(*out_, text);
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return literal({digits.data(), end});
}

Writer& Writer::unsigned_integer(std::uint64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return literal({digits.data(), end});
}

Writer& Writer::number(double value) {
  if (!std::isfinite(value)) return null();
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return literal({digits.data(), end});
}

Writer& Writer::open(char bracket) {
  before_value();
  *out_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

Writer& Writer::close(char bracket) {
  --depth_;
  if (layout_ == Layout::kIndented && !first_) new_line();
  *out_ += bracket;
  first_ = false;
  return *this;
}

Writer& Writer::literal(std::string_view text) {
  before_value();
  *out_ += text;
  return *this;
}

void Writer::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (!first_) *out_ += ',';
  first_ = false;
  if (layout_ == Layout::kIndented) new_line();
}

void Writer::new_line() {
  *out_ += '\n';
  out_->append(std::size_t{2} * depth_, ' ');
}

}  // namespace portico::json
