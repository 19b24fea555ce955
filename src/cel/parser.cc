#include "cel/parser.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "base/text.h"
#include "cel/lexer.h"

namespace portico::cel {
namespace {

struct Operator {
  std::string_view symbol;
  Op op;
  int level;
};

constexpr int kOrLevel = 1;
constexpr int kUnaryLevel = 6;

constexpr std::array kOperators = {
    Operator{"||", Op::kOr, kOrLevel}, Operator{"&&", Op::kAnd, 2},          Operator{"<", Op::kLess, 3},
    Operator{"<=", Op::kLessEqual, 3}, Operator{">=", Op::kGreaterEqual, 3}, Operator{">", Op::kGreater, 3},
    Operator{"==", Op::kEqual, 3},     Operator{"!=", Op::kNotEqual, 3},     Operator{"in", Op::kIn, 3},
    Operator{"+", Op::kAdd, 4},        Operator{"-", Op::kSubtract, 4},      Operator{"*", Op::kMultiply, 5},
    Operator{"/", Op::kDivide, 5},     Operator{"%", Op::kModulo, 5},
};

constexpr std::array<std::string_view, 17> kReserved = {"as",        "break",  "const",  "continue", "else", "for",
                                                        "function",  "if",     "import", "let",      "loop", "package",
                                                        "namespace", "return", "var",    "void",     "while"};

struct Macro {
  std::string_view name;
  Op op;
  std::size_t arguments;
};

constexpr std::array kMacros = {
    Macro{"all", Op::kAll, 2},
    Macro{"exists", Op::kExists, 2},
    Macro{"exists_one", Op::kExistsOne, 2},
    Macro{"existsOne", Op::kExistsOne, 2},
    Macro{"map", Op::kTransform, 2},
    Macro{"map", Op::kTransform, 3},
    Macro{"filter", Op::kFilter, 2},
};

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens, const SyntaxLimits& limits)
      : text_(text), tokens_(std::move(tokens)), limits_(limits) {}

  Result<SyntaxTree> run() {
    PORTICO_TRY(tree_.root, expression());
    if (token().kind != Token::Kind::kEnd) return unexpected();
    return std::move(tree_);
  }

 private:
  using Index = Result<std::uint32_t>;

  const Token& token() const { return tokens_[at_]; }
  bool is(std::string_view symbol) const { return token().kind == Token::Kind::kSymbol && token().text == symbol; }
  bool is_word(std::string_view word) const { return token().kind == Token::Kind::kName && token().text == word; }
  bool take(std::string_view symbol) {
    if (!is(symbol)) return false;
    ++at_;
    return true;
  }

  std::unexpected<Error> error(std::size_t position, std::string message, std::string remedy = {}) const {
    return failure(ErrorCode::kSyntax, std::move(message), place_in(text_, position), std::move(remedy));
  }
  std::unexpected<Error> unexpected() const {
    if (token().kind == Token::Kind::kEnd) return error(token().position, "the expression ends too early");
    return error(token().position, "unexpected \"" + printable(token().text, 40) + "\"");
  }
  Result<void> expect(std::string_view symbol) {
    if (take(symbol)) return {};
    if (token().kind == Token::Kind::kEnd) {
      return error(token().position, "the expression ends where \"" + std::string(symbol) + "\" is expected");
    }
    return error(token().position,
                 "unexpected \"" + printable(token().text, 40) + "\", expected \"" + std::string(symbol) + "\"");
  }

  Index add(Syntax node) {
    for (const std::uint32_t child : node.children) node.depth = std::max(node.depth, tree_[child].depth + 1);
    if (node.depth > limits_.depth) return failure_of_limit(node.position, "nested too deeply");
    if (tree_.nodes.size() >= limits_.nodes) return failure_of_limit(node.position, "too large");
    tree_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(tree_.nodes.size() - 1);
  }
  std::unexpected<Error> failure_of_limit(std::size_t position, std::string_view what) const {
    return failure(ErrorCode::kLimit, "the expression is " + std::string(what), place_in(text_, position));
  }

  Index operation(Op op, std::uint32_t position, std::vector<std::uint32_t> children) {
    return add(
        {.kind = Syntax::Kind::kOperator, .op = op, .position = position, .text = {}, .children = std::move(children)});
  }

  // Expr = ConditionalOr ["?" ConditionalOr ":" Expr]
  Index expression() {
    if (++nesting_ > limits_.depth) return failure_of_limit(token().position, "nested too deeply");
    PORTICO_TRY(std::uint32_t result, binary(kOrLevel));
    if (is("?")) {
      const std::uint32_t position = token().position;
      ++at_;
      PORTICO_TRY(const std::uint32_t yes, binary(kOrLevel));
      PORTICO_CHECK_OK(expect(":"));
      PORTICO_TRY(const std::uint32_t no, expression());
      PORTICO_TRY(result, operation(Op::kConditional, position, {result, yes, no}));
    }
    --nesting_;
    return result;
  }

  const Operator* operator_here() const {
    if (token().kind != Token::Kind::kSymbol && !is_word("in")) return nullptr;
    const auto found = std::ranges::find(kOperators, token().text, &Operator::symbol);
    return found == kOperators.end() ? nullptr : &*found;
  }

  // All binary operators are left-associative; chains of && and of || become one node.
  Index binary(int level) {
    if (level == kUnaryLevel) return unary();
    PORTICO_TRY(std::uint32_t left, binary(level + 1));
    while (true) {
      const Operator* found = operator_here();
      if (found == nullptr || found->level != level) return left;
      const std::uint32_t position = token().position;
      ++at_;
      std::vector<std::uint32_t> children{left};
      while (true) {
        PORTICO_TRY(const std::uint32_t right, binary(level + 1));
        children.push_back(right);
        const bool chains = found->op == Op::kAnd || found->op == Op::kOr;
        if (!chains || !take(found->symbol)) break;
      }
      PORTICO_TRY(left, operation(found->op, position, std::move(children)));
    }
  }

  // Unary = Member | "!" {"!"} Member | "-" {"-"} Member
  Index unary() {
    if (!is("!") && !is("-")) return member();
    const std::string_view symbol = token().text;
    std::vector<std::uint32_t> positions;
    while (is(symbol)) {
      positions.push_back(token().position);
      ++at_;
    }
    Index operand = 0;
    const bool number = token().kind == Token::Kind::kInt || token().kind == Token::Kind::kDouble;
    if (symbol == "-" && number) {
      operand = member_of(literal(true));
      positions.pop_back();
    } else {
      operand = member();
    }
    while (operand && !positions.empty()) {
      operand = operation(symbol == "!" ? Op::kNot : Op::kNegate, positions.back(), {*operand});
      positions.pop_back();
    }
    return operand;
  }

  Index member() { return member_of(primary()); }

  // What follows a primary: fields, calls, indexes.
  Index member_of(Index result) {
    while (result) {
      const std::uint32_t position = token().position;
      if (take(".")) {
        result = selection(*result, position);
      } else if (take("[")) {
        PORTICO_TRY(const std::uint32_t index, expression());
        PORTICO_CHECK_OK(expect("]"));
        result = operation(Op::kIndex, position, {*result, index});
      } else if (is("{") && tree_[*result].kind != Syntax::Kind::kMap) {
        return failure(ErrorCode::kUnsupported, "messages are not supported", place_in(text_, position));
      } else {
        return result;
      }
    }
    return result;
  }

  Index selection(std::uint32_t operand, std::uint32_t dot) {
    if (is("?")) return failure(ErrorCode::kUnsupported, "optional fields are not supported", place_in(text_, dot));
    const bool quoted = token().kind == Token::Kind::kQuotedName;
    if (token().kind != Token::Kind::kName && !quoted) return unexpected();
    const std::uint32_t position = token().position;
    std::string field(token().text);
    if (field == "in" || field == "true" || field == "false" || field == "null") return unexpected();
    ++at_;
    if (quoted || !is("(")) {
      return add(
          {.kind = Syntax::Kind::kSelect, .position = position, .text = std::move(field), .children = {operand}});
    }
    return call(operand, std::move(field), position);
  }

  Index call(std::optional<std::uint32_t> target, std::string function, std::uint32_t position) {
    ++at_;  // the parenthesis
    std::vector<std::uint32_t> children;
    if (target) children.push_back(*target);
    if (!take(")")) {
      do {
        PORTICO_TRY(const std::uint32_t argument, expression());
        children.push_back(argument);
      } while (take(","));
      PORTICO_CHECK_OK(expect(")"));
    }
    if (!target && function == "has") return has(position, children);
    if (target) {
      if (function == "bind" && children.size() == 4 && is_name(*target, "cel")) return bind(position, children);
      for (const Macro& macro : kMacros) {
        if (macro.name == function && macro.arguments + 1 == children.size())
          return comprehension(macro, position, children);
      }
    }
    return add({.kind = Syntax::Kind::kCall,
                .has_target = target.has_value(),
                .position = position,
                .text = std::move(function),
                .children = std::move(children)});
  }

  bool is_name(std::uint32_t node, std::string_view name) const {
    return tree_[node].kind == Syntax::Kind::kName && tree_[node].text == name;
  }

  Index has(std::uint32_t position, const std::vector<std::uint32_t>& arguments) {
    if (arguments.size() != 1 || tree_[arguments[0]].kind != Syntax::Kind::kSelect) {
      return error(position, "has() takes a field, as in has(body.name)", "Of other names: 'a-name' in body.");
    }
    tree_.nodes[arguments[0]].kind = Syntax::Kind::kHas;
    return arguments[0];
  }

  Result<std::string> variable(std::uint32_t node, std::string_view macro) {
    const Syntax& name = tree_[node];
    if (name.kind == Syntax::Kind::kName && !name.absolute) return name.text;
    return error(name.position, std::string(macro) + "() takes the name of a variable here");
  }

  Index bind(std::uint32_t position, const std::vector<std::uint32_t>& children) {
    PORTICO_TRY(std::string name, variable(children[1], "cel.bind"));
    return add({.kind = Syntax::Kind::kBind,
                .op = Op::kBind,
                .position = position,
                .text = std::move(name),
                .children = {children[2], children[3]}});
  }

  Index comprehension(const Macro& macro, std::uint32_t position, const std::vector<std::uint32_t>& children) {
    PORTICO_TRY(std::string name, variable(children[1], macro.name));
    Syntax node{.kind = Syntax::Kind::kMacro,
                .op = macro.op,
                .position = position,
                .text = std::move(name),
                .children = {children[0]}};
    node.children.insert(node.children.end(), children.begin() + 2, children.end());
    return add(std::move(node));
  }

  Index literal(bool negative) {
    const Token& here = token();
    Syntax node{
        .position = here.position, .integer = here.integer, .real = here.real, .text = here.bytes, .children = {}};
    switch (here.kind) {
      case Token::Kind::kInt:
        node.kind = Syntax::Kind::kInt;
        if (negative) {
          node.integer = ~node.integer + 1;
        } else if (node.integer > static_cast<std::uint64_t>(INT64_MAX)) {
          return error(here.position, "the number does not fit 64 bits");
        }
        break;
      case Token::Kind::kUint: node.kind = Syntax::Kind::kUint; break;
      case Token::Kind::kDouble:
        node.kind = Syntax::Kind::kDouble;
        if (negative) node.real = -node.real;
        break;
      case Token::Kind::kString: node.kind = Syntax::Kind::kString; break;
      case Token::Kind::kBytes: node.kind = Syntax::Kind::kBytes; break;
      default: return unexpected();
    }
    ++at_;
    return add(std::move(node));
  }

  Index primary() {
    const std::uint32_t position = token().position;
    if (take("(")) {
      PORTICO_TRY(const std::uint32_t inner, expression());
      PORTICO_CHECK_OK(expect(")"));
      return inner;
    }
    if (take("[")) return list(position);
    if (take("{")) return map(position);
    const bool absolute = take(".");
    if (token().kind == Token::Kind::kName) return name(absolute);
    return absolute ? unexpected() : literal(false);
  }

  Index name(bool absolute) {
    const std::uint32_t position = token().position;
    std::string text(token().text);
    if (text == "in") return unexpected();
    if (std::ranges::find(kReserved, text) != kReserved.end())
      return error(position, "\"" + text + "\" is a reserved word");
    ++at_;
    if (!absolute && text == "null") return add({.position = position, .text = {}, .children = {}});
    if (!absolute && (text == "true" || text == "false")) {
      return add({.kind = Syntax::Kind::kBool,
                  .position = position,
                  .integer = text == "true" ? 1U : 0U,
                  .text = {},
                  .children = {}});
    }
    if (is("(")) return call(std::nullopt, std::move(text), position);
    return add({.kind = Syntax::Kind::kName,
                .absolute = absolute,
                .position = position,
                .text = std::move(text),
                .children = {}});
  }

  Index list(std::uint32_t position) {
    Syntax node{.kind = Syntax::Kind::kList, .position = position, .text = {}, .children = {}};
    while (!take("]")) {
      PORTICO_TRY(const std::uint32_t element, expression());
      node.children.push_back(element);
      if (take(",")) continue;
      PORTICO_CHECK_OK(expect("]"));
      break;
    }
    return add(std::move(node));
  }

  Index map(std::uint32_t position) {
    Syntax node{.kind = Syntax::Kind::kMap, .position = position, .text = {}, .children = {}};
    while (!take("}")) {
      PORTICO_TRY(const std::uint32_t key, expression());
      PORTICO_CHECK_OK(expect(":"));
      PORTICO_TRY(const std::uint32_t value, expression());
      node.children.push_back(key);
      node.children.push_back(value);
      if (take(",")) continue;
      PORTICO_CHECK_OK(expect("}"));
      break;
    }
    return add(std::move(node));
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  SyntaxLimits limits_;
  SyntaxTree tree_;
  std::size_t at_ = 0;
  std::uint32_t nesting_ = 0;
};

}  // namespace

Result<SyntaxTree> parse(std::string_view expression, const SyntaxLimits& limits) {
  if (expression.size() > limits.bytes) {
    return failure(ErrorCode::kLimit, "the expression is longer than " + std::to_string(limits.bytes) + " bytes");
  }
  PORTICO_TRY(std::vector<Token> tokens, tokens_of(expression));
  return Parser(expression, std::move(tokens), limits).run();
}

}  // namespace portico::cel
