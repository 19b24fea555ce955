#include "cel/compile.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "cel/lexer.h"

namespace portico::cel {
namespace {

// Names of types, as values.
struct TypeName {
  std::string_view name;
  Kind kind;
};
constexpr std::array kTypeNames = {TypeName{"bool", Kind::kBool},
                                   TypeName{"int", Kind::kInt},
                                   TypeName{"uint", Kind::kUint},
                                   TypeName{"double", Kind::kDouble},
                                   TypeName{"string", Kind::kString},
                                   TypeName{"bytes", Kind::kBytes},
                                   TypeName{"list", Kind::kList},
                                   TypeName{"map", Kind::kMap},
                                   TypeName{"null_type", Kind::kNull},
                                   TypeName{"type", Kind::kType},
                                   TypeName{"google.protobuf.Timestamp", Kind::kTimestamp},
                                   TypeName{"google.protobuf.Duration", Kind::kDuration}};

bool may_be_key(Kind kind) {
  return kind == Kind::kInt || kind == Kind::kUint || kind == Kind::kBool || kind == Kind::kString ||
         kind == Kind::kDyn;
}

}  // namespace

std::uint64_t plus(std::uint64_t a, std::uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }
std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

std::unexpected<Error> Compiler::error(const Syntax& syntax, std::string message, std::string remedy) const {
  return failure(ErrorCode::kInvalid, std::move(message), place_in(expression_, syntax.position), std::move(remedy));
}

Result<Part> Compiler::refuse(const Syntax& syntax, Problem problem, std::string message, std::string remedy) {
  if (options_.check_types) return error(syntax, std::move(message), std::move(remedy));
  Node node;
  node.extra = static_cast<std::uint32_t>(problem);
  return emit(node, {}, Types::dyn(), 1, options_.assumed_size);
}

std::uint64_t Compiler::size_of(const Type& type) const {
  if (type.max_size != Type::kUnbounded) return type.max_size;
  if (type.kind == Kind::kObject && !type.shape->open) return type.shape->fields.size();
  return options_.assumed_size;
}

std::uint32_t Compiler::text(std::string_view text) {
  const auto known = std::ranges::find(program_.names, text);
  if (known == program_.names.end()) program_.names.push_back(program_.texts.emplace_back(text));
  return static_cast<std::uint32_t>(std::ranges::find(program_.names, text) - program_.names.begin());
}

Part Compiler::emit(Node node, std::span<const Part> children, const Type* type, std::uint64_t own_cost,
                    std::uint64_t size) {
  node.first = static_cast<std::uint32_t>(program_.links.size());
  node.count = static_cast<std::uint16_t>(children.size());
  Part made{.node = static_cast<std::uint32_t>(program_.nodes.size()), .type = type, .cost = own_cost, .size = size};
  for (const Part& child : children) {
    program_.links.push_back(child.node);
    made.cost = plus(made.cost, child.cost);
  }
  program_.nodes.push_back(node);
  return made;
}

Part Compiler::constant(const Value& value, const Type* type, std::uint64_t size) {
  program_.constants.push_back(value);
  Node node{.op = Op::kConstant};
  node.extra = static_cast<std::uint32_t>(program_.constants.size() - 1);
  return emit(node, {}, type, 1, size);
}

void Compiler::note_use(std::uint32_t variable, std::uint32_t field) { program_.uses.push_back({variable, field}); }

Result<void> Compiler::run() {
  PORTICO_TRY(const Part whole, part(tree_.root));
  program_.root = whole.node;
  program_.type = whole.type;
  program_.cost = whole.cost;
  if (whole.cost <= options_.max_cost) return {};
  return failure(
      ErrorCode::kLimit,
      "evaluation could take " + std::to_string(whole.cost) + " steps, more than " + std::to_string(options_.max_cost),
      {.file = {}, .line = 1, .column = 1},
      "Lists and texts without a largest size count as " + std::to_string(options_.assumed_size) +
          "; say theirs with maxItems, maxProperties and maxLength.");
}

Result<Part> Compiler::part(std::uint32_t syntax) {
  const Syntax& node = tree_[syntax];
  switch (node.kind) {
    case Syntax::Kind::kName: return name(node);
    case Syntax::Kind::kSelect: return select(syntax);
    case Syntax::Kind::kHas: return has(node);
    case Syntax::Kind::kOperator: return operation(node);
    case Syntax::Kind::kCall: return call(node);
    case Syntax::Kind::kList: return list(node);
    case Syntax::Kind::kMap: return map(node);
    case Syntax::Kind::kMacro: return macro(node);
    case Syntax::Kind::kBind: return bind(node);
    default: return literal(node);
  }
}

Result<Compiler::Parts> Compiler::parts(std::span<const std::uint32_t> syntax) {
  Parts made;
  for (const std::uint32_t index : syntax) {
    PORTICO_TRY(made.emplace_back(), part(index));
  }
  return made;
}

Result<Part> Compiler::literal(const Syntax& syntax) {
  switch (syntax.kind) {
    case Syntax::Kind::kBool: return constant(bool_value(syntax.integer != 0), Types::boolean(), 1);
    case Syntax::Kind::kInt: return constant(int_value(static_cast<std::int64_t>(syntax.integer)), Types::integer(), 1);
    case Syntax::Kind::kUint: return constant(uint_value(syntax.integer), Types::of(Kind::kUint), 1);
    case Syntax::Kind::kDouble: return constant(double_value(syntax.real), Types::real(), 1);
    case Syntax::Kind::kString:
    case Syntax::Kind::kBytes: {
      const Kind kind = syntax.kind == Syntax::Kind::kString ? Kind::kString : Kind::kBytes;
      const std::string& kept = program_.texts.emplace_back(syntax.text);
      return constant(text_value(kind, kept), Types::of(kind), kept.size());
    }
    default: return constant(null_value(), Types::of(Kind::kNull), 1);
  }
}

// "a.b.c" for names that are selected from nothing but a name; else empty.
std::string Compiler::qualified(std::uint32_t index) const {
  const Syntax& syntax = tree_[index];
  if (syntax.kind == Syntax::Kind::kName) return syntax.text;
  if (syntax.kind != Syntax::Kind::kSelect) return {};
  const std::string before = qualified(syntax.children[0]);
  return before.empty() ? before : before + "." + syntax.text;
}

Result<Part> Compiler::name(const Syntax& syntax) {
  for (std::size_t i = locals_.size(); i-- > 0 && !syntax.absolute;) {
    if (locals_[i].name != syntax.text) continue;
    Node node{.op = Op::kLocal};
    node.extra = static_cast<std::uint32_t>(i);
    return emit(node, {}, locals_[i].type, 1, locals_[i].size);
  }
  if (const auto variable = environment_.find(syntax.text)) {
    note_use(*variable, Node::kNone);
    const Type* type = environment_[*variable].type;
    Node node{.op = Op::kVariable, .expected = type->kind};
    node.extra = *variable;
    return emit(node, {}, type, 1, size_of(*type));
  }
  if (const auto known = std::ranges::find(kTypeNames, syntax.text, &TypeName::name); known != kTypeNames.end()) {
    return constant(type_value(known->kind), Types::of(Kind::kType), 1);
  }
  std::vector<std::string_view> names;
  for (const Local& local : locals_) names.push_back(local.name);
  for (std::size_t i = 0; i < environment_.size(); ++i) names.push_back(environment_[i].name);
  const auto near = nearest(syntax.text, names);
  return refuse(syntax, Problem::kUnbound, "there is no variable \"" + syntax.text + "\"",
                near ? "Did you mean \"" + std::string(*near) + "\"?" : "Strings are quoted: 'text'.");
}

// A qualified name goes before a field of a shorter one, unless a macro's variable begins it.
Result<Part> Compiler::select(std::uint32_t index) {
  const Syntax& syntax = tree_[index];
  if (const std::string whole = qualified(index); !whole.empty()) {
    const std::string_view first = std::string_view(whole).substr(0, whole.find('.'));
    std::uint32_t root = index;
    while (tree_[root].kind == Syntax::Kind::kSelect) root = tree_[root].children[0];
    const bool local = !tree_[root].absolute && std::ranges::find(locals_, first, &Local::name) != locals_.end();
    const bool variable = environment_.find(whole).has_value();
    const bool type = std::ranges::find(kTypeNames, whole, &TypeName::name) != kTypeNames.end();
    if (!local && (variable || type)) {
      Syntax name = syntax;
      name.kind = Syntax::Kind::kName;
      name.text = whole;
      name.absolute = true;
      return this->name(name);
    }
  }
  PORTICO_TRY(const Part operand, part(syntax.children[0]));
  return field(syntax, operand, Op::kSelect);
}

Result<Part> Compiler::has(const Syntax& syntax) {
  PORTICO_TRY(const Part operand, part(syntax.children[0]));
  PORTICO_TRY(Part made, field(syntax, operand, Op::kHas));
  made.type = Types::boolean();
  made.size = 1;
  return made;
}

Result<Part> Compiler::field(const Syntax& syntax, const Part& operand, Op op) {
  const Type& type = *operand.type;
  const Type* result = Types::dyn();
  Node node{.op = op};
  if (type.kind == Kind::kObject) {
    const auto known = type.shape->find(syntax.text);
    if (!known && !type.shape->takes_any_name) {
      std::vector<std::string_view> names;
      for (const Field& field : type.shape->fields) names.push_back(field.name);
      const auto near = nearest(syntax.text, names);
      std::string remedy = near ? "Did you mean \"" + std::string(*near) + "\"?" : std::string();
      if (remedy.empty() && type.shape->open) remedy = "What is not declared is read with [\"" + syntax.text + "\"].";
      return refuse(syntax, Problem::kNoKey, "there is no field \"" + syntax.text + "\" in " + type.shape->name,
                    std::move(remedy));
    }
    if (known) result = type.shape->fields[*known].type;
    node.field = known.value_or(Node::kNone);
    // Of a variable it is the field that is used, not all of it.
    if (program_.nodes[operand.node].op == Op::kVariable) program_.uses.back().field = node.field;
  } else if (type.kind == Kind::kMap) {
    if (!agree(*type.key, *Types::string())) {
      return refuse(syntax, Problem::kNoOverload, "the keys of " + cel::name(type) + " are no names");
    }
    result = type.element;
  } else if (type.kind != Kind::kDyn) {
    return refuse(syntax, Problem::kNoOverload, cel::name(type) + " has no fields");
  }
  node.expected = result->kind;
  node.extra = text(syntax.text);
  // As in comparisons, what is dyn counts as small; steps of evaluation are counted where it is not.
  const std::uint64_t members = type.kind == Kind::kObject ? type.shape->fields.size() : operand.size;
  const std::uint64_t lookup = type.kind == Kind::kDyn ? 2 : plus(1, members / 16);
  return emit(node, {&operand, 1}, result, lookup, size_of(*result));
}

const Type* Compiler::joined(const Type* a, const Type* b) const {
  if (a == nullptr || a == b) return b;
  const bool same = a->kind == b->kind && a->nullable == b->nullable && agree(*a, *b);
  return same && a->kind != Kind::kObject ? a : Types::dyn();
}

Result<Part> Compiler::list(const Syntax& syntax) {
  PORTICO_TRY(const Parts elements, parts(syntax.children));
  const Type* element = nullptr;
  for (const Part& each : elements) element = joined(element, each.type);
  if (elements.size() > UINT16_MAX) return error(syntax, "a list of too many elements");
  const Type* type = program_.types.list(element == nullptr ? Types::dyn() : element);
  return emit({.op = Op::kList}, elements, type, elements.size(), elements.size());
}

Result<Part> Compiler::map(const Syntax& syntax) {
  PORTICO_TRY(const Parts entries, parts(syntax.children));
  const Type* key = nullptr;
  const Type* value = nullptr;
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    if (!may_be_key(entries[i].type->kind)) {
      return refuse(syntax, Problem::kKeyType,
                    "a map's key is a string, int, uint or bool, not " + cel::name(*entries[i].type));
    }
    key = joined(key, entries[i].type);
    value = joined(value, entries[i + 1].type);
  }
  if (entries.size() > UINT16_MAX) return error(syntax, "a map of too many entries");
  const Type* type = program_.types.map(key == nullptr ? Types::dyn() : key, value == nullptr ? Types::dyn() : value);
  const std::uint64_t size = entries.size() / 2;
  // Each key is compared with all before.
  return emit({.op = Op::kMap}, entries, type, plus(entries.size(), times(size, size) / 2), size);
}

Program::Program(std::unique_ptr<State> state) : state_(std::move(state)) {}
Program::Program() noexcept = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Result<Program> Program::compile(const Environment& environment, std::string_view expression, const Options& options) {
  PORTICO_TRY(const SyntaxTree tree, parse(expression, options.syntax));
  auto state = std::make_unique<State>();
  PORTICO_CHECK_OK(Compiler(environment, expression, tree, options, *state).run());
  return Program(std::move(state));
}

const Type& Program::type() const { return *state_->type; }
std::uint64_t Program::cost() const { return state_->cost; }

bool Program::uses(std::uint32_t variable) const {
  return std::ranges::find(state_->uses, variable, &State::Use::variable) != state_->uses.end();
}

bool Program::uses(std::uint32_t variable, std::uint32_t field) const {
  return std::ranges::any_of(state_->uses, [&](const State::Use& use) {
    return use.variable == variable && (use.field == field || use.field == Node::kNone);
  });
}

}  // namespace portico::cel
