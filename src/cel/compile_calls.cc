#include <algorithm>
#include <array>

#include "base/text.h"
#include "cel/compile.h"

namespace portico::cel {
namespace {

bool is_number(Kind kind) { return kind == Kind::kInt || kind == Kind::kUint || kind == Kind::kDouble; }

std::string_view symbol_of(Op op) {
  switch (op) {
    case Op::kNot: return "!";
    case Op::kNegate:
    case Op::kSubtract: return "-";
    case Op::kEqual: return "==";
    case Op::kNotEqual: return "!=";
    case Op::kLess: return "<";
    case Op::kLessEqual: return "<=";
    case Op::kGreater: return ">";
    case Op::kGreaterEqual: return ">=";
    case Op::kAdd: return "+";
    case Op::kMultiply: return "*";
    case Op::kDivide: return "/";
    case Op::kModulo: return "%";
    case Op::kAnd: return "&&";
    case Op::kOr: return "||";
    default: return "?";
  }
}

// The type of a sum, difference, product, ..., of two kinds; kAbsent where there is none.
Kind arithmetic_result(Op op, Kind a, Kind b) {
  if (a == Kind::kDyn || b == Kind::kDyn) return Kind::kDyn;
  const bool sum = op == Op::kAdd;
  const bool difference = op == Op::kSubtract;
  if (a == b) {
    if (a == Kind::kInt || a == Kind::kUint) return a;
    if (a == Kind::kDouble) return op == Op::kModulo ? Kind::kAbsent : a;
    if (sum && (a == Kind::kString || a == Kind::kBytes || a == Kind::kList)) return a;
    if ((sum || difference) && a == Kind::kDuration) return a;
    if (difference && a == Kind::kTimestamp) return Kind::kDuration;
  }
  if ((sum || difference) && a == Kind::kTimestamp && b == Kind::kDuration) return Kind::kTimestamp;
  if (sum && a == Kind::kDuration && b == Kind::kTimestamp) return Kind::kTimestamp;
  return Kind::kAbsent;
}

bool accepts(Kind parameter, const Type& type) {
  if (parameter == Kind::kDyn || type.kind == Kind::kDyn) return true;
  return parameter == type.kind || (parameter == Kind::kMap && type.kind == Kind::kObject);
}

bool takes_zone(Op op) { return op >= Op::kGetFullYear && op <= Op::kGetMilliseconds; }

}  // namespace

Result<Part> Compiler::operation(const Syntax& syntax) {
  PORTICO_TRY(const Parts operands, parts(syntax.children));
  switch (syntax.op) {
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot: return logic(syntax, operands);
    case Op::kConditional: return conditional(syntax, operands);
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual: return comparison(syntax, operands);
    case Op::kIn: return membership(syntax, operands);
    case Op::kIndex: return index(syntax, operands);
    case Op::kNegate: {
      const Type& type = *operands[0].type;
      if (type.kind != Kind::kInt && type.kind != Kind::kDouble && type.kind != Kind::kDyn) {
        return refuse(syntax, Problem::kNoOverload, "\"-\" takes a number with a sign, not " + cel::name(type));
      }
      return emit({.op = Op::kNegate}, operands, Types::of(type.kind), 1, 1);
    }
    default: return arithmetic(syntax, operands);
  }
}

Result<Part> Compiler::logic(const Syntax& syntax, const Parts& operands) {
  for (std::size_t i = 0; options_.check_types && i < operands.size(); ++i) {
    if (agree(*operands[i].type, *Types::boolean())) continue;
    return error(tree_[syntax.children[i]], "\"" + std::string(symbol_of(syntax.op)) + "\" takes true or false, not " +
                                                cel::name(*operands[i].type));
  }
  if (operands.size() > UINT16_MAX) return error(syntax, "too many operands");
  return emit({.op = syntax.op}, operands, Types::boolean(), 1, 1);
}

Result<Part> Compiler::conditional(const Syntax& syntax, const Parts& operands) {
  const auto& [condition, yes, no] = std::tie(operands[0], operands[1], operands[2]);
  if (!agree(*condition.type, *Types::boolean())) {
    return refuse(syntax, Problem::kNoOverload, "a condition is true or false, not " + cel::name(*condition.type));
  }
  if (options_.check_types && !agree(*yes.type, *no.type)) {
    return error(syntax, "the two sides of a condition are " + cel::name(*yes.type) + " and " + cel::name(*no.type));
  }
  return emit({.op = Op::kConditional}, operands, joined(yes.type, no.type), 1, std::max(yes.size, no.size));
}

Result<Part> Compiler::comparison(const Syntax& syntax, const Parts& operands) {
  const Type& a = *operands[0].type;
  const Type& b = *operands[1].type;
  const bool numbers = is_number(a.kind) && is_number(b.kind);
  const bool equality = syntax.op == Op::kEqual || syntax.op == Op::kNotEqual;
  constexpr std::array kOrdered = {Kind::kBool,   Kind::kInt,   Kind::kUint,      Kind::kDouble,
                                   Kind::kString, Kind::kBytes, Kind::kTimestamp, Kind::kDuration};
  const auto ordered = [&](const Type& type) {
    return type.kind == Kind::kDyn || std::ranges::find(kOrdered, type.kind) != kOrdered.end();
  };
  if (options_.check_types && ((!numbers && !agree(a, b)) || (!equality && (!ordered(a) || !ordered(b))))) {
    const bool never_null = equality && (a.kind == Kind::kNull || b.kind == Kind::kNull);
    return error(
        syntax,
        "\"" + std::string(symbol_of(syntax.op)) + "\" cannot compare " + cel::name(a) + " with " + cel::name(b),
        never_null ? "It is never null; has() says whether a field is there." : "");
  }
  // What is dyn is most often a text or number; steps of evaluation are counted where it is not.
  const bool known = a.kind != Kind::kDyn && b.kind != Kind::kDyn;
  const std::uint64_t compared = known ? std::min(operands[0].size, operands[1].size) / 16 : 2;
  return emit({.op = syntax.op}, operands, Types::boolean(), 1 + compared, 1);
}

Result<Part> Compiler::membership(const Syntax& syntax, const Parts& operands) {
  const Type& element = *operands[0].type;
  const Type& container = *operands[1].type;
  const Type* holds = Types::dyn();
  if (container.kind == Kind::kList) {
    holds = container.element;
  } else if (container.kind == Kind::kMap) {
    holds = container.key;
  } else if (container.kind == Kind::kObject) {
    holds = Types::string();
  } else if (container.kind != Kind::kDyn) {
    return refuse(syntax, Problem::kNoOverload, "\"in\" takes a list or map on its right, not " + cel::name(container),
                  container.kind == Kind::kString ? "Part of a text: text.contains(part)" : "");
  }
  const bool numbers = is_number(element.kind) && is_number(holds->kind);
  if (options_.check_types && !numbers && !agree(element, *holds)) {
    return error(syntax, cel::name(element) + " is never in " + cel::name(container));
  }
  return emit({.op = Op::kIn, .expected = holds->kind}, operands, Types::boolean(), plus(1, operands[1].size), 1);
}

Result<Part> Compiler::arithmetic(const Syntax& syntax, const Parts& operands) {
  const Type& a = *operands[0].type;
  const Type& b = *operands[1].type;
  const Kind kind = arithmetic_result(syntax.op, a.kind, b.kind);
  if (kind == Kind::kAbsent) {
    const bool mixed = is_number(a.kind) && is_number(b.kind) && a.kind != b.kind;
    return refuse(
        syntax, Problem::kNoOverload,
        "\"" + std::string(symbol_of(syntax.op)) + "\" does not go with " + cel::name(a) + " and " + cel::name(b),
        mixed ? "Bring both to one type: 2.0, double(x), int(x)." : "");
  }
  const Type* type = Types::of(kind);
  if (kind == Kind::kList) type = program_.types.list(joined(a.element, b.element));
  const bool grows = syntax.op == Op::kAdd && !is_number(kind);
  const std::uint64_t size = grows ? plus(operands[0].size, operands[1].size) : 1;
  const std::uint64_t copied = kind == Kind::kList || kind == Kind::kDyn ? size : size / 16;
  return emit({.op = syntax.op}, operands, type, plus(1, copied), size);
}

Result<Part> Compiler::index(const Syntax& syntax, const Parts& operands) {
  const Type& container = *operands[0].type;
  // Another way to write a field: header['x-trace'].
  const Syntax& name = tree_[syntax.children[1]];
  if (container.kind == Kind::kObject && name.kind == Syntax::Kind::kString) {
    if (container.shape->find(name.text) || !container.shape->open) return field(name, operands[0], Op::kSelect);
  }
  const Type& key = *operands[1].type;
  const Type* result = Types::dyn();
  if (container.kind == Kind::kList) {
    if (!is_number(key.kind) && key.kind != Kind::kDyn) {
      return refuse(syntax, Problem::kNoOverload, "a list's index is a number, not " + cel::name(key));
    }
    result = container.element;
  } else if (container.kind == Kind::kMap || container.kind == Kind::kObject) {
    const Type& keys = container.kind == Kind::kMap ? *container.key : *Types::string();
    if (options_.check_types && !agree(keys, key) && !(is_number(keys.kind) && is_number(key.kind))) {
      return error(syntax,
                   "the keys of " + cel::name(container) + " are " + cel::name(keys) + ", not " + cel::name(key));
    }
    if (container.kind == Kind::kMap) result = container.element;
  } else if (container.kind != Kind::kDyn) {
    return refuse(syntax, Problem::kNoOverload, cel::name(container) + " has no elements");
  }
  return emit({.op = Op::kIndex, .expected = result->kind}, operands, result, plus(1, operands[0].size / 16),
              size_of(*result));
}

Result<Part> Compiler::macro(const Syntax& syntax) {
  PORTICO_TRY(const Part range, part(syntax.children[0]));
  const Type* variable = Types::dyn();
  switch (range.type->kind) {
    case Kind::kList: variable = range.type->element; break;
    case Kind::kMap: variable = range.type->key; break;
    case Kind::kObject: variable = Types::string(); break;
    case Kind::kDyn: break;
    default:
      return refuse(syntax, Problem::kNoOverload, "a list or map is gone through, not " + cel::name(*range.type));
  }
  if (locals_.size() == Program::State::kMostLocals) return error(syntax, "too many macros within each other");
  Node node{.op = syntax.op, .expected = variable->kind};
  node.extra = static_cast<std::uint32_t>(locals_.size());
  locals_.push_back({syntax.text, variable, size_of(*variable)});
  auto inner = parts(std::span(syntax.children).subspan(1));
  locals_.pop_back();
  PORTICO_TRY(const Parts bodies, std::move(inner));
  std::uint64_t each = 1;
  for (const Part& body : bodies) each = plus(each, body.cost);
  const bool condition = syntax.op != Op::kTransform || bodies.size() == 2;
  if (options_.check_types && condition && !agree(*bodies[0].type, *Types::boolean())) {
    return error(tree_[syntax.children[1]],
                 "the condition of a macro is true or false, not " + cel::name(*bodies[0].type));
  }
  const Type* result = Types::boolean();
  if (syntax.op == Op::kTransform) result = program_.types.list(bodies.back().type);
  if (syntax.op == Op::kFilter) result = program_.types.list(variable);
  Parts children{range};
  children.insert(children.end(), bodies.begin(), bodies.end());
  Part made = emit(node, children, result, 1, result->kind == Kind::kList ? range.size : 1);
  made.cost = plus(range.cost, times(plus(range.size, 1), each));
  return made;
}

Result<Part> Compiler::bind(const Syntax& syntax) {
  PORTICO_TRY(const Part value, part(syntax.children[0]));
  if (locals_.size() == Program::State::kMostLocals) return error(syntax, "too many macros within each other");
  Node node{.op = Op::kBind};
  node.extra = static_cast<std::uint32_t>(locals_.size());
  locals_.push_back({syntax.text, value.type, value.size});
  auto inner = part(syntax.children[1]);
  locals_.pop_back();
  PORTICO_TRY(const Part body, std::move(inner));
  const std::array children = {value, body};
  return emit(node, children, body.type, 1, body.size);
}

Result<Part> Compiler::unknown_function(const Syntax& syntax) {
  std::vector<std::string_view> names;
  const Overload* same_name = nullptr;
  for (const Overload& overload : overloads()) {
    names.push_back(overload.name);
    if (overload.name == syntax.text) same_name = &overload;
  }
  std::string remedy;
  if (same_name != nullptr) {
    remedy = "It is called as " + std::string(same_name->member ? "x." : "") + syntax.text + "(";
    for (std::size_t i = same_name->member ? 1 : 0; i < same_name->count; ++i) {
      remedy += (remedy.ends_with('(') ? "" : ", ") + std::string(cel::name(same_name->parameters[i]));
    }
    remedy += ").";
  } else if (const auto near = nearest(syntax.text, names)) {
    remedy = "Did you mean \"" + std::string(*near) + "\"?";
  }
  return refuse(syntax, Problem::kUnbound, "there is no function \"" + syntax.text + "\" that is called so",
                std::move(remedy));
}

// The result's type where one overload or several take the arguments; null where none does.
Result<const Type*> Compiler::result_of(const Syntax& syntax, const Parts& arguments) {
  const Type* result = nullptr;
  for (const Overload& overload : overloads()) {
    if (overload.name != syntax.text || overload.member != syntax.has_target || overload.count != arguments.size()) {
      continue;
    }
    bool fits = true;
    for (std::size_t i = 0; i < arguments.size(); ++i)
      fits = fits && accepts(overload.parameters[i], *arguments[i].type);
    if (fits) result = joined(result, Types::of(overload.result));
  }
  if (result == nullptr && options_.check_types) {
    std::string types;
    for (const Part& argument : arguments) types += (types.empty() ? "" : ", ") + cel::name(*argument.type);
    return error(syntax, "\"" + syntax.text + "\" does not go with " + (types.empty() ? "no arguments" : types));
  }
  if (result == nullptr) return Types::dyn();
  return result->kind == Kind::kList ? program_.types.list(Types::string()) : result;
}

// Patterns and time zones are compiled with the program.
Result<void> Compiler::prepare(const Syntax& syntax, Node& node) {
  if (node.op != Op::kMatches && !(takes_zone(node.op) && syntax.children.size() == 2)) return {};
  const Syntax& argument = tree_[syntax.children[1]];
  if (argument.kind != Syntax::Kind::kString) {
    return error(argument,
                 node.op == Op::kMatches ? "a pattern must be a literal text" : "a time zone must be a literal text");
  }
  const auto placed = [&](Error problem) {
    return error(argument, std::move(problem.message), std::move(problem.remedy));
  };
  if (node.op == Op::kMatches) {
    auto pattern = regex::Pattern::compile_re2(argument.text);
    if (!pattern) return placed(std::move(pattern).error());
    node.extra = static_cast<std::uint32_t>(program_.patterns.size());
    program_.patterns.push_back(std::move(*pattern));
    return {};
  }
  auto zone = TimeZone::open(argument.text);
  if (!zone) return placed(std::move(zone).error());
  node.extra = static_cast<std::uint32_t>(program_.zones.size());
  program_.zones.push_back(std::move(*zone));
  return {};
}

Result<Part> Compiler::call(const Syntax& syntax) {
  const auto named = std::ranges::find_if(overloads(), [&](const Overload& overload) {
    return overload.name == syntax.text && overload.member == syntax.has_target &&
           overload.count == syntax.children.size();
  });
  if (named == overloads().end()) return unknown_function(syntax);
  PORTICO_TRY(const Parts arguments, parts(syntax.children));
  PORTICO_TRY(const Type* result, result_of(syntax, arguments));
  Node node{.op = named->op};
  PORTICO_CHECK_OK(prepare(syntax, node));
  std::uint64_t total = 0;
  for (const Part& argument : arguments) total = plus(total, argument.size);
  std::uint64_t size = 1;
  std::uint64_t own = plus(1, total / 16);
  switch (node.op) {
    case Op::kToDyn: return emit(node, arguments, Types::dyn(), 1, total);
    case Op::kToString: size = std::max<std::uint64_t>(total, 32); break;
    case Op::kReplace:
      size = plus(total, times(total, total));
      own = plus(1, size / 16);
      break;
    case Op::kJoin:
      size = times(total, options_.assumed_size);
      own = plus(1, size / 16);
      break;
    case Op::kSplit:
      size = total;
      own = plus(1, total);
      break;
    default:
      if (result->kind != Kind::kInt && result->kind != Kind::kBool) size = total;
  }
  return emit(node, arguments, result, own, size);
}

}  // namespace portico::cel
