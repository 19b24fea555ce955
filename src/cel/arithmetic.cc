#include <algorithm>
#include <cstring>

#include "cel/calendar.h"
#include "cel/calls.h"
#include "cel/container.h"

namespace portico::cel {
namespace {

Value no_overload() { return error_value(Problem::kNoOverload); }
Value overflow() { return error_value(Problem::kOverflow); }

Value integers(Op op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  const bool divides = op == Op::kDivide || op == Op::kModulo;
  if (divides && b == 0) return error_value(Problem::kDivideByZero);
  if (divides && a == INT64_MIN && b == -1) return overflow();
  bool beyond = false;
  switch (op) {
    case Op::kAdd: beyond = __builtin_add_overflow(a, b, &result); break;
    case Op::kSubtract: beyond = __builtin_sub_overflow(a, b, &result); break;
    case Op::kMultiply: beyond = __builtin_mul_overflow(a, b, &result); break;
    case Op::kDivide: result = a / b; break;
    default: result = a % b;
  }
  return beyond ? overflow() : int_value(result);
}

Value unsigned_integers(Op op, std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  if ((op == Op::kDivide || op == Op::kModulo) && b == 0) return error_value(Problem::kDivideByZero);
  bool beyond = false;
  switch (op) {
    case Op::kAdd: beyond = __builtin_add_overflow(a, b, &result); break;
    case Op::kSubtract: beyond = __builtin_sub_overflow(a, b, &result); break;
    case Op::kMultiply: beyond = __builtin_mul_overflow(a, b, &result); break;
    case Op::kDivide: result = a / b; break;
    default: result = a % b;
  }
  return beyond ? overflow() : uint_value(result);
}

Value reals(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd: return double_value(a + b);
    case Op::kSubtract: return double_value(a - b);
    case Op::kMultiply: return double_value(a * b);
    case Op::kDivide: return double_value(a / b);
    default: return no_overload();
  }
}

Value joined_texts(Meter& meter, const Value& a, const Value& b) {
  char* to = meter.bytes(std::size_t{a.size} + b.size);
  if (to == nullptr) return meter.problem();
  if (a.size > 0) std::memcpy(to, a.bytes, a.size);
  if (b.size > 0) std::memcpy(to + a.size, b.bytes, b.size);
  return text_value(a.kind, {to, std::size_t{a.size} + b.size});
}

Value joined_lists(Meter& meter, const Value& a, const Value& b) {
  const std::size_t count = std::size_t{count_of(a)} + count_of(b);
  Value* items = meter.values(count);
  if (items == nullptr || !meter.spend(count)) return meter.problem();
  Value* at = items;
  Value unused;
  for (const Value* list : {&a, &b}) {
    for (Cursor cursor(*list); cursor.next(unused, *at, Kind::kDyn);) {
      if (at->is_error()) return *at;
      if (++at == items + count) break;
    }
  }
  return made_value(Kind::kList, items, count);
}

// A timestamp and nanoseconds before or after it.
Value moved(const Value& time, std::int64_t nanoseconds, bool back) {
  std::int64_t seconds = nanoseconds / kNanoseconds;
  std::int64_t rest = nanoseconds % kNanoseconds;
  if (back) {
    seconds = -seconds;
    rest = -rest;
  }
  seconds += time.integer;
  rest += time.size;
  if (rest < 0) {
    rest += kNanoseconds;
    --seconds;
  } else if (rest >= kNanoseconds) {
    rest -= kNanoseconds;
    ++seconds;
  }
  if (seconds < kFirstSecond || seconds > kLastSecond) return overflow();
  return timestamp_value(seconds, static_cast<std::uint32_t>(rest));
}

Value between(const Value& a, const Value& b) {
  std::int64_t nanoseconds = 0;
  if (__builtin_mul_overflow(a.integer - b.integer, kNanoseconds, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, std::int64_t{a.size} - std::int64_t{b.size}, &nanoseconds)) {
    return overflow();
  }
  return duration_value(nanoseconds);
}

Value times(Op op, const Value& a, const Value& b) {
  const bool sum = op == Op::kAdd;
  if (!sum && op != Op::kSubtract) return no_overload();
  const bool a_time = a.kind == Kind::kTimestamp;
  const bool b_time = b.kind == Kind::kTimestamp;
  if (a_time && b_time) return sum ? no_overload() : between(a, b);
  if (a_time && b.kind == Kind::kDuration) return moved(a, b.integer, !sum);
  if (a.kind == Kind::kDuration && b_time) return sum ? moved(b, a.integer, false) : no_overload();
  if (a.kind != Kind::kDuration || b.kind != Kind::kDuration) return no_overload();
  const Value result = integers(op, a.integer, b.integer);
  return result.is_error() ? result : duration_value(result.integer);
}

template <class T>
int three_way(const T& a, const T& b) {
  if (a < b) return -1;
  return b < a ? 1 : 0;
}

}  // namespace

Value arithmetic(Meter& meter, Op op, const Value& a, const Value& b) {
  if (a.kind == b.kind) {
    switch (a.kind) {
      case Kind::kInt: return integers(op, a.integer, b.integer);
      case Kind::kUint: return unsigned_integers(op, a.unsigned_integer, b.unsigned_integer);
      case Kind::kDouble: return reals(op, a.real, b.real);
      case Kind::kString:
      case Kind::kBytes: return op == Op::kAdd ? joined_texts(meter, a, b) : no_overload();
      case Kind::kList: return op == Op::kAdd ? joined_lists(meter, a, b) : no_overload();
      default: break;
    }
  }
  return times(op, a, b);
}

Value negate(const Value& value) {
  if (value.kind == Kind::kDouble) return double_value(-value.real);
  if (value.kind != Kind::kInt) return no_overload();
  return value.integer == INT64_MIN ? overflow() : int_value(-value.integer);
}

Value compare(Op op, const Value& a, const Value& b) {
  int order = 0;
  if (is_number(a) && is_number(b)) {
    const Ordering ordering = compare_numbers(a, b);
    if (ordering == Ordering::kNone) return bool_value(false);
    order = static_cast<int>(ordering) - static_cast<int>(Ordering::kEqual);
  } else if (a.kind != b.kind) {
    return no_overload();
  } else {
    switch (a.kind) {
      case Kind::kBool: order = three_way(a.boolean, b.boolean); break;
      case Kind::kString:  // UTF-8 orders as code points do
      case Kind::kBytes: order = three_way(a.text(), b.text()); break;
      case Kind::kDuration: order = three_way(a.integer, b.integer); break;
      case Kind::kTimestamp:
        order = a.integer == b.integer ? three_way(a.size, b.size) : three_way(a.integer, b.integer);
        break;
      default: return no_overload();
    }
  }
  switch (op) {
    case Op::kLess: return bool_value(order < 0);
    case Op::kLessEqual: return bool_value(order <= 0);
    case Op::kGreater: return bool_value(order > 0);
    default: return bool_value(order >= 0);
  }
}

}  // namespace portico::cel
