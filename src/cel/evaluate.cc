#include "cel/evaluate.h"

#include <array>

#include "cel/calls.h"
#include "cel/container.h"
#include "cel/meter.h"
#include "cel/program_state.h"

namespace portico::cel {
namespace {

// Operators and functions take at most so many operands.
constexpr std::size_t kMostArguments = 4;

// Recursion is as deep as the expression, which the parser bounds.
class Machine {
 public:
  Machine(const Program::State& program, std::span<const Value> variables, Meter& meter)
      : program_(program), variables_(variables), meter_(meter) {}

  Value run(std::uint32_t index) {
    if (!meter_.spend()) return meter_.problem();
    const Node& node = program_.nodes[index];
    switch (node.op) {
      case Op::kConstant: return program_.constants[node.extra];
      case Op::kVariable: return variable(node);
      case Op::kLocal: return locals_[node.extra];
      case Op::kSelect: return select(node);
      case Op::kHas: return has(node);
      case Op::kIndex: return lookup(node);
      case Op::kList: return list(node);
      case Op::kMap: return map(node);
      case Op::kProblem: return error_value(static_cast<Problem>(node.extra));
      case Op::kAnd: return logic(node, false);
      case Op::kOr: return logic(node, true);
      case Op::kConditional: return conditional(node);
      case Op::kAll: return quantifier(node, false);
      case Op::kExists: return quantifier(node, true);
      case Op::kExistsOne: return exactly_one(node);
      case Op::kTransform: return transform(node);
      case Op::kFilter: return filter(node);
      case Op::kBind: locals_[node.extra] = child(node, 0); return child(node, 1);
      default: return strict(node);
    }
  }

 private:
  Value child(const Node& node, std::uint32_t i) { return run(program_.links[node.first + i]); }

  Value variable(const Node& node) {
    if (node.extra >= variables_.size()) return error_value(Problem::kUnbound);
    const Value& value = variables_[node.extra];
    return value.kind == Kind::kAbsent ? error_value(Problem::kUnbound) : value;
  }

  Value member(const Node& node, const Value& operand) {
    if (operand.form == Value::Form::kRecord && node.field != Node::kNone) return operand.record->values[node.field];
    return find_member(meter_, operand, program_.names[node.extra], node.expected);
  }

  Value select(const Node& node) {
    const Value operand = child(node, 0);
    if (operand.is_error()) return operand;
    if (operand.kind != Kind::kMap) return error_value(Problem::kNoOverload);
    const Value found = member(node, operand);
    return found.kind == Kind::kAbsent ? error_value(Problem::kNoKey) : found;
  }

  Value has(const Node& node) {
    const Value operand = child(node, 0);
    if (operand.is_error()) return operand;
    if (operand.kind != Kind::kMap) return error_value(Problem::kNoOverload);
    const Value found = member(node, operand);
    return found.is_error() && meter_.exhausted() ? found : bool_value(found.kind != Kind::kAbsent);
  }

  Value lookup(const Node& node) {
    const Value operand = child(node, 0);
    if (operand.is_error()) return operand;
    const Value key = child(node, 1);
    if (key.is_error()) return key;
    if (operand.kind == Kind::kList) return element_at(meter_, operand, key, node.expected);
    if (operand.kind != Kind::kMap) return error_value(Problem::kNoOverload);
    const Value found = find_key(meter_, operand, key, node.expected);
    return found.kind == Kind::kAbsent ? error_value(Problem::kNoKey) : found;
  }

  Value list(const Node& node) {
    Value* items = meter_.values(node.count);
    if (items == nullptr) return meter_.problem();
    for (std::uint32_t i = 0; i < node.count; ++i) {
      items[i] = child(node, i);
      if (items[i].is_error()) return items[i];
    }
    return made_value(Kind::kList, items, node.count);
  }

  Value map(const Node& node) {
    Value* items = meter_.values(node.count);
    if (items == nullptr) return meter_.problem();
    for (std::uint32_t i = 0; i < node.count; ++i) {
      items[i] = child(node, i);
      if (items[i].is_error()) return items[i];
      if (i % 2 == 1) continue;
      if (!is_key(items[i])) return error_value(Problem::kKeyType);
      const Value before = find_key(meter_, made_value(Kind::kMap, items, i / 2), items[i], Kind::kDyn);
      if (before.kind != Kind::kAbsent) return error_value(Problem::kRepeatedKey);
    }
    return made_value(Kind::kMap, items, node.count / 2);
  }

  // One operand of && or ||, or one element of all() or exists(). `problem` keeps the first that is no truth value.
  static bool is_decided(const Value& value, bool decides, Value& problem) {
    if (value.kind == Kind::kBool) return value.boolean == decides;
    if (problem.kind == Kind::kAbsent) problem = value.is_error() ? value : error_value(Problem::kNoOverload);
    return false;
  }

  // && and ||: `decides` ends it, whatever the others are; an error counts only where none does.
  Value logic(const Node& node, bool decides) {
    Value problem;
    for (std::uint32_t i = 0; i < node.count; ++i) {
      const Value value = child(node, i);
      if (is_decided(value, decides, problem)) return value;
    }
    return problem.kind == Kind::kAbsent ? bool_value(!decides) : problem;
  }

  Value conditional(const Node& node) {
    const Value condition = child(node, 0);
    if (condition.is_error()) return condition;
    if (condition.kind != Kind::kBool) return error_value(Problem::kNoOverload);
    return child(node, condition.boolean ? 1 : 2);
  }

  static bool may_be_gone_through(const Value& value) { return value.kind == Kind::kList || value.kind == Kind::kMap; }

  // A macro's condition for one element. Truth values and errors refer to nothing, so the memory for it is free again.
  Value condition(const Node& node) {
    const Scratch::Mark mark = meter_.mark();
    const Value value = child(node, 1);
    if (value.kind == Kind::kBool || value.is_error()) meter_.rewind(mark);
    return value;
  }

  // What a macro goes through, or an error.
  Value range_of(const Node& node) {
    const Value range = child(node, 0);
    return range.is_error() || may_be_gone_through(range) ? range : error_value(Problem::kNoOverload);
  }

  // Sets the macro's variable to the next element or key. False at the end, and when steps are used up.
  bool next(const Node& node, Cursor& cursor, const Value& range) {
    Value key;
    Value value;
    if (!meter_.spend() || !cursor.next(key, value, node.expected)) return false;
    locals_[node.extra] = range.kind == Kind::kMap ? key : value;
    return true;
  }

  Value quantifier(const Node& node, bool decides) {
    const Value range = range_of(node);
    if (range.is_error()) return range;
    Value problem;
    for (Cursor cursor(range); next(node, cursor, range);) {
      const Value value = condition(node);
      if (is_decided(value, decides, problem)) return value;
    }
    return problem.kind == Kind::kAbsent ? bool_value(!decides) : problem;
  }

  Value exactly_one(const Node& node) {
    const Value range = range_of(node);
    if (range.is_error()) return range;
    std::uint32_t found = 0;
    for (Cursor cursor(range); next(node, cursor, range);) {
      const Value value = condition(node);
      if (value.is_error()) return value;
      if (value.kind != Kind::kBool) return error_value(Problem::kNoOverload);
      if (value.boolean) ++found;
    }
    return bool_value(found == 1);
  }

  // map(x, f) and map(x, p, f)
  Value transform(const Node& node) {
    const Value range = range_of(node);
    if (range.is_error()) return range;
    Value* items = meter_.values(count_of(range));
    if (items == nullptr) return meter_.problem();
    std::uint32_t count = 0;
    for (Cursor cursor(range); next(node, cursor, range);) {
      if (node.count == 3) {
        const Value wanted = child(node, 1);
        if (wanted.is_error()) return wanted;
        if (wanted.kind != Kind::kBool) return error_value(Problem::kNoOverload);
        if (!wanted.boolean) continue;
      }
      items[count] = child(node, node.count - 1U);
      if (items[count].is_error()) return items[count];
      ++count;
    }
    return made_value(Kind::kList, items, count);
  }

  Value filter(const Node& node) {
    const Value range = range_of(node);
    if (range.is_error()) return range;
    Value* items = meter_.values(count_of(range));
    if (items == nullptr) return meter_.problem();
    std::uint32_t count = 0;
    for (Cursor cursor(range); next(node, cursor, range);) {
      const Value element = locals_[node.extra];
      const Value wanted = condition(node);
      if (wanted.is_error()) return wanted;
      if (wanted.kind != Kind::kBool) return error_value(Problem::kNoOverload);
      if (!wanted.boolean) continue;
      if (element.is_error()) return element;
      items[count++] = element;
    }
    return made_value(Kind::kList, items, count);
  }

  // Operands first; the first error among them is the result.
  Value strict(const Node& node) {
    std::array<Value, kMostArguments> arguments;
    if (node.count > kMostArguments) return error_value(Problem::kNoOverload);
    for (std::uint32_t i = 0; i < node.count; ++i) {
      arguments[i] = child(node, i);
      if (arguments[i].is_error()) return arguments[i];
    }
    return apply(node, {arguments.data(), node.count});
  }

  Value apply(const Node& node, std::span<const Value> arguments) {
    const Value& first = arguments[0];
    switch (node.op) {
      case Op::kNot: return first.kind == Kind::kBool ? bool_value(!first.boolean) : error_value(Problem::kNoOverload);
      case Op::kNegate: return negate(first);
      case Op::kEqual: return equal(meter_, first, arguments[1]);
      case Op::kNotEqual: {
        const Value same = equal(meter_, first, arguments[1]);
        return same.is_error() ? same : bool_value(!same.boolean);
      }
      case Op::kLess:
      case Op::kLessEqual:
      case Op::kGreater:
      case Op::kGreaterEqual: return compare(node.op, first, arguments[1]);
      case Op::kIn: return membership(first, arguments[1]);
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
      case Op::kModulo: return arithmetic(meter_, node.op, first, arguments[1]);
      case Op::kSize:
        return may_be_gone_through(first) ? int_value(count_of(first)) : text_function(meter_, node.op, arguments);
      case Op::kMatches: return matches(node, first);
      case Op::kToDyn: return first;
      case Op::kTypeOf: return type_value(first.kind);
      default: break;
    }
    if (node.op >= Op::kToInt && node.op <= Op::kToDuration) return convert(meter_, node.op, first);
    if (node.op >= Op::kGetFullYear && node.op <= Op::kGetMilliseconds) {
      return time_part(node.op, first, node.extra == Node::kNone ? nullptr : &program_.zones[node.extra]);
    }
    return text_function(meter_, node.op, arguments);
  }

  Value matches(const Node& node, const Value& subject) {
    if (subject.kind != Kind::kString) return error_value(Problem::kNoOverload);
    if (!meter_.spend(subject.size / 8)) return meter_.problem();
    return bool_value(program_.patterns[node.extra].matches(subject.text()));
  }

  Value membership(const Value& element, const Value& container) {
    if (container.kind == Kind::kMap) {
      const Value found = find_key(meter_, container, element, Kind::kDyn);
      return meter_.exhausted() ? meter_.problem() : bool_value(found.kind != Kind::kAbsent);
    }
    if (container.kind != Kind::kList) return error_value(Problem::kNoOverload);
    Value problem;
    Value unused;
    Value candidate;
    for (Cursor cursor(container); cursor.next(unused, candidate, Kind::kDyn);) {
      const Value same = equal(meter_, element, candidate);
      if (same.is_true() || meter_.exhausted()) return same;
      if (same.is_error()) problem = same;
    }
    return problem.is_error() ? problem : bool_value(false);
  }

  const Program::State& program_;
  std::span<const Value> variables_;
  Meter& meter_;
  std::array<Value, Program::State::kMostLocals> locals_;
};

}  // namespace

Value evaluate(const Program& program, std::span<const Value> variables, Scratch& scratch, std::uint64_t max_steps) {
  scratch.reset();
  Meter meter(scratch, max_steps);
  const Value answer = Machine(program.state(), variables, meter).run(program.state().root);
  // What was left out when steps or memory ended may have decided otherwise.
  return meter.exhausted() ? meter.problem() : answer;
}

}  // namespace portico::cel
