#include "json/tape.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace portico::json {
namespace {

// The grammar of numbers in RFC 8259, section 6. `whole` tells whether there is neither fraction nor exponent.
bool is_number(std::string_view text, bool& whole) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > start;
  };
  if (i < text.size() && text[i] == '-') ++i;
  if (i < text.size() && text[i] == '0') {
    ++i;
  } else if (!digits()) {
    return false;
  }
  whole = true;
  if (i < text.size() && text[i] == '.') {
    ++i;
    whole = false;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    whole = false;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

}  // namespace

// from_chars leaves it open which end was passed, and the
// exponent alone does not tell ("0.000...1e5"): the digits' place does.
double beyond_double(std::string_view literal) {
  const bool negative = literal.front() == '-';
  const std::size_t exponent_at = literal.find_first_of("eE");
  long exponent = 0;
  if (exponent_at != std::string_view::npos) {
    std::string_view digits = literal.substr(exponent_at + 1);
    const bool minus = digits.front() == '-';
    if (minus || digits.front() == '+') digits.remove_prefix(1);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec != std::errc{}) {
      exponent = std::numeric_limits<int>::max();
    }
    if (minus) exponent = -exponent;
  }
  const std::string_view mantissa = literal.substr(0, exponent_at);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return negative ? -0.0 : 0.0;
  const long place = first < point ? static_cast<long>(point - first) : -static_cast<long>(first - point);
  const double magnitude = exponent + place > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return negative ? -magnitude : magnitude;
}

// Apart, so that callers' loops keep their registers.
[[gnu::noinline]] std::uint32_t TapeView::long_length(const std::uint8_t* text) {
  std::uint32_t length = 0;
  std::memcpy(&length, text - sizeof(length), sizeof(length));
  return length;
}

void TapeBuilder::reset() {
  words_.clear();
  strings_.clear();
  open_.clear();
  words_.push_back(0);
}

void TapeBuilder::push(char type, std::uint64_t payload) { words_.push_back(tape::word(type, payload)); }

void TapeBuilder::count_value() {
  if (!open_.empty()) ++open_.back().count;
}

// Behind its length, which long texts need.
void TapeBuilder::push_text(char type, std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  const std::size_t offset = strings_.size() + sizeof(length);
  strings_.resize(offset + text.size());
  std::memcpy(strings_.data() + offset - sizeof(length), &length, sizeof(length));
  if (!text.empty()) std::memcpy(strings_.data() + offset, text.data(), text.size());
  words_.push_back(tape::text_word(type, offset, std::min(length, tape::kLongText)));
}

void TapeBuilder::open(char type) {
  count_value();
  open_.push_back({static_cast<std::uint32_t>(words_.size()), 0});
  push(type, 0);
}

void TapeBuilder::close(char type) {
  const Open started = open_.back();
  open_.pop_back();
  push(type, started.start);
  const char opening = type == tape::kObjectEnd ? tape::kObject : tape::kArray;
  words_[started.start] = tape::word(
      opening, words_.size() | (static_cast<std::uint64_t>(std::min(started.count, TapeView::kManyMembers)) << 32));
}

void TapeBuilder::key(std::string_view name) { push_text(tape::kString, name); }

void TapeBuilder::string(std::string_view text) {
  count_value();
  push_text(tape::kString, text);
}

void TapeBuilder::integer(std::int64_t value) {
  count_value();
  push(tape::kInteger, 0);
  words_.push_back(static_cast<std::uint64_t>(value));
}

void TapeBuilder::unsigned_integer(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    integer(static_cast<std::int64_t>(value));
    return;
  }
  count_value();
  push(tape::kUnsigned, 0);
  words_.push_back(value);
}

void TapeBuilder::number(double value) {
  count_value();
  push(tape::kDouble, 0);
  words_.push_back(std::bit_cast<std::uint64_t>(value));
}

void TapeBuilder::boolean(bool value) {
  count_value();
  push(value ? tape::kTrue : tape::kFalse, 0);
}

void TapeBuilder::null() {
  count_value();
  push(tape::kNull, 0);
}

bool TapeBuilder::number_literal(std::string_view literal) {
  bool whole = false;
  if (!is_number(literal, whole)) return false;
  const char* end = literal.data() + literal.size();
  if (whole) {
    std::int64_t narrow = 0;
    if (std::from_chars(literal.data(), end, narrow).ec == std::errc{}) {
      integer(narrow);
      return true;
    }
    std::uint64_t wide = 0;
    if (literal.front() != '-' && std::from_chars(literal.data(), end, wide).ec == std::errc{}) {
      unsigned_integer(wide);
      return true;
    }
  }
  double nearest = 0;
  const bool in_range = std::from_chars(literal.data(), end, nearest).ec == std::errc{};
  if (!whole && in_range) {
    number(nearest);
    return true;
  }
  count_value();
  push_text(tape::kBigNumber, literal);
  words_.push_back(std::bit_cast<std::uint64_t>(in_range ? nearest : beyond_double(literal)));
  return true;
}

TapeView TapeBuilder::finish() {
  strings_.resize(strings_.size() + tape::kStringSlack);
  words_[0] = tape::word(tape::kRoot, words_.size());
  push(tape::kRoot, 0);
  return {words_.data(), words_.size(), strings_.data()};
}

}  // namespace portico::json
