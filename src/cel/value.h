// Values of expressions: 16 bytes that own nothing. Strings, lists and maps point into a tape, into the program, or
// into the scratch memory of the evaluation that made them.
#pragma once

#include <cstdint>
#include <string_view>

#include "cel/type.h"
#include "json/tape.h"

namespace portico::cel {

struct Value;

// Values for the fields of a shape, by their index; kAbsent where a field is not there.
struct Record {
  const Shape* shape = nullptr;
  const Value* values = nullptr;
};

// Why there is no value.
enum class Problem : std::uint8_t {
  kNone,
  kNoOverload,
  kNoKey,
  kNoIndex,  // a list's index out of bounds
  kDivideByZero,
  kOverflow,     // of integers, timestamps and durations
  kConversion,   // text that is not what it is to become
  kUnbound,      // a variable that is not there, or a function that does not exist
  kRepeatedKey,  // in a map literal
  kKeyType,      // a map's key that is not int, uint, bool or string
  kNumberRange,  // a JSON number that 64 bits do not hold
  kInvalidText,  // bytes that are not UTF-8
  kArgument,     // out of a function's domain
  kBudget,       // steps used up
  kMemory,       // scratch memory used up
};

// "no such key": never a value of the data.
std::string_view name(Problem problem);

struct Value {
  enum class Form : std::uint8_t { kMade, kTape, kRecord };

  Kind kind = Kind::kAbsent;
  Form form = Form::kMade;           // of lists and maps
  Problem problem = Problem::kNone;  // kError
  std::uint32_t size = 0;  // bytes, elements, members; kTape: the index; kTimestamp: nanoseconds; kType: a Kind
  union {
    bool boolean;
    std::int64_t integer;  // kDuration: nanoseconds; kTimestamp: seconds since 1970
    std::uint64_t unsigned_integer;
    double real;
    const char* bytes;           // kString, kBytes
    const json::TapeView* tape;  // must stay where it is while the value is used
    const Value* items;          // made lists: elements; made maps: key, value, key, value
    const Record* record;
  };

  Value() : integer(0) {}

  std::string_view text() const { return {bytes, size}; }
  bool is_error() const { return kind == Kind::kError; }
  bool is_true() const { return kind == Kind::kBool && boolean; }
  bool is_false() const { return kind == Kind::kBool && !boolean; }
};

static_assert(sizeof(Value) == 16);

inline Value make(Kind kind) {
  Value value;
  value.kind = kind;
  return value;
}
inline Value null_value() { return make(Kind::kNull); }
inline Value bool_value(bool boolean) {
  Value value = make(Kind::kBool);
  value.boolean = boolean;
  return value;
}
inline Value int_value(std::int64_t integer) {
  Value value = make(Kind::kInt);
  value.integer = integer;
  return value;
}
inline Value uint_value(std::uint64_t integer) {
  Value value = make(Kind::kUint);
  value.unsigned_integer = integer;
  return value;
}
inline Value double_value(double real) {
  Value value = make(Kind::kDouble);
  value.real = real;
  return value;
}
inline Value text_value(Kind kind, std::string_view text) {
  Value value = make(kind);
  value.size = static_cast<std::uint32_t>(text.size());
  value.bytes = text.data();
  return value;
}
inline Value string_value(std::string_view text) { return text_value(Kind::kString, text); }
inline Value bytes_value(std::string_view text) { return text_value(Kind::kBytes, text); }
inline Value timestamp_value(std::int64_t seconds, std::uint32_t nanoseconds) {
  Value value = make(Kind::kTimestamp);
  value.integer = seconds;
  value.size = nanoseconds;
  return value;
}
inline Value duration_value(std::int64_t nanoseconds) {
  Value value = make(Kind::kDuration);
  value.integer = nanoseconds;
  return value;
}
inline Value type_value(Kind kind) {
  Value value = make(Kind::kType);
  value.size = static_cast<std::uint32_t>(kind);
  return value;
}
inline Value error_value(Problem problem) {
  Value value = make(Kind::kError);
  value.problem = problem;
  return value;
}
inline Value record_value(const Record* record) {
  Value value = make(Kind::kMap);
  value.form = Value::Form::kRecord;
  value.record = record;
  return value;
}
inline Value made_value(Kind kind, const Value* items, std::size_t size) {
  Value value = make(kind);
  value.size = static_cast<std::uint32_t>(size);
  value.items = items;
  return value;
}

// The value at an index of a tape, of the kind that its schema says: a whole number of a `number` is a double, 1.0 of
// an `integer` an int. kDyn takes JSON's numbers as they are written.
Value tape_value(const json::TapeView& tape, std::size_t index, Kind expected = Kind::kDyn);

}  // namespace portico::cel
