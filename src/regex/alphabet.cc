#include "regex/alphabet.h"

#include <algorithm>

#include "regex/syntax.h"

namespace portico::regex {
namespace {

// Whether every text that the tree matches begins (or ends) where the subject does.
bool is_anchored(const Tree& tree, Tree::Kind anchor) {
  switch (tree.kind) {
    case Tree::Kind::kStart:
    case Tree::Kind::kEnd: return tree.kind == anchor;
    case Tree::Kind::kGroup: return is_anchored(*tree.children.front(), anchor);
    case Tree::Kind::kAlternate:
      return std::ranges::all_of(tree.children, [&](const TreePtr& branch) { return is_anchored(*branch, anchor); });
    case Tree::Kind::kConcat: {
      if (tree.children.empty()) return false;
      const bool from_start = anchor == Tree::Kind::kStart;
      return is_anchored(from_start ? *tree.children.front() : *tree.children.back(), anchor);
    }
    default: return false;
  }
}

void add_set(const CharSet& set, Ascii& out) {
  // Unicode's properties hold letters, digits and signs alike: what they hold of ASCII is not looked up.
  if (!set.properties.empty()) {
    out.set();
    return;
  }
  for (const Range& range : set.plain_ranges()) {
    for (std::uint32_t c = range.low; c <= range.high && c < out.size(); ++c) out.set(c);
  }
}

// Look-arounds only take away from what the rest matches.
void add(const Tree& tree, Ascii& out) {
  if (tree.kind == Tree::Kind::kLook) return;
  if (tree.kind == Tree::Kind::kSet) add_set(tree.set, out);
  for (const TreePtr& child : tree.children) add(*child, out);
}

}  // namespace

std::optional<Ascii> alphabet_of(std::string_view ecma) {
  auto tree = parse(ecma, Grammar::kUnicode);
  if (!tree) tree = parse(ecma, Grammar::kAnnexB);
  if (!tree || !is_anchored(**tree, Tree::Kind::kStart) || !is_anchored(**tree, Tree::Kind::kEnd)) return std::nullopt;
  Ascii alphabet;
  add(**tree, alphabet);
  return alphabet;
}

}  // namespace portico::regex
