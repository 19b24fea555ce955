#include "cel/functions.h"

#include <initializer_list>

namespace portico::cel {
namespace {

consteval Overload row(std::string_view name, Op op, bool member, std::initializer_list<Kind> parameters, Kind result) {
  Overload overload{.name = name, .op = op, .member = member, .result = result};
  for (const Kind kind : parameters) overload.parameters[overload.count++] = kind;
  return overload;
}

constexpr bool kMember = true;
constexpr bool kGlobal = false;
constexpr Kind kBool = Kind::kBool;
constexpr Kind kInt = Kind::kInt;
constexpr Kind kUint = Kind::kUint;
constexpr Kind kDouble = Kind::kDouble;
constexpr Kind kString = Kind::kString;
constexpr Kind kBytes = Kind::kBytes;
constexpr Kind kTime = Kind::kTimestamp;
constexpr Kind kDuration = Kind::kDuration;
constexpr Kind kList = Kind::kList;
constexpr Kind kMap = Kind::kMap;
constexpr Kind kDyn = Kind::kDyn;

constexpr std::array kOverloads = {
    row("size", Op::kSize, kGlobal, {kString}, kInt),
    row("size", Op::kSize, kGlobal, {kBytes}, kInt),
    row("size", Op::kSize, kGlobal, {kList}, kInt),
    row("size", Op::kSize, kGlobal, {kMap}, kInt),
    row("size", Op::kSize, kMember, {kString}, kInt),
    row("size", Op::kSize, kMember, {kBytes}, kInt),
    row("size", Op::kSize, kMember, {kList}, kInt),
    row("size", Op::kSize, kMember, {kMap}, kInt),

    row("contains", Op::kContains, kMember, {kString, kString}, kBool),
    row("startsWith", Op::kStartsWith, kMember, {kString, kString}, kBool),
    row("endsWith", Op::kEndsWith, kMember, {kString, kString}, kBool),
    row("matches", Op::kMatches, kMember, {kString, kString}, kBool),
    row("matches", Op::kMatches, kGlobal, {kString, kString}, kBool),

    row("int", Op::kToInt, kGlobal, {kInt}, kInt),
    row("int", Op::kToInt, kGlobal, {kUint}, kInt),
    row("int", Op::kToInt, kGlobal, {kDouble}, kInt),
    row("int", Op::kToInt, kGlobal, {kString}, kInt),
    row("int", Op::kToInt, kGlobal, {kTime}, kInt),
    row("uint", Op::kToUint, kGlobal, {kInt}, kUint),
    row("uint", Op::kToUint, kGlobal, {kUint}, kUint),
    row("uint", Op::kToUint, kGlobal, {kDouble}, kUint),
    row("uint", Op::kToUint, kGlobal, {kString}, kUint),
    row("double", Op::kToDouble, kGlobal, {kInt}, kDouble),
    row("double", Op::kToDouble, kGlobal, {kUint}, kDouble),
    row("double", Op::kToDouble, kGlobal, {kDouble}, kDouble),
    row("double", Op::kToDouble, kGlobal, {kString}, kDouble),
    row("string", Op::kToString, kGlobal, {kBool}, kString),
    row("string", Op::kToString, kGlobal, {kInt}, kString),
    row("string", Op::kToString, kGlobal, {kUint}, kString),
    row("string", Op::kToString, kGlobal, {kDouble}, kString),
    row("string", Op::kToString, kGlobal, {kString}, kString),
    row("string", Op::kToString, kGlobal, {kBytes}, kString),
    row("string", Op::kToString, kGlobal, {kTime}, kString),
    row("string", Op::kToString, kGlobal, {kDuration}, kString),
    row("bytes", Op::kToBytes, kGlobal, {kString}, kBytes),
    row("bytes", Op::kToBytes, kGlobal, {kBytes}, kBytes),
    row("bool", Op::kToBool, kGlobal, {kBool}, kBool),
    row("bool", Op::kToBool, kGlobal, {kString}, kBool),
    row("timestamp", Op::kToTimestamp, kGlobal, {kString}, kTime),
    row("timestamp", Op::kToTimestamp, kGlobal, {kInt}, kTime),
    row("timestamp", Op::kToTimestamp, kGlobal, {kTime}, kTime),
    row("duration", Op::kToDuration, kGlobal, {kString}, kDuration),
    row("duration", Op::kToDuration, kGlobal, {kDuration}, kDuration),
    row("dyn", Op::kToDyn, kGlobal, {kDyn}, kDyn),
    row("type", Op::kTypeOf, kGlobal, {kDyn}, Kind::kType),

    row("getFullYear", Op::kGetFullYear, kMember, {kTime}, kInt),
    row("getFullYear", Op::kGetFullYear, kMember, {kTime, kString}, kInt),
    row("getMonth", Op::kGetMonth, kMember, {kTime}, kInt),
    row("getMonth", Op::kGetMonth, kMember, {kTime, kString}, kInt),
    row("getDayOfYear", Op::kGetDayOfYear, kMember, {kTime}, kInt),
    row("getDayOfYear", Op::kGetDayOfYear, kMember, {kTime, kString}, kInt),
    row("getDayOfMonth", Op::kGetDayOfMonth, kMember, {kTime}, kInt),
    row("getDayOfMonth", Op::kGetDayOfMonth, kMember, {kTime, kString}, kInt),
    row("getDate", Op::kGetDate, kMember, {kTime}, kInt),
    row("getDate", Op::kGetDate, kMember, {kTime, kString}, kInt),
    row("getDayOfWeek", Op::kGetDayOfWeek, kMember, {kTime}, kInt),
    row("getDayOfWeek", Op::kGetDayOfWeek, kMember, {kTime, kString}, kInt),
    row("getHours", Op::kGetHours, kMember, {kTime}, kInt),
    row("getHours", Op::kGetHours, kMember, {kTime, kString}, kInt),
    row("getHours", Op::kGetHours, kMember, {kDuration}, kInt),
    row("getMinutes", Op::kGetMinutes, kMember, {kTime}, kInt),
    row("getMinutes", Op::kGetMinutes, kMember, {kTime, kString}, kInt),
    row("getMinutes", Op::kGetMinutes, kMember, {kDuration}, kInt),
    row("getSeconds", Op::kGetSeconds, kMember, {kTime}, kInt),
    row("getSeconds", Op::kGetSeconds, kMember, {kTime, kString}, kInt),
    row("getSeconds", Op::kGetSeconds, kMember, {kDuration}, kInt),
    row("getMilliseconds", Op::kGetMilliseconds, kMember, {kTime}, kInt),
    row("getMilliseconds", Op::kGetMilliseconds, kMember, {kTime, kString}, kInt),
    row("getMilliseconds", Op::kGetMilliseconds, kMember, {kDuration}, kInt),

    row("charAt", Op::kCharAt, kMember, {kString, kInt}, kString),
    row("indexOf", Op::kIndexOf, kMember, {kString, kString}, kInt),
    row("indexOf", Op::kIndexOf, kMember, {kString, kString, kInt}, kInt),
    row("lastIndexOf", Op::kLastIndexOf, kMember, {kString, kString}, kInt),
    row("lastIndexOf", Op::kLastIndexOf, kMember, {kString, kString, kInt}, kInt),
    row("join", Op::kJoin, kMember, {kList}, kString),
    row("join", Op::kJoin, kMember, {kList, kString}, kString),
    row("lowerAscii", Op::kLowerAscii, kMember, {kString}, kString),
    row("upperAscii", Op::kUpperAscii, kMember, {kString}, kString),
    row("replace", Op::kReplace, kMember, {kString, kString, kString}, kString),
    row("replace", Op::kReplace, kMember, {kString, kString, kString, kInt}, kString),
    row("reverse", Op::kReverse, kMember, {kString}, kString),
    row("split", Op::kSplit, kMember, {kString, kString}, kList),
    row("split", Op::kSplit, kMember, {kString, kString, kInt}, kList),
    row("substring", Op::kSubstring, kMember, {kString, kInt}, kString),
    row("substring", Op::kSubstring, kMember, {kString, kInt, kInt}, kString),
    row("trim", Op::kTrim, kMember, {kString}, kString),
};

}  // namespace

std::span<const Overload> overloads() { return kOverloads; }

}  // namespace portico::cel
