#include "cel/time_zone.h"

#include <algorithm>
#include <charconv>

#include "base/file.h"
#include "base/text.h"
#include "cel/calendar.h"

namespace portico::cel {
namespace {

constexpr std::string_view kDatabase = "/usr/share/zoneinfo/";
constexpr std::uint64_t kMaxBytes = 1 << 20;

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
  if (bytes.size() == 4) return static_cast<std::int32_t>(value);
  return static_cast<std::int64_t>(value);
}

// The counts of a header (RFC 8536, section 3.1).
struct Header {
  static constexpr std::size_t kSize = 44;
  std::size_t isut, isstd, leap, times, types, chars;

  static bool read(std::string_view text, Header& out) {
    if (text.size() < kSize || !text.starts_with("TZif")) return false;
    const auto count = [&](std::size_t i) {
      return static_cast<std::size_t>(big_endian(text.substr(20 + i * 4, 4)) & 0xffffff);
    };
    out = {count(0), count(1), count(2), count(3), count(4), count(5)};
    return out.types > 0;
  }
  std::size_t body(std::size_t time_size) const {
    return times * (time_size + 1) + types * 6 + chars + leap * (time_size + 4) + isstd + isut;
  }
};

int take_number(std::string_view& text) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{}) return -1;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// "[+-]hh[:mm[:ss]]"
bool take_time(std::string_view& text, std::int32_t& seconds) {
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  std::int32_t total = 0;
  std::int32_t unit = 3600;
  do {
    const int value = take_number(text);
    if (value < 0 || value > 200) return false;
    total += value * unit;
    unit /= 60;
  } while (unit > 0 && take(text, ':'));
  seconds = negative ? -total : total;
  return true;
}

// A zone's abbreviation: letters, or anything in < >.
bool take_abbreviation(std::string_view& text) {
  std::size_t size = 0;
  if (text.starts_with('<')) {
    size = text.find('>') == std::string_view::npos ? 0 : text.find('>') + 1;
  } else {
    while (size < text.size() && is_alpha(text[size])) ++size;
  }
  text.remove_prefix(size);
  return size > 0;
}

}  // namespace

std::optional<std::int32_t> fixed_offset(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = parse_uint(text.substr(0, 2));
  const auto minutes = parse_uint(text.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto seconds = static_cast<std::int32_t>(*hours * 3600 + *minutes * 60);
  return negative ? -seconds : seconds;
}

Result<TimeZone> TimeZone::open(std::string_view name) {
  TimeZone zone;
  if (name == "UTC" || name == "Z" || name.empty()) return zone;
  if (const auto fixed = fixed_offset(name)) {
    zone.first_ = *fixed;
    return zone;
  }
  const auto allowed = [](char c) { return is_alnum(c) || c == '/' || c == '_' || c == '-' || c == '+'; };
  if (!is_alpha(name.front()) || !std::ranges::all_of(name, allowed)) {
    return failure(ErrorCode::kInvalid, "\"" + printable(name, 40) + "\" is no time zone", {},
                   "Examples: UTC, +02:00, Europe/Berlin");
  }
  const auto file = read_file(std::string(kDatabase) + std::string(name), kMaxBytes);
  if (!file) {
    return failure(ErrorCode::kNotFound, "the time zone \"" + std::string(name) + "\" is not known here", {},
                   "Names are those below " + std::string(kDatabase) + ".");
  }
  return parse(*file, name);
}

Result<TimeZone> TimeZone::parse(std::string_view file, std::string_view name) {
  const auto malformed = [&] {
    return failure(ErrorCode::kInvalid, "the file of the time zone \"" + std::string(name) + "\" cannot be read");
  };
  Header header;
  if (!Header::read(file, header) || file[4] < '2') return malformed();
  // Behind the data of version 1 stands the same with 64-bit times.
  const std::size_t skip = Header::kSize + header.body(4);
  if (file.size() < skip) return malformed();
  file.remove_prefix(skip);
  if (!Header::read(file, header) || file.size() < Header::kSize + header.body(8)) return malformed();
  const std::string_view times = file.substr(Header::kSize, header.times * 8);
  const std::string_view indexes = file.substr(Header::kSize + header.times * 8, header.times);
  const std::string_view types = file.substr(Header::kSize + header.times * 9, header.types * 6);
  const auto offset_of = [&](std::size_t type) {
    return static_cast<std::int32_t>(big_endian(types.substr(type * 6, 4)));
  };
  TimeZone zone;
  zone.first_ = offset_of(0);
  for (std::size_t i = 0; i < header.times; ++i) {
    const auto type = static_cast<unsigned char>(indexes[i]);
    if (type >= header.types) return malformed();
    zone.transitions_.push_back({big_endian(times.substr(i * 8, 8)), offset_of(type)});
  }
  if (!std::ranges::is_sorted(zone.transitions_, {}, &Transition::time)) return malformed();
  std::string_view footer = file.substr(Header::kSize + header.body(8));
  if (take(footer, '\n')) zone.rule_ = parse_rule(footer.substr(0, footer.find('\n')));
  return zone;
}

std::optional<TimeZone::Rule> TimeZone::parse_rule(std::string_view text) {
  Rule rule;
  std::int32_t west = 0;
  if (!take_abbreviation(text) || !take_time(text, west)) return std::nullopt;
  rule.standard = -west;
  if (text.empty()) return rule;
  if (!take_abbreviation(text)) return std::nullopt;
  rule.has_summer = true;
  rule.summer = rule.standard + 3600;
  if (!text.starts_with(',')) {
    if (!take_time(text, west)) return std::nullopt;
    rule.summer = -west;
  }
  for (Rule::Change* change : {&rule.start, &rule.end}) {
    if (!take(text, ',') || !take(text, 'M')) return std::nullopt;
    change->month = take_number(text);
    const bool first = take(text, '.');
    change->week = take_number(text);
    const bool second = take(text, '.');
    change->day = take_number(text);
    if (!first || !second || change->month < 1 || change->month > 12 || change->week < 1 || change->week > 5 ||
        change->day < 0 || change->day > 6) {
      return std::nullopt;
    }
    if (take(text, '/') && !take_time(text, change->time)) return std::nullopt;
  }
  return text.empty() ? std::optional(rule) : std::nullopt;
}

std::int32_t TimeZone::Rule::offset(std::int64_t time) const {
  if (!has_summer) return standard;
  const std::int64_t days = (time + standard - kFirstSecond) / 86400 + kFirstSecond / 86400;
  const std::int64_t year = date_of(days).year;
  const auto moment = [&](const Change& change, std::int32_t before) {
    const std::int64_t first = days_of({year, change.month, 1});
    const bool december = change.month == 12;
    const std::int64_t next = days_of({december ? year + 1 : year, december ? 1 : change.month + 1, 1});
    std::int64_t day = first + (change.day - day_of_week(first) + 7) % 7 + std::int64_t{change.week - 1} * 7;
    while (day >= next) day -= 7;
    return day * 86400 + change.time - before;
  };
  const std::int64_t starts = moment(start, standard);
  const std::int64_t ends = moment(end, summer);
  // South of the equator summer spans the turn of the year.
  const bool is_summer = starts < ends ? time >= starts && time < ends : time >= starts || time < ends;
  return is_summer ? summer : standard;
}

std::int32_t TimeZone::offset(std::int64_t time) const {
  const auto later = std::ranges::upper_bound(transitions_, time, {}, &Transition::time);
  if (later == transitions_.end() && rule_) return rule_->offset(time);
  return later == transitions_.begin() ? first_ : (later - 1)->offset;
}

}  // namespace portico::cel
