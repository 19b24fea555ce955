// Any JSON document as a schema, in every dialect: compiling ends, with a program or an Error, and whatever program it
// is runs on a few instances.
#include <cstdint>
#include <string_view>

#include "json/parse.h"
#include "json/reader.h"
#include "schema/compile.h"
#include "schema/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico;
  if (size < 1) return 0;
  const auto dialect = static_cast<schema::Dialect>(data[0] % 7);
  const auto direction = static_cast<schema::Direction>(data[0] / 7 % 3);
  const auto additional = static_cast<schema::Additional>(data[0] / 21 % 2);
  json::Documents documents;
  json::Document& document = documents.add("schema.json", "file:///schema.json");
  if (!json::read_json({reinterpret_cast<const char*>(data + 1), size - 1}, document)) return 0;
  schema::Compiler compiler({&documents, {}},
                            {.dialect = dialect, .additional = additional, .content = true, .max_operations = 200'000});
  const auto program = compiler.compile(*document.root, direction);
  if (!program) return 0;
  (void)compiler.scalar_plan(*document.root);
  thread_local json::Parser parser;
  thread_local schema::Validator validator({.steps = 20'000, .steps_per_word = 50, .max_frames = 10'000});
  for (const std::string_view instance :
       {"null", "1.5", "\"text\"", "[1,\"a\",{\"a\":[]}]", R"({"a":1,"b":{"a":"x"},"type":"object","$ref":"#"})"}) {
    if (parser.parse(instance, {}) != json::ParseProblem::kNone) __builtin_trap();
    const auto outcome = validator.check(*program, parser.tape());
    const auto verdict = validator.read(*program, parser, instance);
    if (verdict.problem != json::ParseProblem::kNone) __builtin_trap();
    if (verdict.outcome != outcome && outcome != schema::Outcome::kTooComplex) __builtin_trap();
    const bool explained = !validator.explain(*program, parser.tape()).empty();
    if (explained != (outcome != schema::Outcome::kAccepted)) __builtin_trap();
  }
  return 0;
}
