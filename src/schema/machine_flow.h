// The machine's loop, and what happens when a block ends. Part of machine.h.
#pragma once

#include "schema/machine.h"

namespace portico::schema {

template <bool kExplain>
Outcome Machine<kExplain>::run(std::uint32_t entry) {
  pc_ = entry;
  Next next = Next::kOperation;
  while (true) {
    switch (next) {
      case Next::kOperation: next = step(); break;
      case Next::kReturned:
        if (kExplain && bad_) {
          next = failed();
        } else if (frames_.empty()) {
          return steps_ < 0 ? Outcome::kTooComplex : Outcome::kAccepted;
        } else {
          next = returned();
        }
        break;
      case Next::kFailed: next = failed(); break;
      case Next::kStop: return steps_ < 0 ? Outcome::kTooComplex : Outcome::kRejected;
    }
    if (enough_records()) return Outcome::kRejected;
  }
}

template <bool kExplain>
auto Machine<kExplain>::step() -> Next {
  while (true) {
    if (--steps_ < 0) return Next::kStop;
    const Op& op = op_at(pc_);
    if (op.code <= Code::kLastLeaf) {
      if (leaf(op, v_)) {
        ++pc_;
        continue;
      }
      if constexpr (!kExplain) return Next::kFailed;
      if (op.code == Code::kRequired || op.code == Code::kDependentRequired) {
        record_missing(op);
      } else {
        record(Record::Kind::kOp, pc_, v_, 0);
      }
      ++pc_;
      continue;
    }
    const Next next = start(op);
    if (next != Next::kOperation) return next;
  }
}

template <bool kExplain>
auto Machine<kExplain>::start(const Op& op) -> Next {
  const char type = tape_.type(v_);
  Frame it{.kind = op.code, .pc = pc_, .v = v_};
  it.mark = kExplain ? static_cast<std::uint32_t>(scratch_.records.size()) : 0;
  switch (op.code) {
    case Code::kReturn: return Next::kReturned;
    case Code::kCall:
      if (!kExplain && op.n != 0) return leaves_hold(op.a, v_) ? after(pc_) : Next::kFailed;
      return enter(op.a, v_, it);
    case Code::kObject:
    case Code::kPropertyNames:
      if (type != json::tape::kObject) return after(pc_);
      it.cursor = v_ + 1;
      it.end = static_cast<std::uint32_t>(tape_.after(v_) - 1);
      it.stage = kNextMember;
      return op.code == Code::kObject ? members(it) : names(it);
    case Code::kArray:
    case Code::kContains:
      if (type != json::tape::kArray) return after(pc_);
      it.cursor = v_ + 1;
      it.end = static_cast<std::uint32_t>(tape_.after(v_) - 1);
      return op.code == Code::kArray ? elements(it) : contained(it);
    case Code::kAnyOf:
    case Code::kOneOf: choose(tables_.choices[op.a], it); return op.code == Code::kAnyOf ? any_of(it) : one_of(it);
    case Code::kNot:
      if (!kExplain && op.n != 0) return leaves_hold(op.a, v_) ? Next::kFailed : after(pc_);
      save_set(it, false);
      return enter(op.a, v_, it);
    case Code::kIf: save_set(it, marks(it)); return enter(op.a, v_, it);
    case Code::kDependentSchemas:
      if (type != json::tape::kObject) return after(pc_);
      find_names(tables_.dependencies[op.a].keys, v_);
      it.seen = scratch_.present.empty() ? 0 : scratch_.present[0];
      return dependent(it);
    case Code::kTrackBegin: track_begin(); return after(pc_);
    case Code::kTrackEnd: track_end(op); return after(pc_);
    case Code::kUnevaluated:
      if (type != (op.n == 1 ? json::tape::kObject : json::tape::kArray)) return after(pc_);
      it.cursor = v_ + 1;
      it.end = static_cast<std::uint32_t>(tape_.after(v_) - 1);
      return unevaluated(it);
    default: return after(pc_);
  }
}

template <bool kExplain>
auto Machine<kExplain>::enter(std::uint32_t block, std::uint32_t value, Frame& it) -> Next {
  if (frames_.size() >= max_frames_) {
    steps_ = -1;
    return Next::kStop;
  }
  it.bad = bad_;
  frames_.push_back(it);
  if (kExplain && is_branch(it.kind)) ++branches_;
  bad_ = false;
  v_ = value;
  pc_ = block;
  return Next::kOperation;
}

template <bool kExplain>
auto Machine<kExplain>::apply(const Child& child, std::uint32_t value, Frame& it) -> Next {
  if constexpr (kExplain) {
    return child.full == kNoBlock ? Next::kReturned : enter(child.full, value, it);
  }
  if (!allows(child.types, value)) return Next::kFailed;
  if (child.rest == kNoBlock) return Next::kReturned;
  if (child.leaf) return leaves_hold(child.rest, value) ? Next::kReturned : Next::kFailed;
  return enter(child.rest, value, it);
}

template <bool kExplain>
auto Machine<kExplain>::attempt(const Child& child, std::uint32_t value, Frame& it) -> Next {
  if constexpr (kExplain) {
    if (child.full == kNoBlock) return Next::kReturned;
    save_set(it, marks(it));
    return enter(child.full, value, it);
  }
  if (!allows(child.types, value)) return Next::kFailed;
  if (child.rest == kNoBlock) return Next::kReturned;
  if (child.leaf) return leaves_hold(child.rest, value) ? Next::kReturned : Next::kFailed;
  save_set(it, marks(it));
  return enter(child.rest, value, it);
}

template <bool kExplain>
auto Machine<kExplain>::resume(Frame& it) -> Next {
  switch (it.kind) {
    case Code::kObject: return members(it);
    case Code::kArray: return elements(it);
    case Code::kPropertyNames: return names(it);
    case Code::kDependentSchemas: return dependent(it);
    case Code::kUnevaluated: return unevaluated(it);
    default: return after(it.pc);
  }
}

template <bool kExplain>
auto Machine<kExplain>::returned() -> Next {
  Frame it = frames_.back();
  frames_.pop_back();
  v_ = it.v;
  bad_ = it.bad;
  if (!is_branch(it.kind)) return resume(it);
  if constexpr (kExplain) --branches_;
  return branch_held(it);
}

template <bool kExplain>
auto Machine<kExplain>::failed() -> Next {
  while (!frames_.empty()) {
    Frame it = frames_.back();
    frames_.pop_back();
    v_ = it.v;
    bad_ = it.bad;
    if (is_branch(it.kind)) {
      if constexpr (kExplain) --branches_;
      return branch_failed(it);
    }
    if constexpr (kExplain) {
      bad_ = true;
      return resume(it);
    }
  }
  return Next::kStop;
}

template <bool kExplain>
auto Machine<kExplain>::branch_held(Frame& it) -> Next {
  const Op& op = op_at(it.pc);
  switch (it.kind) {
    case Code::kNot:
      restore_set(it, false);
      forget_records(it.mark);
      return fail_op(it.pc);
    case Code::kIf: {
      drop_copy(it, marks(it));
      if (op.b == kNoBlock) return after(it.pc);
      Frame then{.kind = Code::kCall, .pc = it.pc, .v = it.v};
      return enter(op.b, v_, then);
    }
    case Code::kContains:
      drop_copy(it, marks(it));
      forget_records(it.mark);
      ++it.seen;
      if (marks(it)) mark(it.index - 1);
      return contained(it);
    case Code::kAnyOf:
      drop_copy(it, marks(it));
      forget_records(it.mark);
      it.best = 0;
      it.matched = true;
      return any_of(it);
    default:
      drop_copy(it, marks(it));
      forget_records(it.mark + it.best);
      ++it.stage;
      return one_of(it);
  }
}

template <bool kExplain>
auto Machine<kExplain>::branch_failed(Frame& it) -> Next {
  const Op& op = op_at(it.pc);
  restore_set(it, it.kind != Code::kNot && marks(it));
  switch (it.kind) {
    case Code::kNot: forget_records(it.mark); return after(it.pc);
    case Code::kIf: {
      forget_records(it.mark);
      if (op.c == kNoBlock) return after(it.pc);
      Frame otherwise{.kind = Code::kCall, .pc = it.pc, .v = it.v};
      return enter(op.c, v_, otherwise);
    }
    case Code::kContains: forget_records(it.mark); return contained(it);
    case Code::kAnyOf: keep_best(it); return any_of(it);
    default: keep_best(it); return one_of(it);
  }
}

template <bool kExplain>
void Machine<kExplain>::save_set(Frame& frame, bool copy) {
  auto& pool = scratch_.pool;
  frame.set = set_;
  frame.set_words = set_words_;
  frame.set_depth = static_cast<std::uint32_t>(scratch_.outer_sets.size());
  frame.pool = static_cast<std::uint32_t>(pool.size());
  if (!copy) return;
  steps_ -= set_words_;
  pool.resize(pool.size() + set_words_);
  std::copy_n(pool.begin() + set_, set_words_, pool.begin() + frame.pool);
}

template <bool kExplain>
void Machine<kExplain>::restore_set(const Frame& frame, bool copied) {
  auto& pool = scratch_.pool;
  scratch_.outer_sets.resize(frame.set_depth);
  set_ = frame.set;
  set_words_ = frame.set_words;
  if (copied) std::copy_n(pool.begin() + frame.pool, set_words_, pool.begin() + set_);
  pool.resize(frame.pool);
}

template <bool kExplain>
void Machine<kExplain>::track_begin() {
  const char type = tape_.type(v_);
  const bool container = type == json::tape::kObject || type == json::tape::kArray;
  const std::uint64_t size = container ? size_of(v_) : 0;
  scratch_.outer_sets.push_back({set_, set_words_});
  set_ = static_cast<std::uint32_t>(scratch_.pool.size());
  set_words_ = static_cast<std::uint32_t>((size + 63) / 64);
  steps_ -= set_words_;
  scratch_.pool.resize(scratch_.pool.size() + set_words_, 0);
}

template <bool kExplain>
void Machine<kExplain>::track_end(const Op& op) {
  const Scratch::OuterSet outer = scratch_.outer_sets.back();
  scratch_.outer_sets.pop_back();
  if ((op.flags & kMark) != 0) {
    for (std::uint32_t i = 0; i < set_words_; ++i) scratch_.pool[outer.set + i] |= scratch_.pool[set_ + i];
  }
  scratch_.pool.resize(set_);
  set_ = outer.set;
  set_words_ = outer.words;
}

}  // namespace portico::schema
