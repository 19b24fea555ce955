// Which path template does a path have? The matcher below Routes, over templates alone. Internal to contract/.
//
// Templates make a trie whose edges are segments: a literal, a pattern ("report.{format}") or a variable. With literals
// before patterns before variables, the first match of a depth-first search is the answer: concrete beats templated,
// the leftmost segment deciding. Searching would have to go back where "/a/{x}/c" and "/a/b/{y}" share a beginning, so
// the search is done at building time: a state is the ordered list of all trie nodes that a path's beginning may have
// reached (the subset construction), and matching takes one table look-up a segment, whatever the number of templates.
//
// Two things remain to search for: segments that only patterns can tell apart, and states that would have made the
// tables larger than kMaxMembers (templates made to that end: real APIs have hardly more states than trie nodes).
// The search visits each trie node at most once, and is exact as well.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/path_template.h"

namespace portico::contract {

// From a pair of numbers to a number: open addressing, no deletion.
class PairTable {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  void insert(std::uint32_t a, std::uint32_t b, std::uint32_t value);
  std::uint32_t find(std::uint32_t a, std::uint32_t b) const;

 private:
  struct Slot {
    std::uint64_t key = 0;  // 0: free; keys are stored with one added
    std::uint32_t value = 0;
  };
  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

// The segments of a path.
class Segments {
 public:
  static constexpr std::size_t kMax = 128;

  // False when there are more than kMax, which no template has, or no '/' at the beginning.
  bool split(std::string_view path);
  std::string_view operator[](std::size_t index) const { return {pieces_[index].data, pieces_[index].size}; }
  std::size_t size() const { return count_; }
  void replace(std::size_t index, std::string_view segment) { pieces_[index] = {segment.data(), segment.size()}; }

 private:
  struct Piece {  // no std::string_view: 128 of them would have to be set to zero for each request
    const char* data;
    std::size_t size;
  };
  std::array<Piece, kMax> pieces_;
  std::size_t count_ = 0;
};

// Matches a segment, percent-decoded on the fly, against literals and variables of at least one byte each. On success
// `values`, if not null, receives what each variable stands for, raw, as far as they fit.
bool match_segment(std::span<const SegmentPart> parts, std::string_view segment, std::span<std::string_view> values);

class PathAutomaton {
 public:
  static constexpr std::uint32_t kNone = PairTable::kNone;

  // Adds a template without faults; `id` is what match() answers for it. Of two templates of one shape the first
  // counts.
  void add(std::string_view path, std::uint32_t id);
  void build();

  // The id of the template that the path has, or kNone. Does not allocate.
  std::uint32_t match(const Segments& segments) const;
  // The same by search alone: slower, and obviously right.
  std::uint32_t search(const Segments& segments) const;

  std::size_t state_count() const { return states_.size(); }
  std::size_t node_count() const { return nodes_.size(); }

 private:
  struct Node {
    std::uint32_t id = kNone;                                       // of the template that ends here
    std::uint32_t variable = kNone;                                 // child for a whole segment that is a variable
    std::vector<std::pair<std::uint32_t, std::uint32_t>> literals;  // literal, child
    std::vector<std::pair<std::vector<SegmentPart>, std::uint32_t>> patterns;
  };
  struct State {
    std::uint32_t id = kNone;     // of the first template that ends here
    std::uint32_t other = kNone;  // after a segment that is no literal known here
    std::uint32_t first = 0;      // its trie nodes in members_, for states to search from
    std::uint32_t count = 0;
    bool patterns = false;  // some of its nodes have patterns
    bool open = false;      // not built: search from here
  };

  std::uint32_t literal_of(std::string_view segment) const;
  std::uint32_t intern(std::string_view literal);
  std::uint32_t child(std::uint32_t node, std::string_view segment);
  // The trie nodes after one more segment that is that literal.
  std::vector<std::uint32_t> after_literal(std::span<const std::uint32_t> nodes, std::uint32_t literal) const;
  bool any_pattern_matches(const State& state, std::string_view segment) const;
  // From trie nodes, for the segments from `begin` on.
  std::uint32_t search_from(std::span<const std::uint32_t> nodes, const Segments& segments, std::size_t begin) const;
  std::uint32_t search_below(std::uint32_t node, const Segments& segments, std::size_t begin) const;

  static constexpr std::size_t kMaxMembers = std::size_t{1} << 17;

  std::vector<Node> nodes_{1};
  PairTable children_;                 // node, literal: child
  std::vector<std::string> literals_;  // by number
  PairTable literal_numbers_;          // both halves of the hash: number
  std::size_t longest_literal_ = 0;

  std::vector<State> states_;
  std::vector<std::uint32_t> members_;
  PairTable transitions_;  // state, literal: state
};

}  // namespace portico::contract
