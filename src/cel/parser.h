// From an expression to its syntax tree, macros included. The tree's depth and size are bounded, so that what walks it
// may recurse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cel/op.h"

namespace portico::cel {

struct Syntax {
  enum class Kind : std::uint8_t {
    kNull,
    kBool,
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kName,
    kSelect,    // children: operand
    kHas,       // the same
    kOperator,  // `op` over the children
    kCall,      // children: the target, if has_target, and the arguments
    kList,
    kMap,    // children: key, value, key, value
    kMacro,  // `op`; children: range, and what is evaluated for each element; kTransform may have a filter between
    kBind,   // cel.bind: children: value, body
  };

  Kind kind = Kind::kNull;
  Op op = Op::kConstant;
  bool has_target = false;
  bool absolute = false;  // ".name": not a macro's variable
  std::uint32_t position = 0;
  std::uint32_t depth = 1;
  std::uint64_t integer = 0;  // kInt: two's complement; kBool
  double real = 0;
  std::string text;  // a name, a field, a function, a macro's variable, a literal
  std::vector<std::uint32_t> children;
};

struct SyntaxTree {
  std::vector<Syntax> nodes;
  std::uint32_t root = 0;

  const Syntax& operator[](std::uint32_t index) const { return nodes[index]; }
};

struct SyntaxLimits {
  std::size_t bytes = 16384;
  std::size_t nodes = 8192;
  std::uint32_t depth = 96;
};

Result<SyntaxTree> parse(std::string_view expression, const SyntaxLimits& limits);

}  // namespace portico::cel
