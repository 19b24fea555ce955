// Runs tests/cases/cel/*.yaml: one expression, the variables it may name, and what comes of it.
//
//   types: {path: {userId: string}, token: dyn}   of the variables: a name of a type, [T] for a list, {name: T} for an
//                                                 object; "string?" may be null; "map" is map(string, dyn)
//   values: {path: {userId: x}, token: {}}        JSON, read as traffic is
//   cases:
//     - name: why this case is here
//       expr: path.userId == token.sub
//       types, values: of this case, beside the file's
//       value: true                               what it gives, or
//       error: no such key                        why it gives nothing, or
//       refused: no field                         part of what compiling says; `at: "1:5"` is the place, `remedy` part
//                                                 of the remedy
//       max_steps: 100                            of the evaluation
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "case_files.h"
#include "case_json.h"
#include "cel/container.h"
#include "cel/evaluate.h"
#include "json/parse.h"

namespace {

using namespace portico::cel;
using portico::json::Node;

class Case {
 public:
  Case(const Node& file, const Node& test) : file_(file), test_(test) {}

  // What is wrong, or nothing.
  std::string run() {
    for (const Node* source : {&file_, &test_}) {
      if (const Node* types = source->find("types")) declare(*types);
    }
    values_.resize(environment_.size());
    for (const Node* source : {&file_, &test_}) {
      if (const Node* values = source->find("values")) bind(*values);
    }
    const auto program = Program::compile(environment_, test_.text_of("expr"));
    if (!program) return refusal(program.error());
    if (test_.find("refused") != nullptr) return "it is not refused";
    const Node* steps = test_.find("max_steps");
    const auto max_steps = steps == nullptr ? kMaxSteps : static_cast<std::uint64_t>(*steps->integer());
    Scratch scratch;
    return compare(evaluate(*program, values_, scratch, max_steps));
  }

 private:
  const Type* type_of(const Node& node, const std::string& name) {
    if (node.is_array()) return types_.list(type_of(*node.items().front(), name));
    if (node.is_object()) {
      Shape* shape = types_.shape(name);
      for (const auto& [key, value] : node.members()) {
        if (key->text() == "...") {
          shape->open = true;
        } else {
          shape->fields.push_back({std::string(key->text()), type_of(*value, name + "." + std::string(key->text()))});
        }
      }
      return types_.object(shape);
    }
    std::string_view text = node.text();
    const bool nullable = text.ends_with('?');
    if (nullable) text.remove_suffix(1);
    const Type* type = Types::dyn();
    for (const Kind kind : {Kind::kBool, Kind::kInt, Kind::kUint, Kind::kDouble, Kind::kString}) {
      if (portico::cel::name(kind) == text) type = Types::of(kind);
    }
    if (text == "map") type = types_.map(Types::string(), Types::dyn());
    return nullable ? types_.nullable(type) : type;
  }

  void declare(const Node& types) {
    for (const auto& [key, value] : types.members()) {
      environment_.declare(std::string(key->text()), type_of(*value, std::string(key->text())));
    }
  }

  Value read(const Node& node, Kind kind) {
    std::string text;
    portico::cases::write_json(node, text);
    auto& parser = parsers_.emplace_back();
    portico::json::Strictness strictness;
    strictness.max_depth = 1000;
    if (parser.parse(text, strictness) != portico::json::ParseProblem::kNone) return error_value(Problem::kConversion);
    return tape_value(tapes_.emplace_back(parser.tape()), portico::json::TapeView::kFirst, kind);
  }

  void bind(const Node& values) {
    for (const auto& [key, value] : values.members()) {
      if (const auto slot = environment_.find(key->text()))
        values_[*slot] = read(*value, environment_[*slot].type->kind);
    }
  }

  std::string refusal(const portico::Error& error) {
    const Node* refused = test_.find("refused");
    if (refused == nullptr) return "refused: " + to_string(error);
    if (error.message.find(refused->text()) == std::string::npos) return "refused with " + error.message;
    const std::string at = std::to_string(error.place.line) + ":" + std::to_string(error.place.column);
    if (const Node* wanted = test_.find("at"); wanted != nullptr && wanted->text() != at) return "refused at " + at;
    if (const Node* remedy = test_.find("remedy"); remedy != nullptr) {
      if (error.remedy.find(remedy->text()) == std::string::npos) return "the remedy is " + error.remedy;
    }
    return {};
  }

  std::string compare(const Value& answer) {
    if (answer.is_error()) {
      const std::string_view said = portico::cel::name(answer.problem);
      return test_.text_of("error") == said ? "" : "error: " + std::string(said);
    }
    const Node* wanted = test_.find("value");
    if (wanted == nullptr) return "it gives a value";
    Scratch scratch;
    Meter meter(scratch, kMaxSteps);
    const Value expected = read(*wanted, answer.kind);
    const bool same = answer.kind == expected.kind && equal(meter, answer, expected).is_true();
    return same ? "" : "it gives another value, of " + std::string(portico::cel::name(answer.kind));
  }

  const Node& file_;
  const Node& test_;
  Types types_;
  Environment environment_;
  std::vector<Value> values_;
  std::deque<portico::json::Parser> parsers_;
  std::deque<portico::json::TapeView> tapes_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  return portico::cases::run_folder(argv[1], [](const auto& documents, const Node& root, auto& report) {
    for (const Node* test : root.find("cases")->items()) {
      report.add(portico::cases::where(documents, *test), Case(root, *test).run());
    }
  });
}
