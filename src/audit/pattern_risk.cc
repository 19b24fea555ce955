#include "audit/pattern_risk.h"

#include <algorithm>
#include <vector>

#include "regex/syntax.h"

namespace portico::audit {
namespace {

using regex::Range;
using regex::Tree;

using Ranges = std::vector<Range>;

// From this many repetitions on a limit is no help.
constexpr std::uint32_t kMany = 50;
// Trees of a contract are hostile too.
constexpr int kDeepest = 200;

bool repeats(const Tree& tree) { return tree.kind == Tree::Kind::kRepeat && tree.max >= kMany; }

bool overlap(const Ranges& a, const Ranges& b) {
  return std::ranges::any_of(a, [&](const Range& left) {
    return std::ranges::any_of(b, [&](const Range& right) { return left.low <= right.high && right.low <= left.high; });
  });
}

Ranges all_of_set(const regex::CharSet& set) {
  // A property may be anything: it overlaps with everything, which is true of the large ones.
  if (!set.properties.empty()) return {{0, regex::kLastCodePoint}};
  return set.plain_ranges();
}

bool can_be_empty(const Tree& tree, int depth = 0) {
  if (depth > kDeepest) return false;
  switch (tree.kind) {
    case Tree::Kind::kSet: return false;
    case Tree::Kind::kConcat:
    case Tree::Kind::kGroup:
      return std::ranges::all_of(tree.children, [&](const auto& child) { return can_be_empty(*child, depth + 1); });
    case Tree::Kind::kAlternate:
      return std::ranges::any_of(tree.children, [&](const auto& child) { return can_be_empty(*child, depth + 1); });
    case Tree::Kind::kRepeat: return tree.min == 0 || can_be_empty(*tree.children.front(), depth + 1);
    case Tree::Kind::kBackward:
    case Tree::Kind::kEmpty:
    case Tree::Kind::kStart:
    case Tree::Kind::kEnd:
    case Tree::Kind::kWordBoundary:
    case Tree::Kind::kNotWordBoundary:
    case Tree::Kind::kLook: break;
  }
  return true;
}

enum class End : std::uint8_t { kFirst, kLast };

// The characters that a match can begin (or end) with.
void edge(const Tree& tree, End end, Ranges& out, int depth = 0) {
  if (depth > kDeepest) return;
  switch (tree.kind) {
    case Tree::Kind::kSet: {
      const auto ranges = all_of_set(tree.set);
      out.insert(out.end(), ranges.begin(), ranges.end());
      return;
    }
    case Tree::Kind::kAlternate:
      for (const auto& child : tree.children) edge(*child, end, out, depth + 1);
      return;
    case Tree::Kind::kRepeat: edge(*tree.children.front(), end, out, depth + 1); return;
    case Tree::Kind::kConcat:
    case Tree::Kind::kGroup: {
      const auto count = tree.children.size();
      for (std::size_t i = 0; i < count; ++i) {
        const Tree& child = *tree.children[end == End::kFirst ? i : count - 1 - i];
        edge(child, end, out, depth + 1);
        if (!can_be_empty(child)) return;
      }
      return;
    }
    default: return;
  }
}

Ranges first_of(const Tree& tree) {
  Ranges out;
  edge(tree, End::kFirst, out);
  return out;
}

// Groups around one thing say nothing here.
const Tree& inside(const Tree& tree) {
  const Tree* at = &tree;
  while ((at->kind == Tree::Kind::kGroup || at->kind == Tree::Kind::kConcat) && at->children.size() == 1) {
    at = at->children.front().get();
  }
  return *at;
}

// The parts of a sequence, groups opened.
void flatten(const Tree& tree, std::vector<const Tree*>& out, int depth = 0) {
  if (depth > kDeepest) return;
  const bool sequence = tree.kind == Tree::Kind::kConcat || tree.kind == Tree::Kind::kGroup;
  if (!sequence) {
    out.push_back(&tree);
    return;
  }
  for (const auto& child : tree.children) flatten(*child, out, depth + 1);
}

// Whether a match may consist of those characters alone.
bool is_made_of(const Tree& tree, const Ranges& characters) {
  std::vector<const Tree*> parts;
  flatten(tree, parts);
  return std::ranges::all_of(
      parts, [&](const Tree* part) { return can_be_empty(*part) || overlap(first_of(*part), characters); });
}

// Whether one turn of the loop can be cut into turns in two ways: the body repeats by itself and nothing that has to
// come stands between two turns; or two alternatives begin alike and one of them is all there is to it.
bool is_ambiguous_body(const Tree& body, int depth = 0) {
  if (depth > kDeepest) return false;
  const Tree& tree = inside(body);
  if (tree.kind == Tree::Kind::kRepeat) return tree.max >= kMany || (tree.max > 1 && tree.min != tree.max);
  if (tree.kind == Tree::Kind::kAlternate) {
    for (std::size_t i = 0; i < tree.children.size(); ++i) {
      if (is_ambiguous_body(*tree.children[i], depth + 1)) return true;
      for (std::size_t j = 0; j < tree.children.size(); ++j) {
        if (i != j && inside(*tree.children[i]).kind == Tree::Kind::kSet &&
            is_made_of(*tree.children[j], first_of(*tree.children[i]))) {
          return true;
        }
      }
    }
    return false;
  }
  if (tree.kind != Tree::Kind::kConcat) return false;
  // All that has to be there beside one repetition can be of its characters: (a+b?)+ and ([a-z]+.)+ are (a+)+ for a
  // text of a's.
  std::vector<const Tree*> parts;
  flatten(tree, parts);
  return std::ranges::any_of(parts, [&](const Tree* part) {
    if (!repeats(*part)) return false;
    const Ranges characters = first_of(*part);
    return std::ranges::all_of(parts, [&](const Tree* other) {
      return other == part || can_be_empty(*other) || is_made_of(*other, characters);
    });
  });
}

class Search {
 public:
  PatternRisk risk() const { return risk_; }

  void visit(const Tree& tree, int depth = 0) {
    if (depth > kDeepest || risk_ == PatternRisk::kExponential) return;
    if (repeats(tree) && is_ambiguous_body(*tree.children.front())) {
      risk_ = PatternRisk::kExponential;
      return;
    }
    if (tree.kind == Tree::Kind::kConcat && repeats_twice(tree)) risk_ = PatternRisk::kPolynomial;
    for (const auto& child : tree.children) visit(*child, depth + 1);
  }

 private:
  // Two repetitions over common characters, and nothing between them that has to be there and differs.
  static bool repeats_twice(const Tree& sequence) {
    std::vector<const Tree*> parts;
    flatten(sequence, parts);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!repeats(*parts[i])) continue;
      const Ranges one = first_of(*parts[i]);
      for (std::size_t j = i + 1; j < parts.size(); ++j) {
        if (repeats(*parts[j]) && overlap(one, first_of(*parts[j]))) return fails_after(parts, j);
        if (!can_be_empty(*parts[j])) break;
      }
    }
    return false;
  }

  // Backtracking needs a failure: something that has to follow.
  static bool fails_after(const std::vector<const Tree*>& parts, std::size_t at) {
    return std::any_of(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1, parts.end(),
                       [](const Tree* part) { return part->kind == Tree::Kind::kEnd || !can_be_empty(*part); }) &&
           !is_everything(*parts[at]);
  }

  static bool is_everything(const Tree& tree) {
    const auto ranges = first_of(tree);
    return ranges.size() == 1 && ranges.front().low == 0 && ranges.front().high == regex::kLastCodePoint;
  }

  PatternRisk risk_ = PatternRisk::kLinear;
};

}  // namespace

PatternRisk risk_of(std::string_view pattern) {
  auto tree = regex::parse(pattern, regex::Grammar::kUnicode);
  if (!tree) tree = regex::parse(pattern, regex::Grammar::kAnnexB);
  if (!tree) return PatternRisk::kInvalid;
  Search search;
  search.visit(**tree);
  return search.risk();
}

}  // namespace portico::audit
