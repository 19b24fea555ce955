// The machine's operations on members, elements and branches. Part of machine.h.
#pragma once

#include "schema/machine.h"

namespace portico::schema {

template <bool kExplain>
inline auto Machine<kExplain>::apply(const Child& child, std::uint32_t value, Code kind, std::uint32_t pc, const Iteration& it)
    -> Next {
  if constexpr (kExplain) {
    return child.full == kNoBlock ? Next::kReturned : enter(child.full, value, kind, pc, it);
  } else {
    if (!allows(child.types, value)) return Next::kFailed;
    if (child.rest == kNoBlock) return Next::kReturned;
    if (child.leaf) return leaves_hold(child.rest, value) ? Next::kReturned : Next::kFailed;
    return enter(child.rest, value, kind, pc, it);
  }
}

template <bool kExplain>
auto Machine<kExplain>::members(std::uint32_t pc, Iteration it) -> Next {
  const Op& op = op_at(pc);
  const ObjectTable& table = tables_.objects[op.a];
  const bool marking = (op.flags & kMark) != 0;
  const Name* declared = tables_.names.names.data() + table.keys.first;
  const Child* children = tables_.children.data() + table.first_child;
  while (true) {
    const Child* child = &table.others;
    std::uint32_t value = it.cursor + 1;
    if (it.stage == kNextMember) {
      if (it.cursor >= it.end) return end_of_members(pc, it.seen);
      --steps_;
      const NameWords words = words_at(it.cursor);
      // Members mostly come in the order in which the schema declares them.
      std::uint32_t index = it.expected;
      if (index >= table.keys.count || !tables_.names.is(declared[index], words)) {
        index = static_cast<std::uint32_t>(tables_.names.find(table.keys, words));
      }
      if (index != UINT32_MAX) {
        it.expected = index + 1;
        child = children + index;
        if (child->required != Child::kNotRequired) it.seen |= UINT64_C(1) << child->required;
      } else if (table.pattern_count != 0) {
        it.stage = 0;
        it.matched = false;
        continue;
      }
      it.cursor = static_cast<std::uint32_t>(tape_.next(value));
      ++it.index;
    } else if (it.stage < table.pattern_count) {
      const PatternChild& candidate = tables_.pattern_children[table.first_pattern + it.stage++];
      if (!matches(candidate.pattern, tape_.text(it.cursor))) continue;
      it.matched = true;
      child = &candidate.child;
      if (marking) mark(it.index);
    } else {
      it.stage = kNextMember;
      it.cursor = static_cast<std::uint32_t>(tape_.next(value));
      ++it.index;
      if (it.matched) continue;
    }
    if (marking && it.stage == kNextMember && child->evaluates) mark(it.index - 1);
    const Next next = apply(*child, value, Code::kObject, pc, it);
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
auto Machine<kExplain>::elements(std::uint32_t pc, Iteration it) -> Next {
  const Op& op = op_at(pc);
  const ArrayTable& table = tables_.arrays[op.a];
  const bool marking = (op.flags & kMark) != 0;
  while (it.cursor < it.end) {
    const bool is_prefix = it.index < table.prefix_count;
    if (!is_prefix && !table.has_items) break;
    --steps_;
    const Child& child = is_prefix ? tables_.children[table.first_prefix + it.index] : table.items;
    const std::uint32_t value = it.cursor;
    it.cursor = static_cast<std::uint32_t>(tape_.next(value));
    if (marking) mark(it.index);
    ++it.index;
    const Next next = apply(child, value, Code::kArray, pc, it);
    if (next != Next::kReturned) return next;
  }
  return after(pc);
}

template <bool kExplain>
auto Machine<kExplain>::names(std::uint32_t pc, Iteration it) -> Next {
  const Child& child = tables_.children[op_at(pc).a];
  while (it.cursor < it.end) {
    --steps_;
    const std::uint32_t key = it.cursor;
    it.cursor = static_cast<std::uint32_t>(tape_.next(key + 1));
    const Next next = apply(child, key, Code::kPropertyNames, pc, it);
    if (next != Next::kReturned) return next;
  }
  return after(pc);
}

template <bool kExplain>
auto Machine<kExplain>::contained(std::uint32_t pc, Iteration it) -> Next {
  const CountTable& table = tables_.counts[op_at(pc).a];
  const bool decided_early = !marks(pc) && table.max == UINT64_MAX;
  while (it.cursor < it.end && !(decided_early && it.seen >= table.min)) {
    --steps_;
    const std::uint32_t value = it.cursor;
    it.cursor = static_cast<std::uint32_t>(tape_.next(value));
    ++it.index;
    const Next next = apply(table.child, value, Code::kContains, pc, it);
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
std::uint64_t Machine<kExplain>::choose(const Choice& choice) {
  if (choice.count > kMaxMasked) return 0;
  if constexpr (kExplain) return choice.count == kMaxMasked ? UINT64_MAX : (UINT64_C(1) << choice.count) - 1;
  const char type = tape_.type(v_);
  const std::uint64_t branches = choice.by_type[type_index(type)];
  const bool several = (branches & (branches - 1)) != 0;
  if (!several || type != json::tape::kObject || choice.selector == kNoBlock) return branches;
  return select(tables_.selectors[choice.selector], branches);
}

template <bool kExplain>
std::uint64_t Machine<kExplain>::select(const Selector& selector, std::uint64_t branches) {
  const std::size_t end = tape_.after(v_) - 1;
  std::uint64_t seen = 0;
  for (std::size_t i = v_ + 1; i < end; i = tape_.next(i + 1)) {
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

template <bool kExplain>
bool Machine<kExplain>::next_branch(const Choice& choice, Iteration& it, std::uint32_t& branch) const {
  if (choice.count > kMaxMasked) {
    branch = it.index++;
    return branch < choice.count;
  }
  if (it.seen == 0) return false;
  branch = static_cast<std::uint32_t>(std::countr_zero(it.seen));
  it.seen &= it.seen - 1;
  return true;
}

template <bool kExplain>
auto Machine<kExplain>::any_of(std::uint32_t pc, Iteration it) -> Next {
  const Choice& choice = tables_.choices[op_at(pc).a];
  std::uint32_t branch = 0;
  // Without evaluated children to collect, one branch that holds is enough.
  while (!(it.matched && !marks(pc)) && next_branch(choice, it, branch)) {
    --steps_;
    const Next next = apply(tables_.branches[choice.first + branch], v_, Code::kAnyOf, pc, it);
    if (next == Next::kFailed) continue;
    if (next != Next::kReturned) return next;
    it.matched = true;
  }
  if (!it.matched) return no_branch(pc);
  forget_records(mark_);
  return after(pc);
}

template <bool kExplain>
auto Machine<kExplain>::one_of(std::uint32_t pc, Iteration it) -> Next {
  const Choice& choice = tables_.choices[op_at(pc).a];
  std::uint32_t branch = 0;
  while (it.stage < 2 && next_branch(choice, it, branch)) {
    --steps_;
    const Next next = apply(tables_.branches[choice.first + branch], v_, Code::kOneOf, pc, it);
    if (next == Next::kFailed) continue;
    if (next != Next::kReturned) return next;
    ++it.stage;
  }
  if (it.stage == 0) return no_branch(pc);
  forget_records(mark_);
  return it.stage == 1 ? after(pc) : fail_op(pc);
}

// What a reader wants to know of a choice without a match is why the branch that was meant did not: the one with the
// fewest and smallest faults.
template <bool kExplain>
void Machine<kExplain>::keep_best() {
  if constexpr (kExplain) {
    auto& records = scratch_.records;
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
    const Next next = apply(child, value, Code::kUnevaluated, pc, it);
    if (next != Next::kReturned) return next;
  }
  return after(pc);
}

}  // namespace portico::schema
