// Any text as an expression, with types checked and without, over JSON from the same input: compiling and evaluation
// end, an expression that types accept never has more steps than its budget, and what is evaluated twice is the same.
#include <array>
#include <cstdint>
#include <string_view>

#include "cel/container.h"
#include "cel/evaluate.h"
#include "json/parse.h"

namespace {

using namespace portico::cel;

struct Variables {
  Types types;
  Environment environment;

  Variables() {
    Shape* path = types.shape("path");
    path->fields = {{"id", types.string()}, {"n", types.integer()}};
    environment.declare("p", types.object(path));
    environment.declare("t", types.map(types.string(), types.dyn()));
    environment.declare("d", Types::dyn());
    environment.declare("l", types.list(types.string()));
  }
};

bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.problem != b.problem) return false;
  return a.kind != Kind::kBool || a.boolean == b.boolean;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Variables kVariables;
  static portico::json::Parser parser;
  static Scratch scratch;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto cut = input.find('\n');
  const std::string_view expression = input.substr(0, cut);
  const std::string_view json = cut == std::string_view::npos ? "{\"a\":[1,\"b\",{\"c\":2.5}]}" : input.substr(cut + 1);
  Value value;
  portico::json::TapeView tape;
  if (parser.parse(json, {}) == portico::json::ParseProblem::kNone) {
    tape = parser.tape();
    value = tape_value(tape, portico::json::TapeView::kFirst);
  }
  const std::array variables = {value, value, value, value};
  for (const bool check_types : {true, false}) {
    const auto program = Program::compile(kVariables.environment, expression, {.check_types = check_types});
    if (!program) continue;
    const Value once = evaluate(*program, variables, scratch, 20'000);
    const Value again = evaluate(*program, variables, scratch, 20'000);
    if (!same(once, again)) __builtin_trap();
  }
  return 0;
}
