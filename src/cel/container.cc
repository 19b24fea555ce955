#include "cel/container.h"

#include <algorithm>
#include <cmath>

namespace portico::cel {
namespace {

constexpr std::uint32_t kSaturated = 0xffffff;

template <class T>
Ordering order(T a, T b) {
  if (a < b) return Ordering::kLess;
  if (a > b) return Ordering::kGreater;
  return a == b ? Ordering::kEqual : Ordering::kNone;
}

Ordering turned(Ordering ordering) {
  if (ordering == Ordering::kLess) return Ordering::kGreater;
  return ordering == Ordering::kGreater ? Ordering::kLess : ordering;
}

// Beyond the integers' range the answer is exact; within it the integer is compared as the nearest double.
Ordering compare_with_double(const Value& whole, double real) {
  if (whole.kind == Kind::kInt) {
    if (real < -0x1p63) return Ordering::kGreater;
    if (real > 0x1p63) return Ordering::kLess;
    return order(static_cast<double>(whole.integer), real);
  }
  if (real < 0) return Ordering::kGreater;
  if (real > 0x1p64) return Ordering::kLess;
  return order(static_cast<double>(whole.unsigned_integer), real);
}

// The integer that a number is, as an index or key; false where it is none.
bool whole_of(const Value& value, std::int64_t& out) {
  switch (value.kind) {
    case Kind::kInt: out = value.integer; return true;
    case Kind::kUint: out = static_cast<std::int64_t>(value.unsigned_integer); return out >= 0;
    case Kind::kDouble:
      if (!(value.real >= -0x1p53 && value.real <= 0x1p53) || std::trunc(value.real) != value.real) return false;
      out = static_cast<std::int64_t>(value.real);
      return true;
    default: return false;
  }
}

Value find_on_tape(Meter& meter, const Value& map, std::string_view name, Kind expected) {
  const json::TapeView& tape = *map.tape;
  const std::size_t end = tape.after(map.size) - 1;
  std::uint64_t seen = 0;
  for (std::size_t i = map.size + 1; i < end; i = tape.next(i + 1), ++seen) {
    if (tape.text(i) != name) continue;
    if (!meter.spend(seen / 2)) return meter.problem();
    return tape_value(tape, i + 1, expected);
  }
  return meter.spend(seen / 2) ? Value() : meter.problem();
}

Value equal_lists(Meter& meter, const Value& a, const Value& b) {
  if (count_of(a) != count_of(b)) return bool_value(false);
  Cursor left(a);
  Cursor right(b);
  Value unused;
  Value x;
  Value y;
  Value problem;
  while (left.next(unused, x, Kind::kDyn) && right.next(unused, y, Kind::kDyn)) {
    const Value same = equal(meter, x, y);
    if (same.is_false() || meter.exhausted()) return same;
    if (same.is_error()) problem = same;
  }
  return problem.is_error() ? problem : bool_value(true);
}

Value equal_maps(Meter& meter, const Value& a, const Value& b) {
  if (count_of(a) != count_of(b)) return bool_value(false);
  Cursor cursor(a);
  Value key;
  Value x;
  Value problem;
  while (cursor.next(key, x, Kind::kDyn)) {
    const Value y = find_key(meter, b, key, Kind::kDyn);
    if (y.kind == Kind::kAbsent) return bool_value(false);
    const Value same = equal(meter, x, y);
    if (same.is_false() || meter.exhausted()) return same;
    if (same.is_error()) problem = same;
  }
  return problem.is_error() ? problem : bool_value(true);
}

}  // namespace

Ordering compare_numbers(const Value& a, const Value& b) {
  if (a.kind == Kind::kDouble) {
    return b.kind == Kind::kDouble ? order(a.real, b.real) : turned(compare_with_double(b, a.real));
  }
  if (b.kind == Kind::kDouble) return compare_with_double(a, b.real);
  if (a.kind == b.kind) {
    return a.kind == Kind::kInt ? order(a.integer, b.integer) : order(a.unsigned_integer, b.unsigned_integer);
  }
  if (a.kind == Kind::kUint) return turned(compare_numbers(b, a));
  if (a.integer < 0) return Ordering::kLess;
  return order(static_cast<std::uint64_t>(a.integer), b.unsigned_integer);
}

bool is_key(const Value& value) {
  return value.kind == Kind::kString || value.kind == Kind::kInt || value.kind == Kind::kUint ||
         value.kind == Kind::kBool;
}

std::uint32_t count_of(const Value& container) {
  switch (container.form) {
    case Value::Form::kMade: return container.size;
    case Value::Form::kRecord: {
      const Record& record = *container.record;
      const auto there = [](const Value& value) { return value.kind != Kind::kAbsent; };
      return static_cast<std::uint32_t>(
          std::count_if(record.values, record.values + record.shape->fields.size(), there));
    }
    case Value::Form::kTape: break;
  }
  const std::uint32_t count = container.tape->saturated_count(container.size);
  if (count < kSaturated) return count;
  Cursor cursor(container);
  Value key;
  Value value;
  std::uint32_t exact = 0;
  while (cursor.next(key, value, Kind::kDyn)) ++exact;
  return exact;
}

Value find_member(Meter& meter, const Value& map, std::string_view name, Kind expected) {
  if (map.form == Value::Form::kTape) return find_on_tape(meter, map, name, expected);
  if (map.form == Value::Form::kMade) return find_key(meter, map, string_value(name), expected);
  const auto field = map.record->shape->find(name);
  return field ? map.record->values[*field] : Value();
}

Value find_key(Meter& meter, const Value& map, const Value& key, Kind expected) {
  if (map.form != Value::Form::kMade) {
    return key.kind == Kind::kString ? find_member(meter, map, key.text(), expected) : Value();
  }
  if (!meter.spend(map.size)) return meter.problem();
  for (std::size_t i = 0; i < map.size; ++i) {
    const Value& candidate = map.items[2 * i];
    const bool numbers = is_number(candidate) && is_number(key);
    if (!numbers && candidate.kind != key.kind) continue;
    const bool same = numbers
                          ? compare_numbers(candidate, key) == Ordering::kEqual
                          : (key.kind == Kind::kString ? candidate.text() == key.text()
                                                       : key.kind == Kind::kBool && candidate.boolean == key.boolean);
    if (same) return map.items[2 * i + 1];
  }
  return {};
}

Value element_at(Meter& meter, const Value& list, const Value& index, Kind expected) {
  std::int64_t wanted = 0;
  if (!is_number(index)) return error_value(Problem::kNoOverload);
  if (!whole_of(index, wanted)) return error_value(Problem::kNoIndex);
  if (wanted < 0 || wanted >= static_cast<std::int64_t>(count_of(list))) return error_value(Problem::kNoIndex);
  if (list.form == Value::Form::kMade) return list.items[wanted];
  const json::TapeView& tape = *list.tape;
  if (!meter.spend(static_cast<std::uint64_t>(wanted) / 2)) return meter.problem();
  std::size_t at = list.size + 1;
  for (; wanted > 0; --wanted) at = tape.next(at);
  return tape_value(tape, at, expected);
}

Cursor::Cursor(const Value& container) : container_(container) {
  switch (container.form) {
    case Value::Form::kMade: end_ = container.size; break;
    case Value::Form::kRecord: end_ = container.record->shape->fields.size(); break;
    case Value::Form::kTape:
      at_ = container.size + 1;
      end_ = container.tape->after(container.size) - 1;
      break;
  }
}

bool Cursor::next(Value& key, Value& value, Kind expected) {
  const bool is_map = container_.kind == Kind::kMap;
  if (container_.form == Value::Form::kRecord) {
    const Record& record = *container_.record;
    while (at_ < end_ && record.values[at_].kind == Kind::kAbsent) ++at_;
    if (at_ >= end_) return false;
    key = string_value(record.shape->fields[at_].name);
    value = record.values[at_++];
    return true;
  }
  if (at_ >= end_) return false;
  if (container_.form == Value::Form::kMade) {
    if (is_map) key = container_.items[2 * at_];
    value = container_.items[is_map ? 2 * at_ + 1 : at_];
    ++at_;
    return true;
  }
  const json::TapeView& tape = *container_.tape;
  if (is_map) key = string_value(tape.text(at_++));
  value = tape_value(tape, at_, expected);
  at_ = tape.next(at_);
  return true;
}

Value equal(Meter& meter, const Value& a, const Value& b) {
  if (!meter.spend()) return meter.problem();
  if (a.is_error()) return a;
  if (b.is_error()) return b;
  if (is_number(a) && is_number(b)) return bool_value(compare_numbers(a, b) == Ordering::kEqual);
  if (a.kind != b.kind) return bool_value(false);
  switch (a.kind) {
    case Kind::kNull: return bool_value(true);
    case Kind::kBool: return bool_value(a.boolean == b.boolean);
    case Kind::kString:
    case Kind::kBytes:
      if (!meter.spend(a.size == b.size ? a.size / 16 : 0)) return meter.problem();
      return bool_value(a.text() == b.text());
    case Kind::kTimestamp: return bool_value(a.integer == b.integer && a.size == b.size);
    case Kind::kDuration: return bool_value(a.integer == b.integer);
    case Kind::kType: return bool_value(a.size == b.size);
    case Kind::kList: return equal_lists(meter, a, b);
    case Kind::kMap: return equal_maps(meter, a, b);
    default: return error_value(Problem::kNoOverload);
  }
}

}  // namespace portico::cel
