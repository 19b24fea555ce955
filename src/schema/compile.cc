#include "schema/compile.h"

#include <algorithm>
#include <map>

#include "schema/emit.h"
#include "schema/facts.h"
#include "schema/link.h"
#include "schema/program.h"
#include "schema/scalar_plan.h"

namespace portico::schema {
namespace {

template <class T>
std::size_t bytes_of(const std::vector<T>& list) {
  return list.capacity() * sizeof(T);
}

TypeMask to_mask(WideTypes types) { return static_cast<TypeMask>(types & kTypeAny); }

}  // namespace

std::size_t Tables::footprint() const {
  std::size_t bytes =
      sizeof(*this) + bytes_of(ops) + bytes_of(op_sources) + bytes_of(names.names) + bytes_of(names.buckets) +
      names.text.capacity() + bytes_of(children) + bytes_of(required) + bytes_of(objects) + bytes_of(pattern_children) +
      bytes_of(arrays) + bytes_of(counts) + bytes_of(enums) + bytes_of(requirements) + bytes_of(dependencies) +
      bytes_of(dependent_names) + bytes_of(dependent_schemas) + bytes_of(choices) + bytes_of(branches) +
      bytes_of(selectors) + bytes_of(selector_rules) + bytes_of(value_masks) + bytes_of(bounds) + bytes_of(patterns) +
      constants.footprint() + bytes_of(constant_places) + bytes_of(sources) + bytes_of(paths) + texts.capacity();
  for (const auto& pattern : patterns) bytes += pattern.footprint();
  for (const auto& text : messages) bytes += sizeof(std::string) + text.capacity();
  return bytes;
}

bool Program::accepts_everything() const { return tables_ == nullptr || tables_->ops[entry_].code == Code::kReturn; }

std::size_t Program::footprint() const { return tables_ == nullptr ? 0 : tables_->footprint(); }

struct Compiler::State {
  CompileOptions options;
  std::shared_ptr<Tables> tables = std::make_shared<Tables>();
  std::vector<Note> notes;
  SchemaGraph graph;
  Emitter emitter;
  std::map<std::pair<const json::Node*, Direction>, Program> programs;

  State(Environment environment, const CompileOptions& given)
      : options(given),
        graph(std::move(environment), given.dialect, *tables, given.max_dynamic_scopes),
        emitter(graph, *tables, options, notes) {
    tables->sources.push_back({});
  }
};

Compiler::Compiler(Environment environment, CompileOptions options)
    : state_(std::make_unique<State>(std::move(environment), options)) {}
Compiler::~Compiler() = default;
Compiler::Compiler(Compiler&&) noexcept = default;
Compiler& Compiler::operator=(Compiler&&) noexcept = default;

Result<Program> Compiler::compile(const json::Node& schema, Direction direction) {
  State& state = *state_;
  if (const auto known = state.programs.find({&schema, direction}); known != state.programs.end()) {
    return known->second;
  }
  const LinkMarks marks = marks_of(*state.tables);
  PORTICO_TRY(const SchemaId root, state.graph.root(schema));
  PORTICO_TRY(const BlockId block, state.emitter.compile(root, direction));
  link(*state.tables, state.emitter, marks);
  const std::uint32_t entry = state.emitter.pc_of(block);
  const WideTypes types = types_accepted(*state.tables, entry);
  if (types == 0) {
    state.notes.push_back(
        {Note::Kind::kUnsatisfiable, "", "no value can ever match this schema", state.graph.place(schema)});
  }
  Program program(state.tables, entry, to_mask(types));
  state.programs.emplace(std::pair{&schema, direction}, program);
  return program;
}

Result<ScalarPlan> Compiler::scalar_plan(const json::Node& schema) {
  PORTICO_TRY(const Program program, compile(schema, Direction::kRequest));
  return make_plan(*state_->tables, program.entry());
}

const std::vector<Note>& Compiler::notes() const { return state_->notes; }
std::size_t Compiler::footprint() const { return state_->tables->footprint(); }

Result<Program> compile(const json::Node& schema, Environment environment, CompileOptions options,
                        Direction direction) {
  return Compiler(std::move(environment), options).compile(schema, direction);
}

}  // namespace portico::schema
