// Building the states of a PathAutomaton, and matching with them.
#include <algorithm>
#include <array>
#include <map>

#include "contract/path_automaton.h"

namespace portico::contract {

// States are expanded in the order in which they are found; the map that tells them apart lives only as long.
void PathAutomaton::build() {
  std::map<std::vector<std::uint32_t>, std::uint32_t> known;
  const auto state_of = [&](const std::vector<std::uint32_t>& nodes) {
    if (nodes.empty()) return kNone;
    const auto [found, is_new] = known.try_emplace(nodes, static_cast<std::uint32_t>(states_.size()));
    if (!is_new) return found->second;
    State state{.first = static_cast<std::uint32_t>(members_.size()),
                .count = static_cast<std::uint32_t>(nodes.size())};
    for (const std::uint32_t node : nodes) {
      if (state.id == kNone) state.id = nodes_[node].id;
      state.patterns = state.patterns || !nodes_[node].patterns.empty();
    }
    members_.insert(members_.end(), nodes.begin(), nodes.end());
    states_.push_back(state);
    return found->second;
  };
  state_of({0});
  for (std::uint32_t index = 0; index < states_.size(); ++index) {
    const std::span nodes(members_.data() + states_[index].first, states_[index].count);
    const std::vector<std::uint32_t> from(nodes.begin(), nodes.end());
    if (members_.size() > kMaxMembers) {
      states_[index].open = true;
      continue;
    }
    std::vector<std::uint32_t> next;
    for (const std::uint32_t node : from) {
      if (nodes_[node].variable != kNone) next.push_back(nodes_[node].variable);
    }
    const std::uint32_t other = state_of(next);
    states_[index].other = other;
    for (const std::uint32_t node : from) {
      for (const auto& [literal, unused] : nodes_[node].literals) {
        if (transitions_.find(index, literal) != kNone) continue;
        transitions_.insert(index, literal, state_of(after_literal(from, literal)));
      }
    }
  }
}

std::vector<std::uint32_t> PathAutomaton::after_literal(std::span<const std::uint32_t> nodes,
                                                        std::uint32_t literal) const {
  std::vector<std::uint32_t> next;
  const std::string& text = literals_[literal];
  for (const std::uint32_t node : nodes) {
    if (const auto exact = children_.find(node, literal); exact != kNone) next.push_back(exact);
    for (const auto& [parts, child] : nodes_[node].patterns) {
      if (match_segment(parts, text, {})) next.push_back(child);
    }
    if (nodes_[node].variable != kNone && !text.empty()) next.push_back(nodes_[node].variable);
  }
  return next;
}

bool PathAutomaton::any_pattern_matches(const State& state, std::string_view segment) const {
  for (const std::uint32_t node : std::span(members_.data() + state.first, state.count)) {
    for (const auto& [parts, child] : nodes_[node].patterns) {
      if (match_segment(parts, segment, {})) return true;
    }
  }
  return false;
}

std::uint32_t PathAutomaton::match(const Segments& segments) const {
  if (states_.empty()) return kNone;
  std::uint32_t index = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const State& state = states_[index];
    const std::string_view segment = segments[i];
    const auto literal = state.open ? kNone : literal_of(segment);
    const auto next = literal == kNone ? kNone : transitions_.find(index, literal);
    if (next != kNone) {
      index = next;
    } else if (state.open || (state.patterns && any_pattern_matches(state, segment))) {
      return search_from(std::span(members_.data() + state.first, state.count), segments, i);
    } else if (state.other != kNone && !segment.empty()) {
      index = state.other;
    } else {
      return kNone;
    }
  }
  return states_[index].id;
}

std::uint32_t PathAutomaton::search(const Segments& segments) const {
  constexpr std::uint32_t kRoot = 0;
  return search_from(std::span(&kRoot, 1), segments, 0);
}

std::uint32_t PathAutomaton::search_from(std::span<const std::uint32_t> nodes, const Segments& segments,
                                         std::size_t begin) const {
  for (const std::uint32_t node : nodes) {
    if (const auto found = search_below(node, segments, begin); found != kNone) return found;
  }
  return kNone;
}

// Depth first with a stack of its own: for each segment the node before it and which of its edges is next.
std::uint32_t PathAutomaton::search_below(std::uint32_t start, const Segments& segments, std::size_t begin) const {
  struct Step {
    std::uint32_t node;
    std::uint32_t edge;  // 0: the literal; then the patterns; then the variable
  };
  if (begin == segments.size()) return nodes_[start].id;
  std::array<Step, Segments::kMax> steps;
  std::size_t depth = 0;
  steps[0] = {start, 0};
  for (;;) {
    Step& step = steps[depth];
    const Node& node = nodes_[step.node];
    const std::string_view segment = segments[begin + depth];
    const std::uint32_t edge = step.edge++;
    std::uint32_t next = kNone;
    if (edge == 0) {
      const auto literal = literal_of(segment);
      if (literal != kNone) next = children_.find(step.node, literal);
    } else if (edge <= node.patterns.size()) {
      const auto& [parts, child] = node.patterns[edge - 1];
      if (match_segment(parts, segment, {})) next = child;
    } else if (edge == node.patterns.size() + 1) {
      if (!segment.empty()) next = node.variable;
    } else if (depth == 0) {
      return kNone;
    } else {
      --depth;
    }
    if (next == kNone) continue;
    if (begin + depth + 1 == segments.size()) {
      if (nodes_[next].id != kNone) return nodes_[next].id;
    } else {
      steps[++depth] = {next, 0};
    }
  }
}

}  // namespace portico::contract
