// The operators and functions whose operands are evaluated before: all but logic, conditions, macros and lookups.
#pragma once

#include <span>

#include "cel/meter.h"
#include "cel/op.h"
#include "cel/time_zone.h"

namespace portico::cel {

Value arithmetic(Meter& meter, Op op, const Value& a, const Value& b);
Value negate(const Value& value);
Value compare(Op op, const Value& a, const Value& b);  // < <= > >=

// kToInt to kToDuration.
Value convert(Meter& meter, Op op, const Value& value);

// kGetFullYear to kGetMilliseconds; `zone` may be null.
Value time_part(Op op, const Value& value, const TimeZone* zone);

// kSize to kEndsWith, and kCharAt to kTrim.
Value text_function(Meter& meter, Op op, std::span<const Value> arguments);

}  // namespace portico::cel
