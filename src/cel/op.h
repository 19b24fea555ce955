// What the nodes of a program do: the language's operators, its macros, and its functions.
#pragma once

#include <cstdint>

namespace portico::cel {

enum class Op : std::uint8_t {
  kConstant,
  kVariable,
  kLocal,  // of a macro
  kSelect,
  kHas,
  kIndex,
  kList,
  kMap,
  kProblem,  // what could not be resolved, in programs whose types are not checked

  kAnd,
  kOr,
  kConditional,
  kNot,
  kNegate,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,

  kAll,
  kExists,
  kExistsOne,
  kTransform,  // map()
  kFilter,
  kBind,

  kSize,
  kContains,
  kStartsWith,
  kEndsWith,
  kMatches,

  kToInt,
  kToUint,
  kToDouble,
  kToString,
  kToBytes,
  kToBool,
  kToTimestamp,
  kToDuration,
  kToDyn,
  kTypeOf,

  kGetFullYear,
  kGetMonth,
  kGetDayOfYear,
  kGetDayOfMonth,
  kGetDate,
  kGetDayOfWeek,
  kGetHours,
  kGetMinutes,
  kGetSeconds,
  kGetMilliseconds,

  kCharAt,
  kIndexOf,
  kLastIndexOf,
  kJoin,
  kLowerAscii,
  kUpperAscii,
  kReplace,
  kReverse,
  kSplit,
  kSubstring,
  kTrim,
};

}  // namespace portico::cel
