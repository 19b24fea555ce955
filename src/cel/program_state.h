// What a program is made of: a flat tree, of which each node names its children by index.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "cel/op.h"
#include "cel/program.h"
#include "cel/time_zone.h"
#include "cel/value.h"
#include "regex/pattern.h"

namespace portico::cel {

struct Node {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  Op op = Op::kProblem;
  Kind expected = Kind::kDyn;   // of a value that is read from JSON
  std::uint16_t count = 0;      // children
  std::uint32_t first = 0;      // of the children in `links`
  std::uint32_t extra = kNone;  // kConstant: constant; kVariable, kLocal, macros: slot; kSelect, kHas: name;
                                // kMatches: pattern; getters of times: zone; kProblem: a Problem
  std::uint32_t field = kNone;  // kSelect, kHas: where a record has it
};

struct Program::State {
  // Macros within macros.
  static constexpr std::size_t kMostLocals = 32;

  struct Use {
    std::uint32_t variable;
    std::uint32_t field;  // Node::kNone: all of it
  };

  std::vector<Node> nodes;
  std::vector<std::uint32_t> links;
  std::vector<Value> constants;
  std::deque<std::string> texts;  // of constants and names
  std::vector<std::string_view> names;
  std::vector<regex::Pattern> patterns;
  std::vector<TimeZone> zones;
  std::vector<Use> uses;
  Types types;
  const Type* type = nullptr;
  std::uint32_t root = 0;
  std::uint64_t cost = 0;
};

}  // namespace portico::cel
