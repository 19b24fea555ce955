// Lists and maps, wherever they lie: on a tape, in scratch memory, or in a record.
#pragma once

#include "cel/meter.h"

namespace portico::cel {

std::uint32_t count_of(const Value& container);

// kAbsent when the map has no such key.
Value find_member(Meter& meter, const Value& map, std::string_view name, Kind expected);
Value find_key(Meter& meter, const Value& map, const Value& key, Kind expected);

// An error for an index out of bounds.
Value element_at(Meter& meter, const Value& list, const Value& index, Kind expected);

// Goes through the elements of a list, or the entries of a map. Each step is to be metered by the caller.
class Cursor {
 public:
  explicit Cursor(const Value& container);
  // False at the end. `key` is set for maps only, `value` only if asked for.
  bool next(Value& key, Value& value, Kind expected);

 private:
  const Value& container_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

// true, false, or an error where an element is one.
Value equal(Meter& meter, const Value& a, const Value& b);

// Whether a key may be in a map.
bool is_key(const Value& value);

// Of two numbers of any kinds, as the language compares them: less, equal, greater, or none where one is no number.
enum class Ordering : std::uint8_t { kLess, kEqual, kGreater, kNone };
Ordering compare_numbers(const Value& a, const Value& b);

inline bool is_number(const Value& value) {
  return value.kind == Kind::kInt || value.kind == Kind::kUint || value.kind == Kind::kDouble;
}

}  // namespace portico::cel
