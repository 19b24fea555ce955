#include "cel/value.h"

#include <cmath>

namespace portico::cel {
namespace {

Value on_tape(Kind kind, const json::TapeView& tape, std::size_t index) {
  Value value = make(kind);
  value.form = Value::Form::kTape;
  value.size = static_cast<std::uint32_t>(index);
  value.tape = &tape;
  return value;
}

Value real(double number, Kind expected) {
  constexpr double kBeyond = 9223372036854775808.0;
  const bool whole = std::trunc(number) == number && number >= -kBeyond && number < kBeyond;
  if (expected == Kind::kInt && whole) return int_value(static_cast<std::int64_t>(number));
  return double_value(number);
}

}  // namespace

std::string_view name(Problem problem) {
  switch (problem) {
    case Problem::kNone: return "none";
    case Problem::kNoOverload: return "no such overload";
    case Problem::kNoKey: return "no such key";
    case Problem::kNoIndex: return "index out of bounds";
    case Problem::kDivideByZero: return "divide by zero";
    case Problem::kOverflow: return "out of range";
    case Problem::kConversion: return "cannot be converted";
    case Problem::kUnbound: return "not there";
    case Problem::kRepeatedKey: return "repeated key";
    case Problem::kKeyType: return "unsupported key type";
    case Problem::kNumberRange: return "a number beyond 64 bits";
    case Problem::kInvalidText: return "not UTF-8";
    case Problem::kArgument: return "an argument out of its domain";
    case Problem::kBudget: return "too many steps";
    case Problem::kMemory: return "too much memory";
  }
  return "unknown";
}

Value tape_value(const json::TapeView& tape, std::size_t index, Kind expected) {
  switch (tape.type(index)) {
    case json::tape::kObject: return on_tape(Kind::kMap, tape, index);
    case json::tape::kArray: return on_tape(Kind::kList, tape, index);
    case json::tape::kString: return string_value(tape.text(index));
    case json::tape::kInteger: {
      const std::int64_t integer = tape.integer(index);
      return expected == Kind::kDouble ? double_value(static_cast<double>(integer)) : int_value(integer);
    }
    case json::tape::kUnsigned: {
      const std::uint64_t integer = tape.unsigned_integer(index);
      if (expected == Kind::kDouble) return double_value(static_cast<double>(integer));
      return expected == Kind::kInt ? error_value(Problem::kNumberRange) : uint_value(integer);
    }
    case json::tape::kDouble: return real(tape.real(index), expected);
    case json::tape::kBigNumber: {
      const double nearest = tape.real(index);
      if (expected == Kind::kDouble && std::isfinite(nearest)) return double_value(nearest);
      return error_value(Problem::kNumberRange);
    }
    case json::tape::kTrue: return bool_value(true);
    case json::tape::kFalse: return bool_value(false);
    default: return null_value();
  }
}

}  // namespace portico::cel
