// The functions of expressions, with what they take: the standard's (cel-spec, "List of Standard Definitions"), and
// those on strings that implementations share.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "cel/op.h"
#include "cel/type.h"

namespace portico::cel {

// One overload. A target, where there is one, is the first parameter.
struct Overload {
  std::string_view name;
  Op op = Op::kProblem;
  bool member = false;
  std::uint8_t count = 0;
  std::array<Kind, 4> parameters{};
  Kind result = Kind::kDyn;
};

std::span<const Overload> overloads();

}  // namespace portico::cel
