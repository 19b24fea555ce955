#include "regex/loop.h"

#include <algorithm>

#include "base/utf8.h"

namespace portico::regex {
namespace {

constexpr std::size_t kMostRuns = 64;
constexpr std::size_t kMostRanges = 16;

bool is_beyond(const std::vector<Range>& ranges, std::uint32_t c) {
  return std::ranges::any_of(ranges, [c](const Range& range) { return c >= range.low && c <= range.high; });
}

// The terms of a pattern in order, groups without repetition opened.
bool flatten(const Tree& tree, std::vector<const Tree*>& out) {
  switch (tree.kind) {
    case Tree::Kind::kEmpty: return true;
    case Tree::Kind::kConcat:
    case Tree::Kind::kGroup:
      return std::ranges::all_of(tree.children, [&](const TreePtr& child) { return flatten(*child, out); });
    default: out.push_back(&tree); return out.size() <= kMostRuns + 2;
  }
}

bool may_be_nothing(const Tree& term) { return term.kind == Tree::Kind::kRepeat && term.min == 0; }

}  // namespace

bool Loop::to_run(const Tree& tree, Run& run) {
  const Tree* set = &tree;
  if (tree.kind == Tree::Kind::kRepeat) {
    run.min = tree.min;
    run.max = tree.max;
    set = tree.children.front().get();
    while (set->kind == Tree::Kind::kGroup && !set->children.empty()) set = set->children.front().get();
  }
  if (set->kind != Tree::Kind::kSet || !set->set.properties.empty()) return false;
  for (const Range& range : set->set.plain_ranges()) {
    for (std::uint32_t c = range.low; c <= range.high && c < 0x80; ++c) run.ascii[c >> 6] |= UINT64_C(1) << (c & 63);
    if (range.high >= 0x80) run.beyond.push_back({std::max(range.low, 0x80U), range.high});
  }
  run.all_beyond = run.beyond.size() == 1 && run.beyond[0] == Range{0x80, kLastCodePoint};
  return run.beyond.size() <= kMostRanges;
}

bool Loop::disjoint(const Run& a, const Run& b) {
  if ((a.ascii[0] & b.ascii[0]) != 0 || (a.ascii[1] & b.ascii[1]) != 0) return false;
  for (const Range& x : a.beyond) {
    for (const Range& y : b.beyond) {
      if (x.low <= y.high && y.low <= x.high) return false;
    }
  }
  return true;
}

std::optional<Loop> Loop::make(std::span<const Tree* const> terms) {
  Loop loop;
  std::size_t begin = 0;
  std::size_t end = terms.size();
  if (begin < end && terms[begin]->kind == Tree::Kind::kStart) {
    loop.at_start_ = true;
    ++begin;
  }
  if (begin < end && terms[end - 1]->kind == Tree::Kind::kEnd) {
    loop.at_end_ = true;
    --end;
  }
  // What may be nothing says nothing where the pattern has no end.
  while (!loop.at_end_ && begin < end && may_be_nothing(*terms[end - 1])) --end;
  while (!loop.at_start_ && begin < end && may_be_nothing(*terms[begin])) ++begin;
  for (std::size_t i = begin; i < end; ++i) {
    Run run;
    if (!to_run(*terms[i], run)) return std::nullopt;
    if (run.max != 0) loop.runs_.push_back(std::move(run));
  }
  auto& runs = loop.runs_;
  if (!loop.at_start_) {
    // Anywhere: nothing at all, a literal, or one class whose first match is as good as any.
    if (runs.empty()) return loop;
    if (loop.at_end_) return std::nullopt;
    if (runs.size() == 1 && runs[0].min <= 1) return loop;
    for (std::size_t i = begin; i < end; ++i) {
      const CharSet& set = terms[i]->set;
      const bool single = terms[i]->kind == Tree::Kind::kSet && !set.negated && set.ranges.size() == 1 &&
                          set.ranges[0].low == set.ranges[0].high;
      if (!single) return std::nullopt;
      append_utf8(loop.literal_, set.ranges[0].low);
    }
    return loop;
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].min == runs[i].max) continue;
    // What follows, up to and including the first run that cannot be empty, must be told apart at its first character.
    for (std::size_t next = i + 1; next < runs.size(); ++next) {
      if (!disjoint(runs[i], runs[next])) return std::nullopt;
      if (runs[next].min > 0) break;
    }
  }
  return loop;
}

bool Loop::match_from_start(std::string_view text) const {
  std::size_t at = 0;
  for (const Run& run : runs_) {
    std::uint32_t count = 0;
    while (count < run.max && at < text.size()) {
      const auto c = static_cast<unsigned char>(text[at]);
      if (c < 0x80) {
        if (!run.has(c)) break;
        ++at;
      } else {
        std::size_t next = at;
        const std::uint32_t code_point = next_code_point(text, next);
        if (!run.all_beyond && !is_beyond(run.beyond, code_point)) break;
        at = next;
      }
      ++count;
    }
    if (count < run.min) return false;
  }
  return !at_end_ || at == text.size();
}

bool Loop::search(std::string_view text) const {
  if (at_start_) return match_from_start(text);
  if (!literal_.empty()) return text.find(literal_) != std::string_view::npos;
  if (runs_.empty() || runs_[0].min == 0) return true;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t c = next_code_point(text, at);
    if (c < 0x80 ? runs_[0].has(static_cast<unsigned char>(c)) : is_beyond(runs_[0].beyond, c)) return true;
  }
  return false;
}

std::size_t Loop::footprint() const { return runs_.capacity() * sizeof(Run) + literal_.capacity(); }

std::optional<Loops> Loops::make(const Tree& tree) {
  std::vector<const Tree*> terms;
  Loops loops;
  if (!flatten(tree, terms) || !loops.add(terms)) return std::nullopt;
  return loops;
}

// The first alternation among the terms becomes as many lists of terms, whose others are taken apart in turn.
bool Loops::add(std::span<const Tree* const> terms) {
  constexpr std::size_t kMostLoops = 16;
  const auto choice = std::ranges::find(terms, Tree::Kind::kAlternate, &Tree::kind);
  if (choice == terms.end()) {
    auto loop = Loop::make(terms);
    if (!loop || loops_.size() == kMostLoops) return false;
    loops_.push_back(std::move(*loop));
    return true;
  }
  for (const TreePtr& alternative : (*choice)->children) {
    std::vector<const Tree*> chosen(terms.begin(), choice);
    if (!flatten(*alternative, chosen)) return false;
    chosen.insert(chosen.end(), choice + 1, terms.end());
    if (!add(chosen)) return false;
  }
  return true;
}

std::size_t Loops::footprint() const {
  std::size_t bytes = loops_.capacity() * sizeof(Loop);
  for (const Loop& loop : loops_) bytes += loop.footprint();
  return bytes;
}

}  // namespace portico::regex
