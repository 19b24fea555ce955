// From a syntax tree to a program: names are found, types checked, and the cost estimated.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cel/functions.h"
#include "cel/parser.h"
#include "cel/program_state.h"

namespace portico::cel {

// A part of the program, and what is known of its value.
struct Part {
  std::uint32_t node = 0;
  const Type* type = nullptr;
  std::uint64_t cost = 0;  // steps at worst
  std::uint64_t size = 0;  // elements, members or bytes at most
};

class Compiler {
 public:
  Compiler(const Environment& environment, std::string_view expression, const SyntaxTree& tree, const Options& options,
           Program::State& program)
      : environment_(environment), expression_(expression), tree_(tree), options_(options), program_(program) {}

  Result<void> run();

 private:
  struct Local {
    std::string_view name;
    const Type* type;
    std::uint64_t size;
  };
  using Parts = std::vector<Part>;

  Result<Part> part(std::uint32_t syntax);
  Result<Parts> parts(std::span<const std::uint32_t> syntax);

  // Literals, names, fields: compile.cc.
  Result<Part> literal(const Syntax& syntax);
  Result<Part> name(const Syntax& syntax);
  Result<Part> select(std::uint32_t index);
  Result<Part> has(const Syntax& syntax);
  Result<Part> field(const Syntax& syntax, const Part& operand, Op op);
  Result<Part> list(const Syntax& syntax);
  Result<Part> map(const Syntax& syntax);
  const Type* joined(const Type* a, const Type* b) const;
  std::string qualified(std::uint32_t index) const;

  // Operators, macros and functions: compile_calls.cc.
  Result<Part> operation(const Syntax& syntax);
  Result<Part> logic(const Syntax& syntax, const Parts& operands);
  Result<Part> conditional(const Syntax& syntax, const Parts& operands);
  Result<Part> comparison(const Syntax& syntax, const Parts& operands);
  Result<Part> membership(const Syntax& syntax, const Parts& operands);
  Result<Part> arithmetic(const Syntax& syntax, const Parts& operands);
  Result<Part> index(const Syntax& syntax, const Parts& operands);
  Result<Part> macro(const Syntax& syntax);
  Result<Part> bind(const Syntax& syntax);
  Result<Part> call(const Syntax& syntax);
  Result<Part> unknown_function(const Syntax& syntax);
  Result<const Type*> result_of(const Syntax& syntax, const Parts& arguments);
  Result<void> prepare(const Syntax& syntax, Node& node);

  std::unexpected<Error> error(const Syntax& syntax, std::string message, std::string remedy = {}) const;
  // The error, or where types are not checked, a part that has the problem when it is evaluated.
  Result<Part> refuse(const Syntax& syntax, Problem problem, std::string message, std::string remedy = {});

  Part emit(Node node, std::span<const Part> children, const Type* type, std::uint64_t own_cost, std::uint64_t size);
  Part constant(const Value& value, const Type* type, std::uint64_t size);
  std::uint32_t text(std::string_view text);
  std::uint64_t size_of(const Type& type) const;
  void note_use(std::uint32_t variable, std::uint32_t field);

  const Environment& environment_;
  std::string_view expression_;
  const SyntaxTree& tree_;
  const Options& options_;
  Program::State& program_;
  std::vector<Local> locals_;
};

// Without overflow.
std::uint64_t plus(std::uint64_t a, std::uint64_t b);
std::uint64_t times(std::uint64_t a, std::uint64_t b);

}  // namespace portico::cel
