// cel/ is the Common Expression Language (cel-spec): what the owner of an API writes rules in. An expression is
// compiled once, at load, and evaluated for every message:
//
//   auto program = cel::Program::compile(environment, "path.userId == token.sub || 'admin' in token.roles");
//   cel::Scratch scratch;                       // one a worker
//   cel::Value answer = cel::evaluate(*program, values, scratch);
//   if (answer.is_true()) ...                   // an error is a value too: what cannot be decided is not true
//
// Compiling parses (parser.h), checks names and types against an environment (type.h), and estimates what evaluation
// can cost at worst; what cannot be right, or could cost too much, is an Error with its place in the expression.
// Evaluation (evaluate.h) reads JSON where it lies, counts its steps, and does not allocate once its scratch memory has
// grown. Language and functions: docs/cel.md. There are no protobuf messages.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "cel/parser.h"
#include "cel/type.h"

namespace portico::cel {

struct Options {
  SyntaxLimits syntax;
  // Of the estimate: steps that an evaluation may take. A list, map or text of which no largest size is known counts
  // as `assumed_size` elements or bytes.
  std::uint64_t max_cost = 100'000'000;
  std::uint32_t assumed_size = 1000;
  // false: types are looked at only when they are there, and so are names (the language's "parse only" mode).
  bool check_types = true;
};

// Immutable; many threads may evaluate it. Movable.
class Program {
 public:
  static Result<Program> compile(const Environment& environment, std::string_view expression,
                                 const Options& options = {});

  Program() noexcept;  // of nothing: to be assigned to
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  const Type& type() const;    // of the answer; lives as long as the environment's types, or the program
  std::uint64_t cost() const;  // the estimate

  // Whether the expression reads the variable; the field of a variable that is an object, or all of it.
  bool uses(std::uint32_t variable) const;
  bool uses(std::uint32_t variable, std::uint32_t field) const;

  struct State;
  const State& state() const { return *state_; }

 private:
  explicit Program(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace portico::cel
