#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "cel/calendar.h"
#include "cel/calls.h"

namespace portico::cel {
namespace {

Value no_overload() { return error_value(Problem::kNoOverload); }
Value overflow() { return error_value(Problem::kOverflow); }
Value not_convertible() { return error_value(Problem::kConversion); }

template <class T>
bool parse_whole(std::string_view text, T& out) {
  const char* end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, out);
  return problem == std::errc{} && at == end;
}

Value to_int(const Value& value) {
  switch (value.kind) {
    case Kind::kInt: return value;
    case Kind::kUint:
      return value.unsigned_integer > INT64_MAX ? overflow()
                                                : int_value(static_cast<std::int64_t>(value.unsigned_integer));
    case Kind::kDouble:
      if (!(value.real > -0x1p63 && value.real < 0x1p63)) return overflow();
      return int_value(static_cast<std::int64_t>(value.real));
    case Kind::kTimestamp: return int_value(value.integer);
    case Kind::kString: {
      std::int64_t integer = 0;
      return parse_whole(value.text(), integer) ? int_value(integer) : not_convertible();
    }
    default: return no_overload();
  }
}

Value to_uint(const Value& value) {
  switch (value.kind) {
    case Kind::kInt: return value.integer < 0 ? overflow() : uint_value(static_cast<std::uint64_t>(value.integer));
    case Kind::kUint: return value;
    case Kind::kDouble:
      if (!(value.real > -1.0 && value.real < 0x1p64)) return overflow();
      return uint_value(static_cast<std::uint64_t>(value.real));
    case Kind::kString: {
      std::uint64_t integer = 0;
      return parse_whole(value.text(), integer) ? uint_value(integer) : not_convertible();
    }
    default: return no_overload();
  }
}

Value to_double(const Value& value) {
  switch (value.kind) {
    case Kind::kInt: return double_value(static_cast<double>(value.integer));
    case Kind::kUint: return double_value(static_cast<double>(value.unsigned_integer));
    case Kind::kDouble: return value;
    case Kind::kString: {
      double real = 0;
      const std::string_view text = value.text();
      const char* end = text.data() + text.size();
      const auto [at, problem] = std::from_chars(text.data(), end, real);
      return problem == std::errc{} && at == end ? double_value(real) : not_convertible();
    }
    default: return no_overload();
  }
}

Value to_bool(const Value& value) {
  if (value.kind == Kind::kBool) return value;
  if (value.kind != Kind::kString) return no_overload();
  for (const std::string_view yes : {"true", "TRUE", "True", "t", "1"}) {
    if (value.text() == yes) return bool_value(true);
  }
  for (const std::string_view no : {"false", "FALSE", "False", "f", "0"}) {
    if (value.text() == no) return bool_value(false);
  }
  return not_convertible();
}

Value to_string(Meter& meter, const Value& value) {
  std::array<char, 48> text;
  char* const end = text.data() + text.size();
  const auto copy = [&](const char* last) {
    return meter.copy(Kind::kString, {text.data(), static_cast<std::size_t>(last - text.data())});
  };
  switch (value.kind) {
    case Kind::kBool: return string_value(value.boolean ? "true" : "false");
    case Kind::kInt: return copy(std::to_chars(text.data(), end, value.integer).ptr);
    case Kind::kUint: return copy(std::to_chars(text.data(), end, value.unsigned_integer).ptr);
    case Kind::kDouble: return copy(std::to_chars(text.data(), end, value.real).ptr);
    case Kind::kString: return value;
    case Kind::kBytes:
      if (!meter.spend(value.size / 16)) return meter.problem();
      return invalid_utf8(value.text()) == std::string_view::npos ? string_value(value.text())
                                                                  : error_value(Problem::kInvalidText);
    case Kind::kTimestamp: return copy(text.data() + format_timestamp({value.integer, value.size}, text.data()));
    case Kind::kDuration: return copy(text.data() + format_duration(value.integer, text.data()));
    default: return no_overload();
  }
}

Value to_timestamp(const Value& value) {
  switch (value.kind) {
    case Kind::kTimestamp: return value;
    case Kind::kInt:
      if (value.integer < kFirstSecond || value.integer > kLastSecond) return overflow();
      return timestamp_value(value.integer, 0);
    case Kind::kString: {
      Instant instant;
      if (!parse_timestamp(value.text(), instant)) return not_convertible();
      return timestamp_value(instant.seconds, instant.nanoseconds);
    }
    default: return no_overload();
  }
}

Value to_duration(const Value& value) {
  if (value.kind == Kind::kDuration) return value;
  if (value.kind != Kind::kString) return no_overload();
  std::int64_t nanoseconds = 0;
  return parse_duration(value.text(), nanoseconds) ? duration_value(nanoseconds) : not_convertible();
}

Value part_of_duration(Op op, std::int64_t nanoseconds) {
  switch (op) {
    case Op::kGetHours: return int_value(nanoseconds / (3600 * kNanoseconds));
    case Op::kGetMinutes: return int_value(nanoseconds / (60 * kNanoseconds));
    case Op::kGetSeconds: return int_value(nanoseconds / kNanoseconds);
    case Op::kGetMilliseconds: return int_value(nanoseconds % kNanoseconds / 1'000'000);
    default: return no_overload();
  }
}

}  // namespace

Value convert(Meter& meter, Op op, const Value& value) {
  switch (op) {
    case Op::kToInt: return to_int(value);
    case Op::kToUint: return to_uint(value);
    case Op::kToDouble: return to_double(value);
    case Op::kToString: return to_string(meter, value);
    case Op::kToBytes:
      if (value.kind != Kind::kString && value.kind != Kind::kBytes) return no_overload();
      return bytes_value(value.text());
    case Op::kToBool: return to_bool(value);
    case Op::kToTimestamp: return to_timestamp(value);
    default: return to_duration(value);
  }
}

Value time_part(Op op, const Value& value, const TimeZone* zone) {
  if (value.kind == Kind::kDuration && zone == nullptr) return part_of_duration(op, value.integer);
  if (value.kind != Kind::kTimestamp) return no_overload();
  const std::int64_t local = value.integer + (zone == nullptr ? 0 : zone->offset(value.integer));
  const std::int64_t day = (local - kFirstSecond + 86400) / 86400 - 1 + kFirstSecond / 86400;
  const std::int64_t second = local - day * 86400;
  const Date date = date_of(day);
  switch (op) {
    case Op::kGetFullYear: return int_value(date.year);
    case Op::kGetMonth: return int_value(date.month - 1);
    case Op::kGetDayOfYear: return int_value(day - days_of({date.year, 1, 1}));
    case Op::kGetDayOfMonth: return int_value(date.day - 1);
    case Op::kGetDate: return int_value(date.day);
    case Op::kGetDayOfWeek: return int_value(day_of_week(day));
    case Op::kGetHours: return int_value(second / 3600);
    case Op::kGetMinutes: return int_value(second / 60 % 60);
    case Op::kGetSeconds: return int_value(second % 60);
    default: return int_value(value.size / 1'000'000);
  }
}

}  // namespace portico::cel
