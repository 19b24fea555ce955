// What an authorization rule costs: nanoseconds of one evaluation, the least of several runs.
//
//   build/release/cel_bench
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/clock.h"
#include "cel/evaluate.h"
#include "json/parse.h"

namespace {

using namespace portico;
using namespace portico::cel;

constexpr int kRounds = 7;
constexpr int kEvaluations = 200'000;

struct Data {
  Types types;
  Environment environment;
  json::Parser token_parser;
  json::Parser body_parser;
  json::TapeView token;
  json::TapeView body;
  std::array<Value, 2> fields;
  Record path;
  std::array<Value, 3> variables;

  Data() {
    Shape* shape = types.shape("path");
    shape->fields = {{"userId", types.string()}, {"orderId", types.integer()}};
    environment.declare("path", types.object(shape));
    environment.declare("token", types.map(types.string(), types.dyn()));
    environment.declare("body", types.dyn());
    std::string items = R"({"owner":"7f1d3c52-8f0e-4f7e-9a43-0d6a3a3f1b11","items":[)";
    for (int i = 0; i < 100; ++i) items += R"({"id":1,"owner":"u1","price":2.5},)";
    items.back() = ']';
    items += '}';
    (void)token_parser.parse(R"({"iss":"https://id.example","aud":"orders","exp":1795000000,"iat":1794996400,)"
                             R"("sub":"7f1d3c52-8f0e-4f7e-9a43-0d6a3a3f1b11","roles":["user","admin"],"tenant":"t1"})",
                             {});
    (void)body_parser.parse(items, {});
    token = token_parser.tape();
    body = body_parser.tape();
    fields = {string_value("7f1d3c52-8f0e-4f7e-9a43-0d6a3a3f1b11"), int_value(7)};
    path = {.shape = shape, .values = fields.data()};
    variables = {record_value(&path), tape_value(token, json::TapeView::kFirst),
                 tape_value(body, json::TapeView::kFirst)};
  }
};

void measure(Data& data, const char* expression) {
  auto program = Program::compile(data.environment, expression);
  if (!program) {
    std::printf("%s\n", to_string(program.error()).c_str());
    std::exit(1);
  }
  Scratch scratch;
  std::int64_t best = INT64_MAX;
  int held = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::int64_t start = monotonic_ns();
    for (int i = 0; i < kEvaluations / 10; ++i) held += evaluate(*program, data.variables, scratch).is_true() ? 1 : 0;
    best = std::min(best, monotonic_ns() - start);
  }
  std::printf("%8.1f ns  %s  %s\n", static_cast<double>(best) / (kEvaluations / 10), held > 0 ? "true " : "false",
              expression);
}

}  // namespace

int main() {
  Data data;
  measure(data, "path.userId == token.sub || 'admin' in token.roles");
  measure(data, "path.userId == token.tenant || 'admin' in token.roles");
  measure(data, "body.owner == token.sub");
  measure(data, "path.orderId > 5 && token.sub.startsWith('7f1d') && token.exp > 1790000000");
  measure(data, "body.items.all(i, i.owner == 'u1')");
  measure(data, "body.items.map(i, i.price).size() == 100");
  measure(data, "path.userId.matches('^[0-9a-f-]{36}$')");
  measure(data, "timestamp(token.exp) - timestamp(token.iat) <= duration('1h')");
}
