#include <array>

#include "base/text.h"
#include "schema/formats/checks.h"

namespace portico::schema {
namespace {

// Takes text from the left; every step says whether it could.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  bool take_either(char a, char b) { return take(a) || take(b); }
  // Exactly `digits` digits.
  bool number(std::size_t digits, int& value) {
    if (text_.size() < digits) return false;
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(text_[i])) return false;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    return true;
  }
  bool digits() {
    std::size_t count = 0;
    while (count < text_.size() && is_digit(text_[count])) ++count;
    text_.remove_prefix(count);
    return count > 0;
  }

 private:
  std::string_view text_;
};

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool is_day(int year, int month, int day) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const int days = kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
  return day <= days;
}

bool take_date(Cursor& cursor) {
  int year = 0;
  int month = 0;
  int day = 0;
  return cursor.number(4, year) && cursor.take('-') && cursor.number(2, month) && cursor.take('-') &&
         cursor.number(2, day) && is_day(year, month, day);
}

bool take_clock(Cursor& cursor, int& hour, int& minute, int& second) {
  if (!cursor.number(2, hour) || !cursor.take(':') || !cursor.number(2, minute) || !cursor.take(':') ||
      !cursor.number(2, second)) {
    return false;
  }
  if (hour > 23 || minute > 59 || second > 60) return false;
  return !cursor.take('.') || cursor.digits();
}

// A leap second can only be the last of a day in UTC.
bool leap_second_fits(int hour, int minute, int offset) {
  int utc = (hour * 60 + minute - offset) % (24 * 60);
  if (utc < 0) utc += 24 * 60;
  return utc == 23 * 60 + 59;
}

bool take_time(Cursor& cursor) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!take_clock(cursor, hour, minute, second)) return false;
  int offset = 0;
  if (!cursor.take_either('Z', 'z')) {
    const bool minus = cursor.peek() == '-';
    int offset_hour = 0;
    int offset_minute = 0;
    if (!cursor.take_either('+', '-') || !cursor.number(2, offset_hour) || !cursor.take(':') ||
        !cursor.number(2, offset_minute) || offset_hour > 23 || offset_minute > 59) {
      return false;
    }
    offset = (offset_hour * 60 + offset_minute) * (minus ? -1 : 1);
  }
  return second < 60 || leap_second_fits(hour, minute, offset);
}

bool take_local_time(Cursor& cursor) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  return take_clock(cursor, hour, minute, second) && (second < 60 || (hour == 23 && minute == 59));
}

bool take_duration_time(Cursor& cursor) {
  // An hour may be followed by minutes, minutes by seconds; nothing is left out in between.
  std::string_view units = "HMS";
  bool any = false;
  while (is_digit(cursor.peek()) && !cursor.done()) {
    if (!cursor.digits()) return false;
    const std::size_t unit = units.find(cursor.peek());
    if (cursor.done() || unit == std::string_view::npos || (any && unit != 0)) return false;
    cursor.take(cursor.peek());
    units.remove_prefix(unit + 1);
    any = true;
  }
  return any;
}

// RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT"
bool take_name(Cursor& cursor, std::string_view names) {
  for (std::size_t i = 0; i < names.size(); i += 3) {
    if (cursor.take(names.substr(i, 3))) return true;
  }
  return false;
}

}  // namespace

bool is_date(std::string_view text) {
  Cursor cursor(text);
  return take_date(cursor) && cursor.done();
}

bool is_time(std::string_view text) {
  Cursor cursor(text);
  return take_time(cursor) && cursor.done();
}

bool is_date_time(std::string_view text) {
  Cursor cursor(text);
  return take_date(cursor) && cursor.take_either('T', 't') && take_time(cursor) && cursor.done();
}

bool is_time_local(std::string_view text) {
  Cursor cursor(text);
  return take_local_time(cursor) && cursor.done();
}

bool is_date_time_local(std::string_view text) {
  Cursor cursor(text);
  return take_date(cursor) && cursor.take_either('T', 't') && take_local_time(cursor) && cursor.done();
}

bool is_duration(std::string_view text) {
  Cursor cursor(text);
  if (!cursor.take('P')) return false;
  if (cursor.take('T')) return take_duration_time(cursor) && cursor.done();
  std::string_view units = "YMD";
  bool any = false;
  while (is_digit(cursor.peek()) && !cursor.done()) {
    cursor.digits();
    if (!any && cursor.take('W')) return cursor.done();
    const std::size_t unit = units.find(cursor.peek());
    if (cursor.done() || unit == std::string_view::npos || (any && unit != 0)) return false;
    cursor.take(cursor.peek());
    units.remove_prefix(unit + 1);
    any = true;
  }
  if (!any) return false;
  return cursor.done() || (cursor.take('T') && take_duration_time(cursor) && cursor.done());
}

bool is_http_date(std::string_view text) {
  Cursor cursor(text);
  int day = 0;
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  return take_name(cursor, "MonTueWedThuFriSatSun") && cursor.take(", ") && cursor.number(2, day) && day >= 1 &&
         day <= 31 && cursor.take(' ') && take_name(cursor, "JanFebMarAprMayJunJulAugSepOctNovDec") &&
         cursor.take(' ') && cursor.number(4, year) && cursor.take(' ') && cursor.number(2, hour) && cursor.take(':') &&
         cursor.number(2, minute) && cursor.take(':') && cursor.number(2, second) && hour <= 23 && minute <= 59 &&
         second <= 60 && cursor.take(" GMT") && cursor.done();
}

}  // namespace portico::schema
