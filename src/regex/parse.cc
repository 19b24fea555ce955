// Reads patterns: the grammar of ECMA-262 with the `u` flag, and Annex B's additions for patterns that it refuses.
#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"
#include "base/utf8.h"
#include "regex/syntax.h"

namespace portico::regex {
namespace {

constexpr std::size_t kLongestPattern = 65'536;
constexpr int kDeepestGroup = 200;
constexpr std::string_view kSyntaxCharacters = "^$\\.*+?()[]{}|/";

class Reader {
 public:
  Reader(std::string_view text, Grammar grammar) : text_(text), unicode_(grammar == Grammar::kUnicode) {}

  Result<TreePtr> run();

 private:
  using Tried = std::optional<TreePtr>;  // nothing: error_ says why

  bool done() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  std::nullopt_t fail(std::string why) {
    if (error_.empty()) error_ = std::move(why) + " at offset " + std::to_string(at_);
    return std::nullopt;
  }

  Tried alternatives();
  Tried terms();
  Tried term();
  Tried group();
  Tried look(bool behind, bool negated);
  Tried quantified(TreePtr atom);
  Tried escape();
  Tried set();
  bool set_atom(CharSet& set, std::optional<std::uint32_t>& single);
  bool class_escape(char letter, CharSet& set);
  bool unicode_property(bool negated, CharSet& set);
  std::optional<std::uint32_t> character_escape(bool in_class);
  std::optional<std::uint32_t> unicode_escape();
  std::optional<std::uint32_t> hex(std::size_t digits);
  bool braces(std::uint32_t& min, std::uint32_t& max);
  std::optional<std::uint32_t> number();
  std::uint32_t code_point() { return next_code_point(text_, at_); }
  std::optional<std::string> group_name();
  void count_groups();

  static TreePtr make(Tree::Kind kind) {
    auto tree = std::make_unique<Tree>();
    tree->kind = kind;
    return tree;
  }
  static TreePtr of_set(CharSet set) {
    auto tree = make(Tree::Kind::kSet);
    set.normalize();
    tree->exotic = std::ranges::any_of(set.properties, &CharSet::Property::exotic);
    tree->set = std::move(set);
    return tree;
  }
  static TreePtr of_char(std::uint32_t c) {
    CharSet set;
    set.add(c, c);
    return of_set(std::move(set));
  }
  static void adopt(Tree& parent, TreePtr child) {
    parent.looks |= child->looks;
    parent.refers |= child->refers;
    parent.exotic |= child->exotic;
    parent.children.push_back(std::move(child));
  }

  std::string_view text_;
  bool unicode_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::uint32_t groups_ = 0;  // opened so far
  std::uint32_t all_groups_ = 0;
  std::map<std::string, std::uint32_t> names_;
  std::string error_;
};

Result<TreePtr> Reader::run() {
  if (text_.size() > kLongestPattern) {
    return failure(ErrorCode::kLimit, "pattern is longer than " + std::to_string(kLongestPattern) + " bytes");
  }
  if (invalid_utf8(text_) != std::string_view::npos) return failure(ErrorCode::kSyntax, "pattern is not UTF-8");
  count_groups();
  Tried tree = alternatives();
  if (tree && !done()) tree = fail(peek() == ')' ? "unmatched )" : "unexpected character");
  if (!tree) return failure(ErrorCode::kSyntax, error_);
  return std::move(*tree);
}

// Group numbers and names may be referred to before they appear.
void Reader::count_groups() {
  bool in_class = false;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      const std::string_view rest = text_.substr(i + 1);
      if (rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!")) {
        ++all_groups_;
        const std::size_t end = rest.find('>');
        if (end != std::string_view::npos) names_.emplace(rest.substr(2, end - 2), all_groups_);
      } else if (!rest.starts_with('?')) {
        ++all_groups_;
      }
    }
  }
}

Reader::Tried Reader::alternatives() {
  if (++depth_ > kDeepestGroup) return fail("groups are nested too deeply");
  Tried first = terms();
  if (!first) return std::nullopt;
  if (peek() == '|' && !done()) {
    auto tree = make(Tree::Kind::kAlternate);
    adopt(*tree, std::move(*first));
    while (take("|")) {
      Tried next = terms();
      if (!next) return std::nullopt;
      adopt(*tree, std::move(*next));
    }
    first = std::move(tree);
  }
  --depth_;
  return first;
}

Reader::Tried Reader::terms() {
  auto tree = make(Tree::Kind::kConcat);
  while (!done() && peek() != '|' && peek() != ')') {
    Tried next = term();
    if (!next) return std::nullopt;
    adopt(*tree, std::move(*next));
  }
  if (tree->children.empty()) return make(Tree::Kind::kEmpty);
  if (tree->children.size() == 1) return std::move(tree->children.front());
  return tree;
}

Reader::Tried Reader::term() {
  const char c = peek();
  switch (c) {
    case '^': ++at_; return make(Tree::Kind::kStart);
    case '$': ++at_; return make(Tree::Kind::kEnd);
    case '(': return group();
    case '*':
    case '+':
    case '?': return fail("nothing to repeat");
    case '.': ++at_; return quantified(of_set(dot_set()));
    case '[': {
      Tried found = set();
      return found ? quantified(std::move(*found)) : std::nullopt;
    }
    case '\\': {
      Tried found = escape();
      if (!found) return std::nullopt;
      const auto kind = (*found)->kind;
      const bool assertion = kind == Tree::Kind::kWordBoundary || kind == Tree::Kind::kNotWordBoundary;
      return assertion ? std::move(found) : quantified(std::move(*found));
    }
    case '{': {
      std::uint32_t min = 0;
      std::uint32_t max = 0;
      if (unicode_) return fail("a { must be escaped");
      const std::size_t start = at_;
      if (braces(min, max)) return fail("nothing to repeat");
      at_ = start;
      break;
    }
    case ']':
    case '}':
      if (unicode_) return fail(std::string("a ") + c + " must be escaped");
      break;
    default: break;
  }
  return quantified(of_char(code_point()));
}

Reader::Tried Reader::group() {
  ++at_;
  if (take("?=")) return look(false, false);
  if (take("?!")) return look(false, true);
  if (take("?<=")) return look(true, false);
  if (take("?<!")) return look(true, true);
  auto tree = make(Tree::Kind::kGroup);
  bool capturing = true;
  if (take("?:")) {
    capturing = false;
  } else if (take("?<")) {
    if (!group_name()) return std::nullopt;
  } else if (peek() == '?') {
    return fail("no such group in ECMA-262");
  }
  if (capturing) tree->group = ++groups_;
  Tried inner = alternatives();
  if (!inner) return std::nullopt;
  if (!take(")")) return fail("missing )");
  if (!capturing) return quantified(std::move(*inner));
  adopt(*tree, std::move(*inner));
  return quantified(std::move(tree));
}

Reader::Tried Reader::look(bool behind, bool negated) {
  auto tree = make(Tree::Kind::kLook);
  tree->behind = behind;
  tree->negated = negated;
  Tried inner = alternatives();
  if (!inner) return std::nullopt;
  if (!take(")")) return fail("missing )");
  adopt(*tree, std::move(*inner));
  tree->looks = true;
  // Annex B lets look-aheads be repeated.
  return unicode_ || behind ? Tried(std::move(tree)) : quantified(std::move(tree));
}

bool Reader::braces(std::uint32_t& min, std::uint32_t& max) {
  if (!take("{")) return false;
  const auto low = number();
  if (!low) return false;
  min = max = *low;
  if (take(",")) {
    const auto high = number();
    max = high ? *high : Tree::kNoLimit;
  }
  return take("}");
}

// Clamped: no repetition of more than a billion is told apart.
std::optional<std::uint32_t> Reader::number() {
  if (!is_digit(peek()) || done()) return std::nullopt;
  std::uint64_t value = 0;
  while (!done() && is_digit(peek())) {
    value = std::min<std::uint64_t>(value * 10 + static_cast<unsigned>(peek() - '0'), 1'000'000'000);
    ++at_;
  }
  return static_cast<std::uint32_t>(value);
}

Reader::Tried Reader::quantified(TreePtr atom) {
  std::uint32_t min = 0;
  std::uint32_t max = Tree::kNoLimit;
  const std::size_t start = at_;
  if (take("*")) {
  } else if (take("+")) {
    min = 1;
  } else if (take("?")) {
    max = 1;
  } else if (peek() == '{' && !done()) {
    if (!braces(min, max)) {
      at_ = start;
      if (unicode_) return fail("incomplete quantifier");
      return atom;
    }
    if (min > max) return fail("numbers of the quantifier are out of order");
  } else {
    return atom;
  }
  auto tree = make(Tree::Kind::kRepeat);
  tree->min = min;
  tree->max = max;
  tree->lazy = take("?");
  adopt(*tree, std::move(atom));
  return tree;
}

std::optional<std::string> Reader::group_name() {
  const std::size_t end = text_.find('>', at_);
  if (end == std::string_view::npos || end == at_) return fail("group name is incomplete");
  std::string found(text_.substr(at_, end - at_));
  const auto fits = [](char c) { return is_alnum(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80; };
  if (is_digit(found.front()) || !std::ranges::all_of(found, fits)) return fail("bad group name");
  at_ = end + 1;
  return found;
}

Reader::Tried Reader::escape() {
  ++at_;
  if (done()) return fail("pattern ends in a backslash");
  const char c = peek();
  if (c == 'b' || c == 'B') {
    ++at_;
    return make(c == 'b' ? Tree::Kind::kWordBoundary : Tree::Kind::kNotWordBoundary);
  }
  CharSet set;
  if (class_escape(c, set)) return of_set(std::move(set));
  if (!error_.empty()) return std::nullopt;
  if (c == 'k' && (unicode_ || !names_.empty())) {
    ++at_;
    if (!take("<")) return fail("bad named reference");
    const auto named = group_name();
    if (!named) return std::nullopt;
    const auto found = names_.find(*named);
    if (found == names_.end()) return fail("reference to a group that does not exist");
    auto tree = make(Tree::Kind::kBackward);
    tree->group = found->second;
    tree->refers = true;
    return tree;
  }
  if (c >= '1' && c <= '9') {
    const std::size_t start = at_;
    const std::uint32_t wanted = *number();
    if (wanted <= all_groups_) {
      auto tree = make(Tree::Kind::kBackward);
      tree->group = wanted;
      tree->refers = true;
      return tree;
    }
    if (unicode_) return fail("reference to a group that does not exist");
    at_ = start;
  }
  const auto single = character_escape(false);
  return single ? Tried(of_char(*single)) : std::nullopt;
}

// \d \D \w \W \s \S \p \P; consumes nothing and returns false for other letters.
bool Reader::class_escape(char letter, CharSet& set) {
  const auto add = [&](const CharSet& found, bool negated) {
    CharSet copy = found;
    copy.negated = negated;
    set.add(copy);
    ++at_;
    return true;
  };
  switch (letter) {
    case 'd': return add(digit_set(), false);
    case 'D': return add(digit_set(), true);
    case 'w': return add(word_set(), false);
    case 'W': return add(word_set(), true);
    case 's': return add(space_set(), false);
    case 'S': return add(space_set(), true);
    case 'p':
    case 'P': return unicode_property(letter == 'P', set);
    default: return false;
  }
}

bool Reader::unicode_property(bool negated, CharSet& set) {
  const std::size_t end = text_.find('}', at_);
  const bool braced = peek(1) == '{' && end != std::string_view::npos;
  if (braced && property_set(text_.substr(at_ + 2, end - at_ - 2), negated, set)) {
    at_ = end + 1;
    return true;
  }
  // Annex B reads a plain p; nobody who writes \p{...} means that, so only what has no braces is read so.
  if (unicode_ || braced) fail("no such Unicode property");
  return false;
}

std::optional<std::uint32_t> Reader::hex(std::size_t digits) {
  if (text_.size() - at_ < digits) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int digit = hex_value(peek(i));
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  at_ += digits;
  return value;
}

// Behind "\u".
std::optional<std::uint32_t> Reader::unicode_escape() {
  if (unicode_ && take("{")) {
    std::uint32_t value = 0;
    bool any = false;
    while (hex_value(peek()) >= 0 && !done()) {
      value = std::min(value * 16 + static_cast<std::uint32_t>(hex_value(peek())), kLastCodePoint + 1);
      any = true;
      ++at_;
    }
    if (!any || value > kLastCodePoint || !take("}")) return fail("bad code point");
    return value;
  }
  const auto unit = hex(4);
  if (!unit) return std::nullopt;
  if (*unit < 0xd800 || *unit > 0xdbff || peek() != '\\' || peek(1) != 'u') return unit;
  const std::size_t start = at_;
  at_ += 2;
  const auto low = hex(4);
  if (low && *low >= 0xdc00 && *low <= 0xdfff) return 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00);
  at_ = start;
  return unit;
}

// One character behind a backslash.
std::optional<std::uint32_t> Reader::character_escape(bool in_class) {
  const char c = peek();
  switch (c) {
    case 't': ++at_; return '\t';
    case 'n': ++at_; return '\n';
    case 'v': ++at_; return '\v';
    case 'f': ++at_; return '\f';
    case 'r': ++at_; return '\r';
    case 'c':
      if (is_alpha(peek(1))) {
        const auto letter = static_cast<std::uint32_t>(static_cast<unsigned char>(peek(1)));
        at_ += 2;
        return letter % 32;
      }
      if (unicode_) return fail("bad control escape");
      return '\\';  // Annex B: the backslash itself, and the c follows
    case '0':
      if (!is_digit(peek(1))) {
        ++at_;
        return 0;
      }
      break;
    case 'x':
      ++at_;
      if (const auto value = hex(2)) return value;
      if (unicode_) return fail("bad hexadecimal escape");
      return 'x';
    case 'u':
      ++at_;
      if (const auto value = unicode_escape()) return value;
      if (unicode_) return fail("bad Unicode escape");
      return 'u';
    case '-':
      if (in_class) {
        ++at_;
        return '-';
      }
      break;
    default: break;
  }
  if (c >= '0' && c <= '7' && !unicode_) {
    std::uint32_t value = 0;
    for (int i = 0; i < 3 && peek() >= '0' && peek() <= '7' && value * 8 + 7 <= 0xff + 7; ++i) {
      const std::uint32_t next = value * 8 + static_cast<std::uint32_t>(peek() - '0');
      if (next > 0xff) break;
      value = next;
      ++at_;
    }
    return value;
  }
  if (unicode_ && !kSyntaxCharacters.contains(c)) return fail("this character must not be escaped");
  return code_point();
}

Reader::Tried Reader::set() {
  ++at_;
  CharSet set;
  set.negated = take("^");
  while (true) {
    if (done()) return fail("missing ]");
    if (take("]")) break;
    std::optional<std::uint32_t> low;
    if (!set_atom(set, low)) return std::nullopt;
    if (peek() != '-' || peek(1) == ']' || at_ + 1 >= text_.size()) {
      if (low) set.add(*low, *low);
      continue;
    }
    ++at_;
    std::optional<std::uint32_t> high;
    if (!set_atom(set, high)) return std::nullopt;
    if (low && high) {
      if (*low > *high) return fail("range is out of order");
      set.add(*low, *high);
      continue;
    }
    // A class at an end of a range: the hyphen is itself (Annex B).
    if (unicode_) return fail("a class cannot end a range");
    set.add('-', '-');
    if (low) set.add(*low, *low);
    if (high) set.add(*high, *high);
  }
  return of_set(std::move(set));
}

// One member of a class: a character into `single`, a class into `set`.
bool Reader::set_atom(CharSet& set, std::optional<std::uint32_t>& single) {
  if (peek() != '\\') {
    single = code_point();
    return true;
  }
  ++at_;
  if (done()) {
    fail("missing ]");
    return false;
  }
  if (take("b")) {
    single = '\b';
    return true;
  }
  if (class_escape(peek(), set)) return true;
  if (!error_.empty()) return false;
  single = character_escape(true);
  return single.has_value();
}

}  // namespace

Result<TreePtr> parse(std::string_view pattern, Grammar grammar) { return Reader(pattern, grammar).run(); }

}  // namespace portico::regex
