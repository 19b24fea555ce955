#include "base/clock.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"

namespace portico {

void append_rfc3339(std::string& out, std::int64_t wall_us) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds{wall_us}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 27> text{};
  const auto put = [&](std::size_t at, std::size_t width, std::int64_t value) {
    for (std::size_t i = width; i-- > 0; value /= 10) text[at + i] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, int{date.year()});
  text[4] = '-';
  put(5, 2, unsigned{date.month()});
  text[7] = '-';
  put(8, 2, unsigned{date.day()});
  text[10] = 'T';
  put(11, 2, clock.hours().count());
  text[13] = ':';
  put(14, 2, clock.minutes().count());
  text[16] = ':';
  put(17, 2, clock.seconds().count());
  text[19] = '.';
  put(20, 6, clock.subseconds().count());
  text[26] = 'Z';
  out.append(text.data(), text.size());
}

namespace {

// The number in the next `width` digits of `text`, which are taken away; -1 when they are none.
int take_digits(std::string_view& text, std::size_t width) {
  int value = 0;
  if (text.size() < width) return -1;
  for (const char c : text.substr(0, width)) {
    if (!is_digit(c)) return -1;
    value = 10 * value + (c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// ".123456789": microseconds.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 6; ++i) value = 10 * value + (i < digits ? text[i] - '0' : 0);
  text.remove_prefix(digits);
  return value;
}

// "Z", or "+01:30" in seconds.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const bool behind = take(text, '-');
  if (!behind && !take(text, '+')) return std::nullopt;
  const int hours = take_digits(text, 2);
  if (hours < 0 || hours > 23 || !take(text, ':')) return std::nullopt;
  const int minutes = take_digits(text, 2);
  if (minutes < 0 || minutes > 59) return std::nullopt;
  return (behind ? -60 : 60) * (60 * hours + minutes);
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const int y = take_digits(text, 4);
  if (y < 0 || !take(text, '-')) return std::nullopt;
  const int m = take_digits(text, 2);
  if (m < 0 || !take(text, '-')) return std::nullopt;
  const int d = take_digits(text, 2);
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (d < 0 || !date.ok() || !(take(text, 'T') || take(text, 't'))) return std::nullopt;
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return std::nullopt;
  const int second = take_digits(text, 2);
  if (second < 0 || second > 60) return std::nullopt;
  std::int64_t fraction = 0;
  if (take(text, '.')) {
    const auto digits = take_fraction(text);
    if (!digits) return std::nullopt;
    fraction = *digits;
  }
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - *offset;
  return seconds * 1'000'000 + fraction;
}

}  // namespace portico
