#include "regex/pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

#include "base/text.h"
#include "regex/backtrack.h"
#include "regex/loop.h"
#include "regex/syntax.h"
#include "regex/translate.h"

namespace portico::regex {
namespace {

// RE2's programs and the states that it caches while running. Over the smaller budget a pattern gets the larger.
constexpr std::int64_t kSmallMemory = 1 << 20;
constexpr std::int64_t kLargeMemory = 8 << 20;

// Not ok() when RE2 refuses it.
std::unique_ptr<RE2> make_re2(const std::string& text) {
  std::unique_ptr<RE2> compiled;
  for (const std::int64_t memory : {kSmallMemory, kLargeMemory}) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(memory);
    compiled = std::make_unique<RE2>(text, options);
    if (compiled->ok() || compiled->error_code() != RE2::ErrorPatternTooLarge) break;
  }
  return compiled;
}

std::unique_ptr<RE2> make_re2(const Tree& tree, bool at_start) {
  std::string text = at_start ? "\\A(?:" : "(?:";
  if (!translate(tree, Language::kRe2, text)) return nullptr;
  text += ')';
  auto compiled = make_re2(text);
  return compiled->ok() ? std::move(compiled) : nullptr;
}

struct Condition {
  std::variant<Loops, std::unique_ptr<RE2>> test;
  bool wanted = true;

  bool holds(std::string_view subject) const {
    if (const auto* loops = std::get_if<Loops>(&test)) return loops->search(subject) == wanted;
    return RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), *std::get<1>(test)) == wanted;
  }
};

// A tree of its own for a list of terms, which stay where they are.
struct Terms {
  explicit Terms(std::vector<Tree*> list) : borrowed(std::move(list)) {
    tree.kind = Tree::Kind::kConcat;
    for (Tree* term : borrowed) {
      tree.looks |= term->looks;
      tree.refers |= term->refers;
      tree.exotic |= term->exotic;
      tree.children.emplace_back(term);
    }
  }
  ~Terms() {
    for (auto& child : tree.children) (void)child.release();
  }
  Terms(const Terms&) = delete;
  Terms& operator=(const Terms&) = delete;

  std::vector<Tree*> borrowed;
  Tree tree;
};

std::optional<Condition> make_condition(const Tree& tree, bool wanted, bool at_start) {
  if (tree.looks || tree.refers || tree.exotic) return std::nullopt;
  if (!at_start) {
    if (auto loops = Loops::make(tree)) return Condition{std::move(*loops), wanted};
  }
  auto compiled = make_re2(tree, at_start);
  if (compiled == nullptr) return std::nullopt;
  return Condition{std::move(compiled), wanted};
}

// The terms of "^(?=a)(?!b)rest(?<!c)$" with groups around the whole opened.
std::vector<Tree*> top_terms(Tree& tree) {
  Tree* at = &tree;
  while (at->kind == Tree::Kind::kGroup) at = at->children.front().get();
  if (at->kind != Tree::Kind::kConcat) return {at};
  std::vector<Tree*> terms;
  for (auto& child : at->children) terms.push_back(child.get());
  // "^(...)$" whose group holds all of it: open the group, keep the anchors.
  if (terms.size() == 3 && terms[0]->kind == Tree::Kind::kStart && terms[2]->kind == Tree::Kind::kEnd) {
    Tree* inner = terms[1];
    while (inner->kind == Tree::Kind::kGroup) inner = inner->children.front().get();
    if (inner->kind == Tree::Kind::kConcat) {
      std::vector<Tree*> opened{terms[0]};
      for (auto& child : inner->children) opened.push_back(child.get());
      opened.push_back(terms[2]);
      return opened;
    }
  }
  return terms;
}

// Look-aheads at the start of an anchored pattern are conditions on the whole text, and so are look-behinds right
// before its end: the match is the AND of all.
std::optional<std::vector<Condition>> make_conjunction(Tree& tree) {
  std::vector<Tree*> terms = top_terms(tree);
  std::size_t begin = 0;
  bool anchored = false;
  std::vector<Condition> conditions;
  const auto add = [&](std::optional<Condition> condition) {
    if (!condition) return false;
    conditions.push_back(std::move(*condition));
    return true;
  };
  std::vector<Tree*> looks;
  for (; begin < terms.size(); ++begin) {
    const bool look = terms[begin]->kind == Tree::Kind::kLook && !terms[begin]->behind;
    if (terms[begin]->kind == Tree::Kind::kStart)
      anchored = true;
    else if (look)
      looks.push_back(terms[begin]);
    else
      break;
  }
  if (!anchored) return std::nullopt;
  std::size_t end = terms.size();
  if (end > begin && terms[end - 1]->kind == Tree::Kind::kEnd) {
    std::size_t last = end - 1;
    while (last > begin && terms[last - 1]->kind == Tree::Kind::kLook && terms[last - 1]->behind) --last;
    for (std::size_t i = last; i + 1 < end; ++i) {
      // The text must (not) end in what the look-behind says.
      Tree& body = *terms[i]->children.front();
      Terms ending({&body, terms[end - 1]});
      if (!add(make_condition(ending.tree, !terms[i]->negated, false))) return std::nullopt;
    }
    terms.erase(terms.begin() + static_cast<std::ptrdiff_t>(last),
                terms.begin() + static_cast<std::ptrdiff_t>(end - 1));
  }
  for (Tree* look : looks) {
    if (!add(make_condition(*look->children.front(), !look->negated, true))) return std::nullopt;
  }
  if (conditions.empty()) return std::nullopt;
  // The rest, from the start: the first term of all is the anchor, wherever it stood among the look-aheads.
  Tree start;
  start.kind = Tree::Kind::kStart;
  std::vector<Tree*> rest{&start};
  rest.insert(rest.end(), terms.begin() + static_cast<std::ptrdiff_t>(begin), terms.end());
  Terms remaining(rest);
  if (!add(make_condition(remaining.tree, true, false))) return std::nullopt;
  return conditions;
}

}  // namespace

struct Pattern::Compiled {
  std::vector<Condition> conditions;  // all must hold
  std::optional<Backtracking> backtracking;
  Engine engine = Engine::kLoop;
};

Pattern::Pattern(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view ecma) {
  auto tree = parse(ecma, Grammar::kUnicode);
  if (!tree) {
    auto lenient = parse(ecma, Grammar::kAnnexB);
    if (!lenient) return std::unexpected(std::move(tree).error());
    tree = std::move(lenient);
  }
  Tree& root = **tree;
  auto compiled = std::make_unique<Compiled>();
  if (auto simple = make_condition(root, true, false)) {
    compiled->engine = std::holds_alternative<Loops>(simple->test) ? Engine::kLoop : Engine::kRe2;
    compiled->conditions.push_back(std::move(*simple));
    return Pattern(std::move(compiled));
  }
  if (auto conjunction = make_conjunction(root)) {
    compiled->engine = Engine::kConjunction;
    compiled->conditions = std::move(*conjunction);
    return Pattern(std::move(compiled));
  }
  std::string text;
  if (!translate(root, Language::kPcre2, text)) {
    return failure(ErrorCode::kUnsupported, "no engine can run it: it repeats too often");
  }
  PORTICO_TRY(compiled->backtracking, Backtracking::compile(text));
  compiled->engine = Engine::kBacktracking;
  return Pattern(std::move(compiled));
}

Result<Pattern> Pattern::compile_re2(std::string_view text) {
  auto engine = make_re2(std::string(text));
  if (!engine->ok()) {
    return failure(ErrorCode::kSyntax, "the pattern is not one of RE2: " + printable(engine->error()), {},
                   "There are no look-around and no back-references.");
  }
  auto compiled = std::make_unique<Compiled>();
  compiled->engine = Engine::kRe2;
  compiled->conditions.push_back({std::move(engine), true});
  return Pattern(std::move(compiled));
}

Match Pattern::search(std::string_view subject) const {
  if (compiled_->backtracking) return compiled_->backtracking->search(subject);
  const bool all = std::ranges::all_of(compiled_->conditions, [&](const Condition& c) { return c.holds(subject); });
  return all ? Match::kYes : Match::kNo;
}

Engine Pattern::engine() const { return compiled_->engine; }

std::size_t Pattern::footprint() const {
  std::size_t bytes = sizeof(Compiled);
  for (const Condition& condition : compiled_->conditions) {
    const auto* loops = std::get_if<Loops>(&condition.test);
    // RE2 counts instructions of 16 bytes; it compiles a forward and, when needed, a backward program.
    bytes += loops != nullptr
                 ? loops->footprint()
                 : std::size_t{2} * 16 * static_cast<std::size_t>(std::get<1>(condition.test)->ProgramSize());
  }
  return bytes + (compiled_->backtracking ? compiled_->backtracking->footprint() : 0);
}

bool is_pattern(std::string_view ecma) { return parse(ecma, Grammar::kUnicode).has_value(); }

}  // namespace portico::regex
