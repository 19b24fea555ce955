#include "cel/calendar.h"

#include <array>
#include <charconv>
#include <cstring>

#include "base/text.h"

namespace portico::cel {
namespace {

// `count` digits at `at`, which is moved behind them; negative when there are others.
int digits(std::string_view text, std::size_t& at, std::size_t count) {
  int value = 0;
  for (std::size_t i = 0; i < count; ++i, ++at) {
    if (at >= text.size() || !is_digit(text[at])) return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool take(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

int days_in(std::int64_t year, int month) {
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// ".123456789" at most, in nanoseconds.
bool fraction(std::string_view text, std::size_t& at, std::uint32_t& nanoseconds) {
  nanoseconds = 0;
  if (!take(text, at, '.')) return true;
  std::uint32_t unit = 100'000'000;
  const std::size_t start = at;
  for (; at < text.size() && is_digit(text[at]); ++at, unit /= 10) {
    if (unit == 0) return false;
    nanoseconds += unit * static_cast<std::uint32_t>(text[at] - '0');
  }
  return at > start;
}

// "Z" or "+hh:mm" to the end.
bool zone(std::string_view text, std::size_t& at, std::int64_t& offset) {
  offset = 0;
  if (at < text.size() && (text[at] == 'Z' || text[at] == 'z')) return ++at == text.size();
  if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return false;
  const std::int64_t sign = text[at++] == '-' ? -1 : 1;
  const int hours = digits(text, at, 2);
  const bool colon = take(text, at, ':');
  const int minutes = digits(text, at, 2);
  if (!colon || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
  offset = sign * (hours * 3600 + minutes * 60);
  return at == text.size();
}

char* put(char* out, std::int64_t value, int width) {
  std::array<char, 20> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  for (auto size = end - text.data(); size < width; ++size) *out++ = '0';
  std::memcpy(out, text.data(), static_cast<std::size_t>(end - text.data()));
  return out + (end - text.data());
}

// A fraction of a second without zeros at its end.
char* put_fraction(char* out, std::uint32_t nanoseconds) {
  if (nanoseconds == 0) return out;
  *out++ = '.';
  out = put(out, nanoseconds, 9);
  while (out[-1] == '0') --out;
  return out;
}

}  // namespace

// The algorithm counts from March, so that leap days come last (H. Hinnant, "chrono-Compatible Low-Level Date
// Algorithms").
std::int64_t days_of(const Date& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Date date_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  Date date;
  date.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

int day_of_week(std::int64_t days) { return static_cast<int>(((days + 4) % 7 + 7) % 7); }

bool parse_timestamp(std::string_view text, Instant& out) {
  std::size_t at = 0;
  const int year = digits(text, at, 4);
  bool ok = take(text, at, '-');
  const int month = digits(text, at, 2);
  ok = take(text, at, '-') && ok;
  const int day = digits(text, at, 2);
  if (!ok || year < 1 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return false;
  if (!take(text, at, 'T') && !take(text, at, 't')) return false;
  const int hour = digits(text, at, 2);
  ok = take(text, at, ':');
  const int minute = digits(text, at, 2);
  ok = take(text, at, ':') && ok;
  const int second = digits(text, at, 2);
  if (!ok || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  std::int64_t offset = 0;
  if (!fraction(text, at, out.nanoseconds) || !zone(text, at, offset)) return false;
  out.seconds =
      days_of({year, month, day}) * 86400 + std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second - offset;
  return out.seconds >= kFirstSecond && out.seconds <= kLastSecond;
}

std::size_t format_timestamp(const Instant& instant, char* out) {
  char* const start = out;
  const std::int64_t days = (instant.seconds - kFirstSecond) / 86400 + kFirstSecond / 86400;
  const std::int64_t second = instant.seconds - days * 86400;
  const Date date = date_of(days);
  out = put(out, date.year, 4);
  *out++ = '-';
  out = put(out, date.month, 2);
  *out++ = '-';
  out = put(out, date.day, 2);
  *out++ = 'T';
  out = put(out, second / 3600, 2);
  *out++ = ':';
  out = put(out, second / 60 % 60, 2);
  *out++ = ':';
  out = put(out, second % 60, 2);
  out = put_fraction(out, instant.nanoseconds);
  *out++ = 'Z';
  return static_cast<std::size_t>(out - start);
}

bool parse_duration(std::string_view text, std::int64_t& nanoseconds) {
  struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
  };
  // Longer names first.
  constexpr std::array kUnits = {Unit{"ns", 1},
                                 Unit{"us", 1000},
                                 Unit{"\u00b5s", 1000},
                                 Unit{"ms", 1'000'000},
                                 Unit{"s", kNanoseconds},
                                 Unit{"m", 60 * kNanoseconds},
                                 Unit{"h", 3600 * kNanoseconds}};
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  nanoseconds = 0;
  if (text == "0") return true;
  if (text.empty()) return false;
  __extension__ using Wide = __int128;
  Wide total = 0;
  while (!text.empty()) {
    std::int64_t whole = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (problem != std::errc{} && text.front() != '.') return false;
    if (text.front() == '-') return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    std::string_view part;
    if (text.starts_with('.')) {
      part = text.substr(1, text.substr(1).find_first_not_of("0123456789"));
      text.remove_prefix(1 + part.size());
    }
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      if (text.starts_with(candidate.name) && (unit == nullptr || unit->name.size() < candidate.name.size())) {
        unit = &candidate;
      }
    }
    if (unit == nullptr) return false;
    text.remove_prefix(unit->name.size());
    total += Wide{whole} * unit->nanoseconds;
    std::int64_t scale = unit->nanoseconds;
    for (const char c : part) {
      total += scale * (c - '0') / 10;
      scale /= 10;
    }
    if (total > INT64_MAX) return false;
  }
  nanoseconds = static_cast<std::int64_t>(negative ? -total : total);
  return true;
}

std::size_t format_duration(std::int64_t nanoseconds, char* out) {
  char* const start = out;
  auto magnitude = static_cast<std::uint64_t>(nanoseconds);
  if (nanoseconds < 0) {
    *out++ = '-';
    magnitude = ~magnitude + 1;
  }
  out = put(out, static_cast<std::int64_t>(magnitude / kNanoseconds), 1);
  out = put_fraction(out, static_cast<std::uint32_t>(magnitude % kNanoseconds));
  *out++ = 's';
  return static_cast<std::size_t>(out - start);
}

}  // namespace portico::cel
