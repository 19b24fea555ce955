#include "base/date.h"

#include <array>
#include <chrono>

#include "base/text.h"

namespace portico {
namespace {

using Days = std::chrono::days;

// Reads a text from its front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Exactly `digits` digits.
  std::int64_t number(std::size_t digits) {
    std::int64_t value = 0;
    if (rest_.size() < digits) good_ = false;
    for (std::size_t i = 0; good_ && i < digits; ++i) {
      good_ = is_digit(rest_[i]);
      value = value * 10 + (rest_[i] - '0');
    }
    if (good_) rest_.remove_prefix(digits);
    return value;
  }

  // Any of `choices`; 0 when there is none.
  char one_of(std::string_view choices) {
    if (!good_ || rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) {
      good_ = false;
      return 0;
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void skip_fraction() {
    if (!good_ || !rest_.starts_with('.')) return;
    const auto end = rest_.find_first_not_of("0123456789", 1);
    good_ = end != 1 && rest_.size() > 1;
    rest_.remove_prefix(std::min(end, rest_.size()));
  }

  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// Seconds of the day, minus the offset from UTC.
std::int64_t time_of_day(Scanner& scanner, bool& exists) {
  const auto hour = scanner.number(2);
  scanner.one_of(":");
  const auto minute = scanner.number(2);
  scanner.one_of(":");
  const auto second = scanner.number(2);
  scanner.skip_fraction();
  std::int64_t offset = 0;
  const char zone = scanner.one_of("Zz+-");
  if (zone == '+' || zone == '-') {
    const auto hours = scanner.number(2);
    scanner.one_of(":");
    const auto minutes = scanner.number(2);
    exists = exists && hours < 24 && minutes < 60;
    offset = (hours * 60 + minutes) * 60 * (zone == '+' ? 1 : -1);
  }
  // A leap second is the next minute's first.
  exists = exists && hour < 24 && minute < 60 && second <= 60;
  return (hour * 60 + minute) * 60 + second - offset;
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  Scanner scanner(text);
  const auto year = scanner.number(4);
  scanner.one_of("-");
  const auto month = scanner.number(2);
  scanner.one_of("-");
  const auto day = scanner.number(2);
  if (!scanner.good()) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  bool exists = date.ok();
  std::int64_t seconds = 0;
  if (!scanner.at_end()) {
    scanner.one_of("Tt ");
    seconds = time_of_day(scanner, exists);
  }
  if (!exists || !scanner.good() || !scanner.at_end()) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::sys_days(date)).time_since_epoch().count() + seconds;
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
