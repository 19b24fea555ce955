#include "base/date.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/clock.h"

namespace portico {
namespace {

using Days = std::chrono::days;

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  constexpr std::size_t kDate = 10;  // "2026-12-31"
  const bool has_time = text.size() > kDate;
  const auto microseconds = parse_rfc3339(has_time ? std::string(text) : std::string(text) + "T00:00:00Z");
  if (!microseconds) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(*microseconds)).count();
}

std::string http_date(std::int64_t seconds) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto days = std::chrono::floor<Days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  std::string out;
  const auto number = [&](std::int64_t value, std::size_t digits) {
    const std::string text = std::to_string(value);
    out.append(digits - std::min(digits, text.size()), '0') += text;
  };
  ((out += kDays[std::chrono::weekday(days).c_encoding()]) += ", ");
  number(static_cast<unsigned>(date.day()), 2);
  ((out += ' ') += kMonths[static_cast<unsigned>(date.month()) - 1]) += ' ';
  number(static_cast<int>(date.year()), 4);
  out += ' ';
  number(clock.hours().count(), 2);
  out += ':';
  number(clock.minutes().count(), 2);
  out += ':';
  number(clock.seconds().count(), 2);
  return out + " GMT";
}

}  // namespace portico
