// The machine's operations on members, elements and branches. Part of machine.h.
#pragma once

#include "schema/machine.h"

namespace portico::schema {

template <bool kExplain>
inline auto Machine<kExplain>::enter(std::uint32_t block, std::uint32_t value, Code kind, std::uint32_t pc,
                                     const Iteration& it) -> Next {
  if (depth_ >= max_frames_) [[unlikely]] {
    steps_ = -1;
    return Next::kStop;
  }
  Frame& frame = push();
  frame.kind = kind;
  frame.bad = bad_;
  frame.pc = pc;
  frame.v = v_;
  frame.it = it;
  if (is_branch(kind)) save_set(frame, kind != Code::kNot && marks(pc));
  if constexpr (kExplain) {
    frame.mark = mark_;
    frame.best = best_;
    frame.penalty = penalty_;
    if (is_branch(kind)) ++branches_;
    bad_ = false;
  }
  v_ = value;
  pc_ = block;
  return Next::kOperation;
}

template <bool kExplain>
template <class State>
inline auto Machine<kExplain>::apply(const Child& child, std::uint32_t value, Code kind, std::uint32_t pc,
                                     const State& state) -> Next {
  if constexpr (kExplain) {
    return child.full == kNoBlock ? Next::kReturned : enter(child.full, value, kind, pc, state());
  } else {
    switch (decide(child, value, tape_)) {
      case Verdict::kHolds: return Next::kReturned;
      case Verdict::kFails: return Next::kFailed;
      default: return enter(child.rest, value, kind, pc, state());
    }
  }
}

template <bool kExplain>
auto Machine<kExplain>::members(std::uint32_t pc, const Iteration& from) -> Next {
  const Op& op = op_at(pc);
  const ObjectTable& table = tables_.objects[op.a];
  const bool marking = (op.flags & kMark) != 0;
  const bool patterns = table.pattern_count != 0;
  const Name* declared = tables_.names.names.data() + table.keys.first;
  const Child* children = tables_.children.data() + table.first_child;
  // Plain variables, so that the loop keeps them in registers.
  std::uint64_t seen = from.seen;
  std::uint32_t cursor = from.cursor;
  const std::uint32_t end = from.end;
  std::uint32_t index = from.index;
  std::uint32_t expected = from.expected;
  std::uint32_t stage = from.stage;
  bool matched = from.matched;
  const auto state = [&] { return Iteration{seen, cursor, end, index, expected, stage, matched}; };
  while (true) {
    const Child* child = &table.others;
    std::uint32_t value = cursor + 1;
    if (stage == kNextMember) {
      if (cursor >= end) return end_of_members(pc, seen);
      --steps_;
      const NameWords words = words_at(cursor);
      // Members mostly come in the order in which the schema declares them.
      std::uint32_t key = expected;
      if (key >= table.keys.count || !tables_.names.is(declared[key], words)) {
        key = static_cast<std::uint32_t>(tables_.names.find(table.keys, words));
      }
      if (key != UINT32_MAX) {
        expected = key + 1;
        child = children + key;
        seen |= UINT64_C(1) << child->required;
      } else if (patterns) {
        stage = 0;
        matched = false;
        continue;
      }
      cursor = static_cast<std::uint32_t>(tape_.next(value));
      ++index;
    } else if (stage < table.pattern_count) {
      const PatternChild& candidate = tables_.pattern_children[table.first_pattern + stage++];
      if (!matches(candidate.pattern, tape_.text(cursor))) continue;
      matched = true;
      child = &candidate.child;
      if (marking) mark(index);
    } else {
      stage = kNextMember;
      cursor = static_cast<std::uint32_t>(tape_.next(value));
      ++index;
      if (matched) continue;
    }
    if (marking && stage == kNextMember && child->evaluates) mark(index - 1);
    const Next next = apply(*child, value, Code::kObject, pc, state);
    if (next != Next::kReturned) return next;
  }
}

template <bool kExplain>
auto Machine<kExplain>::end_of_members(std::uint32_t pc, std::uint64_t seen) -> Next {
  const ObjectTable& table = tables_.objects[op_at(pc).a];
  std::uint64_t missing = table.required & ~seen;
  if (missing == 0) return after(pc);
  if constexpr (!kExplain) return Next::kFailed;
  for (; missing != 0; missing &= missing - 1) {
    record(Record::Kind::kMissing, pc, v_,
           table.first_required + static_cast<std::uint32_t>(std::countr_zero(missing)));
  }
  return after(pc);
}

template <bool kExplain>
auto Machine<kExplain>::elements(std::uint32_t pc, const Iteration& from) -> Next {
  const Op& op = op_at(pc);
  const ArrayTable& table = tables_.arrays[op.a];
  const bool marking = (op.flags & kMark) != 0;
  std::uint32_t cursor = from.cursor;
  const std::uint32_t end = from.end;
  std::uint32_t index = from.index;
  const auto state = [&] { return Iteration{0, cursor, end, index, 0, 0, false}; };
  while (cursor < end) {
    const bool is_prefix = index < table.prefix_count;
    if (!is_prefix && !table.has_items) break;
    --steps_;
    const Child& child = is_prefix ? tables_.children[table.first_prefix + index] : table.items;
    const std::uint32_t value = cursor;
    cursor = static_cast<std::uint32_t>(tape_.next(value));
    if (marking) mark(index);
    ++index;
    const Next next = apply(child, value, Code::kArray, pc, state);
    if (next != Next::kReturned) return next;
  }
  return after(pc);
}

template <bool kExplain>
auto Machine<kExplain>::names(std::uint32_t pc, const Iteration& from) -> Next {
  const Child& child = tables_.children[op_at(pc).a];
  std::uint32_t cursor = from.cursor;
  const auto state = [&] { return Iteration{0, cursor, from.end, 0, 0, 0, false}; };
  while (cursor < from.end) {
    --steps_;
    const std::uint32_t key = cursor;
    cursor = static_cast<std::uint32_t>(tape_.next(key + 1));
    const Next next = apply(child, key, Code::kPropertyNames, pc, state);
    if (next != Next::kReturned) return next;
  }
  return after(pc);
}

template <bool kExplain>
auto Machine<kExplain>::contained(std::uint32_t pc, Iteration it) -> Next {
  const CountTable& table = tables_.counts[op_at(pc).a];
  const bool decided_early = !marks(pc) && table.max == UINT64_MAX;
  const auto state = [&] { return it; };
  while (it.cursor < it.end && !(decided_early && it.seen >= table.min)) {
    --steps_;
    const std::uint32_t value = it.cursor;
    it.cursor = static_cast<std::uint32_t>(tape_.next(value));
    ++it.index;
    const Next next = apply(table.child, value, Code::kContains, pc, state);
    if (next == Next::kFailed) continue;
    if (next != Next::kReturned) return next;
    ++it.seen;
    if (marks(pc)) mark(it.index - 1);
  }
  if (it.seen < table.min) return fail_op(pc, Record::Kind::kTooFewContained);
  if (it.seen > table.max) return fail_op(pc, Record::Kind::kTooManyContained);
  return after(pc);
}

// The branches worth trying. Explaining, all are: which one was meant is seen by how they fail.
template <bool kExplain>
std::uint64_t Machine<kExplain>::choose(const Choice& choice, std::uint32_t v) {
  if (choice.count > kMaxMasked) return 0;
  if constexpr (kExplain) return choice.count == kMaxMasked ? UINT64_MAX : (UINT64_C(1) << choice.count) - 1;
  const char type = tape_.type(v);
  const std::uint64_t branches = choice.by_type[type_index(type)];
  const bool several = (branches & (branches - 1)) != 0;
  if (!several || type != json::tape::kObject || choice.selector == kNoBlock) return branches;
  return select(tables_.selectors[choice.selector], branches, v);
}

template <bool kExplain>
std::uint64_t Machine<kExplain>::select(const Selector& selector, std::uint64_t branches, std::uint32_t v) {
  const std::size_t end = tape_.after(v) - 1;
  std::uint64_t seen = 0;
  for (std::size_t i = v + 1; i < end; i = tape_.next(i + 1)) {
    --steps_;
    const int index = tables_.names.find(selector.keys, words_at(i));
    if (index < 0) {
      branches &= selector.others;
    } else {
      seen |= UINT64_C(1) << index;
      const SelectorRule& rule = tables_.selector_rules[selector.first_rule + static_cast<std::uint32_t>(index)];
      const char type = tape_.type(i + 1);
      branches &= rule.by_type[type_index(type)];
      if (type == json::tape::kString && rule.values.count != 0) {
        const int known = tables_.names.find(rule.values, words_at(i + 1));
        branches &=
            known < 0 ? rule.other_values : tables_.value_masks[rule.first_mask + static_cast<std::uint32_t>(known)];
      }
    }
    if ((branches & (branches - 1)) == 0) return branches;
  }
  for (std::uint64_t missing = selector.required_keys & ~seen; missing != 0; missing &= missing - 1) {
    const auto index = static_cast<std::uint32_t>(std::countr_zero(missing));
    branches &= ~tables_.selector_rules[selector.first_rule + index].required_by;
  }
  return branches;
}

// The next branch to try: the lowest bit of `left`, or, among too many for a mask, number `index`.
template <bool kExplain>
inline bool Machine<kExplain>::next_branch(const Choice& choice, std::uint64_t& left, std::uint32_t& index,
                                           std::uint32_t& branch) const {
  if (choice.count > kMaxMasked) {
    branch = index++;
    return branch < choice.count;
  }
  if (left == 0) return false;
  branch = static_cast<std::uint32_t>(std::countr_zero(left));
  left &= left - 1;
  return true;
}

template <bool kExplain>
auto Machine<kExplain>::any_of(std::uint32_t pc, std::uint64_t left, std::uint32_t index, bool matched) -> Next {
  const Choice& choice = tables_.choices[op_at(pc).a];
  const auto state = [&] { return Iteration{left, 0, 0, index, 0, 0, matched}; };
  std::uint32_t branch = 0;
  // Without evaluated children to collect, one branch that holds is enough.
  while (!(matched && !marks(pc)) && next_branch(choice, left, index, branch)) {
    --steps_;
    const Next next = apply(tables_.branches[choice.first + branch], v_, Code::kAnyOf, pc, state);
    if (next == Next::kFailed) continue;
    if (next != Next::kReturned) return next;
    matched = true;
  }
  if (!matched) return no_branch(pc);
  forget_records(mark_);
  return after(pc);
}

template <bool kExplain>
auto Machine<kExplain>::one_of(std::uint32_t pc, std::uint64_t left, std::uint32_t index, std::uint32_t held) -> Next {
  const Choice& choice = tables_.choices[op_at(pc).a];
  const auto state = [&] { return Iteration{left, 0, 0, index, 0, held, false}; };
  std::uint32_t branch = 0;
  while (held < 2 && next_branch(choice, left, index, branch)) {
    --steps_;
    const Child& child = tables_.branches[choice.first + branch];
    // Nothing more to come: the branch's answer is the operation's, and no frame need tell them apart.
    if (!kExplain && held == 0 && left == 0 && choice.count <= kMaxMasked) {
      const Next next = apply(child, v_, Code::kCall, pc, state);
      return next == Next::kReturned ? after(pc) : next;
    }
    const Next next = apply(child, v_, Code::kOneOf, pc, state);
    if (next == Next::kFailed) continue;
    if (next != Next::kReturned) return next;
    ++held;
  }
  if (held == 0) return no_branch(pc);
  forget_records(mark_);
  return held == 1 ? after(pc) : fail_op(pc);
}

// The branches that a declared discriminator means for this object; none when it says nothing.
template <bool kExplain>
std::uint64_t Machine<kExplain>::meant_by_discriminator(const Choice& choice) const {
  if (choice.discriminator == kNoBlock || tape_.type(v_) != json::tape::kObject) return 0;
  const Selector& selector = tables_.selectors[choice.discriminator];
  const SelectorRule& rule = tables_.selector_rules[selector.first_rule];
  const std::size_t end = tape_.after(v_) - 1;
  for (std::size_t i = v_ + 1; i < end; i = tape_.next(i + 1)) {
    if (tape_.type(i + 1) != json::tape::kString || tables_.names.find(selector.keys, words_at(i)) < 0) continue;
    const int known = tables_.names.find(rule.values, words_at(i + 1));
    return known < 0 ? 0 : tables_.value_masks[rule.first_mask + static_cast<std::uint32_t>(known)];
  }
  return 0;
}

// What a reader wants to know of a choice without a match is why the branch that was meant did not: the one with the
// fewest and smallest faults, unless a discriminator names one.
template <bool kExplain>
void Machine<kExplain>::keep_best(const Choice& choice, const Iteration& it) {
  if constexpr (kExplain) {
    auto& records = scratch_.records;
    // Explaining tries all branches from the lowest: the one that failed is right below those still to try.
    const std::uint32_t above = it.seen == 0 ? choice.count : static_cast<std::uint32_t>(std::countr_zero(it.seen));
    const std::uint32_t tried = above - 1;
    const bool meant = choice.count <= kMaxMasked && ((meant_by_discriminator(choice) >> tried) & 1) != 0;
    const std::size_t begin = std::min<std::size_t>(mark_ + best_, records.size());
    std::uint32_t penalty = 0;
    for (std::size_t i = begin; i < records.size(); ++i) {
      const Code code = op_at(records[i].pc).code;
      const bool here = records[i].v == v_;
      std::uint32_t weight = here || code == Code::kFail ? 10 : 1;
      if (code == Code::kConst || code == Code::kEnum) weight = 100;
      if (here && code == Code::kTypes) weight = kHopeless;
      penalty += weight;
    }
    if (meant) penalty = 0;
    if (penalty >= penalty_) {
      records.resize(begin);
      return;
    }
    penalty_ = penalty;
    best_ = static_cast<std::uint32_t>(records.size() - begin);
    records.erase(records.begin() + std::min<std::ptrdiff_t>(mark_, std::ssize(records)),
                  records.begin() + static_cast<std::ptrdiff_t>(begin));
  }
}

template <bool kExplain>
auto Machine<kExplain>::no_branch(std::uint32_t pc) -> Next {
  if constexpr (!kExplain) return Next::kFailed;
  auto& records = scratch_.records;
  bad_ = true;
  // Nothing comes near when even the type is another.
  if (penalty_ >= kHopeless) forget_records(mark_);
  if (records.size() < kMostRecords) {
    records.insert(records.begin() + std::min<std::ptrdiff_t>(mark_, std::ssize(records)),
                   {Record::Kind::kNoBranch, pc, v_});
  }
  return after(pc);
}

template <bool kExplain>
auto Machine<kExplain>::dependent(std::uint32_t pc, Iteration it) -> Next {
  const Dependencies& table = tables_.dependencies[op_at(pc).a];
  while (it.index < table.count) {
    const DependentSchema& entry = tables_.dependent_schemas[table.first + it.index++];
    if (((it.seen >> entry.trigger) & 1) != 0) return enter(entry.block, v_, Code::kDependentSchemas, pc, it);
  }
  return after(pc);
}

template <bool kExplain>
auto Machine<kExplain>::unevaluated(std::uint32_t pc, Iteration it) -> Next {
  const Op& op = op_at(pc);
  const Child& child = tables_.children[op.a];
  while (it.cursor < it.end) {
    --steps_;
    const std::uint32_t value = op.n == 1 ? it.cursor + 1 : it.cursor;
    it.cursor = static_cast<std::uint32_t>(tape_.next(value));
    if (is_marked(it.index++)) continue;
    mark(it.index - 1);
    const Next next = apply(child, value, Code::kUnevaluated, pc, [&it] { return it; });
    if (next != Next::kReturned) return next;
  }
  return after(pc);
}

}  // namespace portico::schema
