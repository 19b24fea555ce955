// IDNA 2008: which labels are fit for registration (RFC 5891 to 5893), and Punycode (RFC 3492).
//
// Unicode's categories and scripts come from the regular expression engine's tables; the exceptions, the context rules
// and the viramas are written down here.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"
#include "regex/pattern.h"
#include "schema/formats/checks.h"

namespace portico::schema {
namespace {

constexpr std::size_t kLongestLabel = 63;

// A class of code points by Unicode property.
class Class {
 public:
  explicit Class(std::string_view pattern) {
    if (auto compiled = regex::Pattern::compile(pattern)) pattern_.emplace(*std::move(compiled));
  }
  bool has(char32_t c) const {
    std::string text;
    append_utf8(text, c);
    return pattern_ && pattern_->matches(text);
  }

 private:
  std::optional<regex::Pattern> pattern_;
};

struct Classes {
  // RFC 5892, section 2.1, without capital letters, which fold to others.
  Class letter_digit{"^[\\p{Ll}\\p{Lo}\\p{Lm}\\p{Mn}\\p{Mc}\\p{Nd}]$"};
  Class mark{"^\\p{M}$"};
  Class greek{"^\\p{Script=Greek}$"};
  Class hebrew{"^\\p{Script=Hebrew}$"};
  Class kana_or_han{"^[\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Han}]$"};
  Class right_to_left{"^[\\p{Script=Hebrew}\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Thaana}\\p{Script=Nko}]$"};
};

const Classes& classes() {
  static const Classes instance;
  return instance;
}

// RFC 5892, section 2.6: code points whose category would say otherwise.
bool is_exception(char32_t c) {
  constexpr std::array<char32_t, 7> kValid = {0x00df, 0x03c2, 0x06fd, 0x06fe, 0x0f0b, 0x3007, 0x002d};
  return std::ranges::find(kValid, c) != kValid.end();
}

bool is_disallowed(char32_t c) {
  constexpr std::array<char32_t, 10> kExceptions = {0x0640, 0x07fa, 0x302e, 0x302f, 0x3031,
                                                    0x3032, 0x3033, 0x3034, 0x3035, 0x303b};
  return std::ranges::find(kExceptions, c) != kExceptions.end() || (c >= 0x1100 && c <= 0x11ff) ||
         (c >= 0xa960 && c <= 0xa97c) || (c >= 0xd7b0 && c <= 0xd7fb) ||                                // old Jamo
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfb00 && c <= 0xfdff) || (c >= 0xfe20 && c <= 0xffef);  // compatibility
}

bool is_virama(char32_t c) {
  constexpr std::array<char32_t, 28> kViramas = {
      0x094d, 0x09cd, 0x0a4d, 0x0acd, 0x0b4d, 0x0bcd, 0x0c4d, 0x0ccd, 0x0d4d, 0x0dca, 0x0e3a, 0x0f84, 0x1039, 0x103a,
      0x1714, 0x1734, 0x17d2, 0x1a60, 0x1b44, 0x1baa, 0x1bab, 0x1bf2, 0x1bf3, 0x2d7f, 0xa806, 0xa8c4, 0xa953, 0xabed};
  return std::ranges::find(kViramas, c) != kViramas.end();
}

bool is_arabic_digit(char32_t c) { return c >= 0x0660 && c <= 0x0669; }
bool is_extended_arabic_digit(char32_t c) { return c >= 0x06f0 && c <= 0x06f9; }

// Joining types (Unicode's ArabicShaping) of the scripts that join: Arabic, N'Ko and Mongolian.
bool joins_left_only(char32_t c) {  // type R: joins the letter before it
  constexpr std::array<std::pair<char32_t, char32_t>, 19> kRanges = {{{0x0622, 0x0625},
                                                                      {0x0627, 0x0627},
                                                                      {0x0629, 0x0629},
                                                                      {0x062f, 0x0632},
                                                                      {0x0648, 0x0648},
                                                                      {0x0671, 0x0673},
                                                                      {0x0675, 0x0677},
                                                                      {0x0688, 0x0699},
                                                                      {0x06c0, 0x06c0},
                                                                      {0x06c3, 0x06cb},
                                                                      {0x06cd, 0x06cd},
                                                                      {0x06cf, 0x06cf},
                                                                      {0x06d2, 0x06d3},
                                                                      {0x06d5, 0x06d5},
                                                                      {0x06ee, 0x06ef},
                                                                      {0x0759, 0x075b},
                                                                      {0x076b, 0x076c},
                                                                      {0x0771, 0x0771},
                                                                      {0x0773, 0x0774}}};
  return std::ranges::any_of(kRanges, [c](const auto& range) { return c >= range.first && c <= range.second; });
}

bool joins_both(char32_t c) {  // type D
  const bool arabic = (c >= 0x0620 && c <= 0x064a && c != 0x0621 && c != 0x0640) || (c >= 0x066e && c <= 0x06ff) ||
                      (c >= 0x0750 && c <= 0x077f);
  if (arabic) {
    return !joins_left_only(c) && c != 0x0674 && c != 0x06d4 && !(c >= 0x06d6 && c <= 0x06f9);
  }
  return (c >= 0x07ca && c <= 0x07ea) || (c >= 0x1820 && c <= 0x1878);
}

// RFC 5892, appendix A.1: between letters that would join.
bool parts_joining_letters(std::u32string_view label, std::size_t i) {
  std::size_t before = i;
  while (before > 0 && classes().mark.has(label[before - 1])) --before;
  std::size_t after = i + 1;
  while (after < label.size() && classes().mark.has(label[after])) ++after;
  return before > 0 && joins_both(label[before - 1]) && after < label.size() &&
         (joins_both(label[after]) || joins_left_only(label[after]));
}

// RFC 5892, appendix A; true also for code points without a context rule.
bool context_fits(std::u32string_view label, std::size_t i) {
  const char32_t before = i > 0 ? label[i - 1] : 0;
  const char32_t after = i + 1 < label.size() ? label[i + 1] : 0;
  switch (label[i]) {
    case 0x200c: return is_virama(before) || parts_joining_letters(label, i);  // zero width non-joiner
    case 0x200d: return is_virama(before);                                     // zero width joiner
    case 0x00b7: return before == U'l' && after == U'l';
    case 0x0375: return after != 0 && classes().greek.has(after);
    case 0x05f3:
    case 0x05f4: return before != 0 && classes().hebrew.has(before);
    case 0x30fb:
      return std::ranges::any_of(label, [](char32_t c) { return c != 0x30fb && classes().kana_or_han.has(c); });
    default: break;
  }
  if (is_arabic_digit(label[i])) return std::ranges::none_of(label, is_extended_arabic_digit);
  if (is_extended_arabic_digit(label[i])) return std::ranges::none_of(label, is_arabic_digit);
  return true;
}

bool has_context_rule(char32_t c) {
  return c == 0x200c || c == 0x200d || c == 0x00b7 || c == 0x0375 || c == 0x05f3 || c == 0x05f4 || c == 0x30fb ||
         is_arabic_digit(c) || is_extended_arabic_digit(c);
}

bool is_valid(char32_t c) {
  if (c < 0x80) return is_alnum(static_cast<char>(c)) ? (c < U'A' || c > U'Z') : c == U'-';
  if (has_context_rule(c) || is_exception(c)) return true;
  return !is_disallowed(c) && classes().letter_digit.has(c);
}

bool is_right_to_left(std::u32string_view label) {
  return std::ranges::any_of(label, [](char32_t c) {
    return is_arabic_digit(c) || (classes().right_to_left.has(c) && !is_extended_arabic_digit(c));
  });
}

// RFC 5893, section 2. European digits are those of ASCII and the extended Arabic ones.
bool fits_bidi_rule(std::u32string_view label) {
  const auto is_european = [](char32_t c) { return (c >= U'0' && c <= U'9') || is_extended_arabic_digit(c); };
  const auto is_letter_of_right_to_left = [&](char32_t c) {
    return classes().right_to_left.has(c) && !is_arabic_digit(c) && !is_extended_arabic_digit(c);
  };
  const auto is_number = [&](char32_t c) { return is_european(c) || is_arabic_digit(c); };
  const auto is_neutral = [](char32_t c) { return c == U'-' || classes().mark.has(c) || c == 0x200c || c == 0x200d; };
  std::size_t end = label.size();
  while (end > 0 && classes().mark.has(label[end - 1])) --end;
  if (end == 0) return false;
  const char32_t last = label[end - 1];
  if (is_letter_of_right_to_left(label.front())) {
    const bool european = std::ranges::any_of(label, is_european);
    const bool arabic = std::ranges::any_of(label, is_arabic_digit);
    if (european && arabic) return false;
    if (!is_letter_of_right_to_left(last) && !is_number(last)) return false;
    return std::ranges::all_of(
        label, [&](char32_t c) { return is_letter_of_right_to_left(c) || is_number(c) || is_neutral(c); });
  }
  if (is_number(label.front()) || is_neutral(label.front()) || is_neutral(last)) return false;
  return std::ranges::none_of(label, [&](char32_t c) { return is_letter_of_right_to_left(c) || is_arabic_digit(c); });
}

bool is_label(std::u32string_view label) {
  if (label.empty() || label.front() == U'-' || label.back() == U'-') return false;
  if (label.size() >= 4 && label[2] == U'-' && label[3] == U'-') return false;
  if (classes().mark.has(label.front())) return false;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (!is_valid(label[i]) || !context_fits(label, i)) return false;
  }
  return !is_right_to_left(label) || fits_bidi_rule(label);
}

// RFC 3492, section 5.
constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kMin = 1;
constexpr std::uint32_t kMax = 26;

std::uint32_t adapt(std::uint32_t delta, std::uint32_t points, bool first) {
  delta = first ? delta / 700 : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  while (delta > ((kBase - kMin) * kMax) / 2) {
    delta /= kBase - kMin;
    k += kBase;
  }
  return k + (kBase - kMin + 1) * delta / (delta + 38);
}

std::uint32_t threshold(std::uint32_t k, std::uint32_t bias) {
  return k <= bias + kMin ? kMin : (k >= bias + kMax ? kMax : k - bias);
}

bool decode_punycode(std::string_view text, std::u32string& out) {
  const std::size_t delimiter = text.rfind('-');
  if (delimiter != std::string_view::npos) {
    for (const char c : text.substr(0, delimiter)) out += static_cast<char32_t>(to_lower(c));
    text.remove_prefix(delimiter + 1);
  }
  if (text.empty()) return false;
  std::uint32_t code_point = 128;
  std::uint32_t index = 0;
  std::uint32_t bias = 72;
  while (!text.empty()) {
    const std::uint32_t old = index;
    std::uint32_t weight = 1;
    for (std::uint32_t k = kBase;; k += kBase) {
      if (text.empty()) return false;
      const char c = to_lower(text.front());
      text.remove_prefix(1);
      if (!is_alnum(c)) return false;
      const auto digit = static_cast<std::uint32_t>(is_digit(c) ? c - '0' + 26 : c - 'a');
      if (digit > (UINT32_MAX - index) / weight) return false;
      index += digit * weight;
      const std::uint32_t t = threshold(k, bias);
      if (digit < t) break;
      if (weight > UINT32_MAX / (kBase - t)) return false;
      weight *= kBase - t;
    }
    const auto points = static_cast<std::uint32_t>(out.size() + 1);
    bias = adapt(index - old, points, old == 0);
    code_point += index / points;
    index %= points;
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000)) return false;
    out.insert(index++, 1, code_point);
  }
  return true;
}

char digit_character(std::uint32_t digit) { return static_cast<char>(digit < 26 ? 'a' + digit : '0' + (digit - 26)); }

// RFC 3492, section 6.3, without "xn--". At most kLongestLabel code points: delta cannot overflow.
std::string encode_punycode(std::u32string_view label) {
  std::string out;
  for (const char32_t c : label) {
    if (c < 0x80) out += static_cast<char>(c);
  }
  const std::size_t basic = out.size();
  if (basic > 0) out += '-';
  auto handled = static_cast<std::uint32_t>(basic);
  std::uint32_t n = 128;
  std::uint32_t delta = 0;
  std::uint32_t bias = 72;
  while (handled < label.size()) {
    char32_t next = 0x110000;
    for (const char32_t c : label) {
      if (c >= n) next = std::min(next, c);
    }
    delta += (next - n) * (handled + 1);
    n = next;
    for (const char32_t c : label) {
      if (c < n) ++delta;
      if (c != n) continue;
      std::uint32_t q = delta;
      for (std::uint32_t k = kBase;; k += kBase) {
        const std::uint32_t t = threshold(k, bias);
        if (q < t) break;
        out += digit_character(t + (q - t) % (kBase - t));
        q = (q - t) / (kBase - t);
      }
      out += digit_character(q);
      bias = adapt(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) out += next_code_point(text, at);
  return out;
}

}  // namespace

bool is_a_label(std::string_view label) {
  std::u32string decoded;
  if (label.empty() || label.size() + 4 > kLongestLabel || !decode_punycode(label, decoded)) return false;
  const bool ascii = std::ranges::all_of(decoded, [](char32_t c) { return c < 0x80; });
  return !ascii && is_label(decoded) && equal_ignoring_case(encode_punycode(decoded), label);
}

std::size_t u_label_size(std::string_view label) {
  const std::u32string decoded = decode_utf8(label);
  // Longer ones cannot fit, and Punycode takes quadratic time.
  if (decoded.size() > kLongestLabel || !is_label(decoded)) return 0;
  const std::size_t size = encode_punycode(decoded).size() + 4;
  return size <= kLongestLabel ? size : 0;
}

bool is_right_to_left_label(std::string_view label) { return is_right_to_left(decode_utf8(label)); }
bool fits_bidi_rule(std::string_view label) { return fits_bidi_rule(std::u32string_view(decode_utf8(label))); }

}  // namespace portico::schema
