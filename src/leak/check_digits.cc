#include "leak/check_digits.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace portico::leak {
namespace {

// Up to 40 letters and digits without separators.
class Compact {
 public:
  explicit Compact(std::string_view text) {
    for (const char c : text) {
      if (!is_alnum(c)) continue;
      if (size_ == characters_.size()) {
        size_ = 0;
        return;
      }
      characters_[size_++] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  std::size_t size() const { return size_; }
  char operator[](std::size_t i) const { return characters_[i]; }
  int digit(std::size_t i) const { return characters_[i] - '0'; }
  bool digits(std::size_t from, std::size_t count) const {
    return from + count <= size_ && std::all_of(characters_.begin() + static_cast<std::ptrdiff_t>(from),
                                                characters_.begin() + static_cast<std::ptrdiff_t>(from + count),
                                                [](char c) { return is_digit(c); });
  }
  bool all_digits(std::size_t count) const { return size_ == count && digits(0, count); }
  int number(std::size_t from, std::size_t count) const {
    int value = 0;
    for (std::size_t i = from; i < from + count; ++i) value = value * 10 + digit(i);
    return value;
  }
  std::int64_t long_number(std::size_t from, std::size_t count) const {
    std::int64_t value = 0;
    for (std::size_t i = from; i < from + count; ++i) value = value * 10 + digit(i);
    return value;
  }
  std::string_view view() const { return {characters_.data(), size_}; }

 private:
  std::array<char, 40> characters_{};
  std::size_t size_ = 0;
};

bool luhn(const Compact& number, std::size_t from, std::size_t count) {
  int sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    int digit = number.digit(from + count - 1 - i);
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

bool is_date(int month, int day) { return month >= 1 && month <= 12 && day >= 1 && day <= 31; }

template <std::size_t N>
int weighted(const Compact& number, const std::array<int, N>& weights) {
  int sum = 0;
  for (std::size_t i = 0; i < N; ++i) sum += weights[i] * number.digit(i);
  return sum;
}

bool one_digit_only(const Compact& number) {
  return std::ranges::all_of(number.view(), [&](char c) { return c == number[0]; });
}

struct CountryLength {
  std::string_view country;
  std::uint8_t length;
};
constexpr std::array kIbanLengths = {
    CountryLength{"AD", 24}, CountryLength{"AE", 23}, CountryLength{"AL", 28}, CountryLength{"AT", 20},
    CountryLength{"AZ", 28}, CountryLength{"BA", 20}, CountryLength{"BE", 16}, CountryLength{"BG", 22},
    CountryLength{"BH", 22}, CountryLength{"BR", 29}, CountryLength{"BY", 28}, CountryLength{"CH", 21},
    CountryLength{"CR", 22}, CountryLength{"CY", 28}, CountryLength{"CZ", 24}, CountryLength{"DE", 22},
    CountryLength{"DK", 18}, CountryLength{"DO", 28}, CountryLength{"EE", 20}, CountryLength{"EG", 29},
    CountryLength{"ES", 24}, CountryLength{"FI", 18}, CountryLength{"FO", 18}, CountryLength{"FR", 27},
    CountryLength{"GB", 22}, CountryLength{"GE", 22}, CountryLength{"GI", 23}, CountryLength{"GL", 18},
    CountryLength{"GR", 27}, CountryLength{"GT", 28}, CountryLength{"HR", 21}, CountryLength{"HU", 28},
    CountryLength{"IE", 22}, CountryLength{"IL", 23}, CountryLength{"IQ", 23}, CountryLength{"IS", 26},
    CountryLength{"IT", 27}, CountryLength{"JO", 30}, CountryLength{"KW", 30}, CountryLength{"KZ", 20},
    CountryLength{"LB", 28}, CountryLength{"LC", 32}, CountryLength{"LI", 21}, CountryLength{"LT", 20},
    CountryLength{"LU", 20}, CountryLength{"LV", 21}, CountryLength{"MC", 27}, CountryLength{"MD", 24},
    CountryLength{"ME", 22}, CountryLength{"MK", 19}, CountryLength{"MR", 27}, CountryLength{"MT", 31},
    CountryLength{"MU", 30}, CountryLength{"NL", 18}, CountryLength{"NO", 15}, CountryLength{"PK", 24},
    CountryLength{"PL", 28}, CountryLength{"PS", 29}, CountryLength{"PT", 25}, CountryLength{"QA", 29},
    CountryLength{"RO", 24}, CountryLength{"RS", 22}, CountryLength{"SA", 24}, CountryLength{"SC", 31},
    CountryLength{"SE", 24}, CountryLength{"SI", 19}, CountryLength{"SK", 24}, CountryLength{"SM", 27},
    CountryLength{"ST", 25}, CountryLength{"SV", 28}, CountryLength{"TL", 23}, CountryLength{"TN", 24},
    CountryLength{"TR", 26}, CountryLength{"UA", 29}, CountryLength{"VA", 22}, CountryLength{"VG", 24},
    CountryLength{"XK", 20}};

}  // namespace

bool is_payment_card(std::string_view text) {
  const Compact card(text);
  if (card.size() < 13 || card.size() > 19 || !card.digits(0, card.size())) return false;
  const int two = card.number(0, 2);
  const int four = card.number(0, 4);
  const std::size_t size = card.size();
  const bool known = (two / 10 == 4 && (size == 13 || size == 16 || size == 19)) ||                   // Visa
                     (((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) && size == 16) ||  // Mastercard
                     ((two == 34 || two == 37) && size == 15) ||  // American Express
                     ((two == 36 || two == 38 || two == 39 || (four >= 3000 && four <= 3059)) && size == 14) ||
                     ((four == 6011 || two == 65 || (four >= 6440 && four <= 6499)) && size == 16) ||  // Discover
                     (four >= 3528 && four <= 3589 && size == 16) ||                                   // JCB
                     (two == 62 && size >= 16) || ((two == 50 || (two >= 56 && two <= 69)) && size == 16);
  return known && luhn(card, 0, size);
}

bool is_iban(std::string_view text) {
  const Compact iban(text);
  const auto country = std::ranges::find(kIbanLengths, iban.view().substr(0, 2), &CountryLength::country);
  if (country == kIbanLengths.end() || iban.size() != country->length || !iban.digits(2, 2)) return false;
  int rest = 0;
  for (std::size_t i = 0; i < iban.size(); ++i) {
    const char c = iban[(i + 4) % iban.size()];
    rest = is_digit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest == 1;
}

bool is_us_social_security(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(9)) return false;
  const int area = number.number(0, 3);
  return area != 0 && area != 666 && area < 900 && number.number(3, 2) != 0 && number.number(5, 4) != 0 &&
         number.view() != "078051120" && number.view() != "123456789";
}

bool is_uk_national_insurance(std::string_view text) {
  const Compact number(text);
  if (number.size() != 9 || !number.digits(2, 6)) return false;
  constexpr std::string_view kNeverFirst = "DFIQUV";
  constexpr std::string_view kNeverSecond = "DFIOQUV";
  constexpr std::array<std::string_view, 7> kNever = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
  return is_alpha(number[0]) && is_alpha(number[1]) && kNeverFirst.find(number[0]) == std::string_view::npos &&
         kNeverSecond.find(number[1]) == std::string_view::npos &&
         std::ranges::find(kNever, number.view().substr(0, 2)) == kNever.end() && number[8] >= 'A' && number[8] <= 'D';
}

bool is_german_tax_id(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(11) || number[0] == '0') return false;
  std::array<int, 10> count{};
  int product = 10;
  for (std::size_t i = 0; i < 10; ++i) {
    ++count[static_cast<std::size_t>(number.digit(i))];
    int sum = (number.digit(i) + product) % 10;
    if (sum == 0) sum = 10;
    product = (sum * 2) % 11;
  }
  const auto twice = std::ranges::count(count, 2);
  const auto thrice = std::ranges::count(count, 3);
  if (twice + thrice != 1 || std::ranges::any_of(count, [](int n) { return n > 3; })) return false;
  return (11 - product) % 10 == number.digit(10);
}

bool is_french_insee(std::string_view text) {
  const Compact number(text);
  if (number.size() != 15 || !number.digits(0, 5) || !number.digits(7, 8)) return false;
  const int sex = number.digit(0);
  const int month = number.number(3, 2);
  if ((sex != 1 && sex != 2) || !((month >= 1 && month <= 12) || (month >= 20 && month <= 42))) return false;
  // Corsica's departments are 2A and 2B.
  const char second = number[6];
  if (!is_digit(number[5]) || !(is_digit(second) || (number[5] == '2' && (second == 'A' || second == 'B'))))
    return false;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 13; ++i) {
    const int digit = i == 6 && !is_digit(second) ? (second == 'A' ? 9 : 8) : number.digit(i);
    value = value * 10 + digit;
  }
  return 97 - value % 97 == number.number(13, 2);
}

bool is_spanish_dni(std::string_view text) {
  const Compact number(text);
  if (number.size() != 9 || !number.digits(1, 7)) return false;
  int first = 0;
  switch (number[0]) {
    case 'X': break;
    case 'Y': first = 1; break;
    case 'Z': first = 2; break;
    default:
      if (!is_digit(number[0])) return false;
      first = number.digit(0);
  }
  constexpr std::string_view kLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
  return kLetters[static_cast<std::size_t>((first * 10'000'000 + number.number(1, 7)) % 23)] == number[8];
}

bool is_italian_fiscal_code(std::string_view text) {
  const Compact code(text);
  if (code.size() != 16) return false;
  constexpr std::string_view kShape = "AAAAAA00A00A000A";
  constexpr std::array<int, 26> kOdd = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                        20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  int sum = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    // Letters stand for digits where two people would have the same code.
    constexpr std::string_view kForDigits = "LMNPQRSTUV";
    const bool digit = is_digit(code[i]);
    if (kShape[i] == 'A' ? digit : !digit && kForDigits.find(code[i]) == std::string_view::npos) return false;
    if (i == 15) break;
    const int value = digit ? code.digit(i) : code[i] - 'A';
    sum += i % 2 == 0 ? kOdd[static_cast<std::size_t>(value)] : value;
  }
  return sum % 26 == code[15] - 'A';
}

bool is_polish_pesel(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(11) || !is_date(number.number(2, 2) % 20, number.number(4, 2))) return false;
  const int sum = weighted(number, std::array{1, 3, 7, 9, 1, 3, 7, 9, 1, 3});
  return (10 - sum % 10) % 10 == number.digit(10) && !one_digit_only(number);
}

bool is_belgian_number(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(11) || !is_date(number.number(2, 2) % 20, number.number(4, 2))) return false;
  const std::int64_t value = number.long_number(0, 9);
  const std::int64_t check = number.long_number(9, 2);
  return 97 - value % 97 == check || 97 - (2'000'000'000 + value) % 97 == check;
}

bool is_swiss_ahv(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(13) || number.number(0, 3) != 756) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += number.digit(i) * (i % 2 == 0 ? 1 : 3);
  return (10 - sum % 10) % 10 == number.digit(12);
}

bool is_swedish_personal(std::string_view text) {
  const Compact number(text);
  const std::size_t from = number.size() == 12 ? 2 : 0;
  if (!number.all_digits(10 + from) || !is_date(number.number(from + 2, 2), number.number(from + 4, 2) % 60))
    return false;
  return luhn(number, from, 10);
}

bool is_finnish_hetu(std::string_view text) {
  if (text.size() != 11) return false;
  const Compact number(text);
  const std::size_t rest = number.size() == 11 ? 7 : 6;  // the century's sign may be a letter
  if (!number.digits(0, 6) || !number.digits(rest, 3) || !is_date(number.number(2, 2), number.number(0, 2)))
    return false;
  constexpr std::string_view kCheck = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  const int value = number.number(0, 6) * 1000 + number.number(rest, 3);
  return kCheck[static_cast<std::size_t>(value % 31)] == number[rest + 3];
}

bool is_norwegian_number(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(11) || !is_date(number.number(2, 2) % 40, number.number(0, 2) % 40)) return false;
  const auto check = [](int sum) { return sum % 11 == 0 ? 0 : 11 - sum % 11; };
  return check(weighted(number, std::array{3, 7, 6, 1, 8, 9, 4, 5, 2})) == number.digit(9) &&
         check(weighted(number, std::array{5, 4, 3, 2, 7, 6, 5, 4, 3, 2})) == number.digit(10);
}

bool is_brazilian_cpf(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(11) || one_digit_only(number)) return false;
  const auto check = [](int sum) { return sum * 10 % 11 % 10; };
  return check(weighted(number, std::array{10, 9, 8, 7, 6, 5, 4, 3, 2})) == number.digit(9) &&
         check(weighted(number, std::array{11, 10, 9, 8, 7, 6, 5, 4, 3, 2})) == number.digit(10);
}

bool is_indian_aadhaar(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(12) || number[0] < '2') return false;
  constexpr std::array<std::string_view, 10> kProducts = {"0123456789", "1234067895", "2340178956", "3401289567",
                                                          "4012395678", "5987604321", "6598710432", "7659821043",
                                                          "8765932104", "9876543210"};
  constexpr std::array<std::string_view, 8> kPermutations = {"0123456789", "1576283094", "5803796142", "8916043527",
                                                             "9453126870", "4286573901", "2793806415", "7046913258"};
  int check = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const auto digit = static_cast<std::size_t>(number.digit(11 - i));
    const int permuted = kPermutations[i % 8][digit] - '0';
    check = kProducts[static_cast<std::size_t>(check)][static_cast<std::size_t>(permuted)] - '0';
  }
  return check == 0;
}

bool is_chinese_resident(std::string_view text) {
  const Compact number(text);
  if (number.size() != 18 || !number.digits(0, 17) || !is_date(number.number(10, 2), number.number(12, 2)))
    return false;
  const int year = number.number(6, 4);
  if (year < 1900 || year > 2099) return false;
  const int sum = weighted(number, std::array{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
  return std::string_view("10X98765432")[static_cast<std::size_t>(sum % 11)] == number[17];
}

bool is_turkish_number(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(11) || number[0] == '0') return false;
  int odd = 0;
  int even = 0;
  for (std::size_t i = 0; i < 9; ++i) (i % 2 == 0 ? odd : even) += number.digit(i);
  const int tenth = ((odd * 7 - even) % 10 + 10) % 10;
  return tenth == number.digit(9) && (odd + even + tenth) % 10 == number.digit(10);
}

bool is_dutch_bsn(std::string_view text) {
  const Compact number(text);
  if (!number.all_digits(9) || one_digit_only(number)) return false;
  return weighted(number, std::array{9, 8, 7, 6, 5, 4, 3, 2, -1}) % 11 == 0;
}

}  // namespace portico::leak
