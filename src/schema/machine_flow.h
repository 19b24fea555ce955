// The machine's loop, and what happens when a block ends. Part of machine.h.
#pragma once

#include "schema/machine_walk.h"

namespace portico::schema {

template <bool kExplain>
Outcome Machine<kExplain>::run(std::uint32_t entry, std::size_t value) {
  pc_ = entry;
  v_ = static_cast<std::uint32_t>(value);
  Next next = Next::kOperation;
  while (true) {
    switch (next) {
      case Next::kOperation: next = step(); break;
      case Next::kReturned:
        if (kExplain && bad_) {
          next = failed();
        } else if (depth_ == 0) {
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
    if (op.code == Code::kReturn) return Next::kReturned;
    const Next next = start(op);
    if (next != Next::kOperation) return next;
  }
}

template <bool kExplain>
auto Machine<kExplain>::start(const Op& op) -> Next {
  const char type = tape_.type(v_);
  const std::uint32_t pc = pc_;
  const auto children = [&] {
    Iteration it;
    it.cursor = v_ + 1;
    it.end = static_cast<std::uint32_t>(tape_.after(v_) - 1);
    return it;
  };
  switch (op.code) {
    case Code::kCall:
      if (!kExplain && op.n != 0) return leaves_hold(op.a, v_) ? after(pc) : Next::kFailed;
      return enter(op.a, v_, op.code, pc, {});
    case Code::kObject: {
      if (type != json::tape::kObject) return after(pc);
      Iteration it = children();
      it.stage = kNextMember;
      if (is_walked(op.code, pc)) return walk(pc, it);
      return members(pc, it);
    }
    case Code::kArray:
      if (type != json::tape::kArray) return after(pc);
      return is_walked(op.code, pc) ? walk(pc, children()) : elements(pc, children());
    case Code::kAnyOf:
    case Code::kOneOf: {
      if constexpr (kExplain) begin_records();
      const std::uint64_t left = choose(tables_.choices[op.a], v_);
      return op.code == Code::kAnyOf ? any_of(pc, left, 0, false) : one_of(pc, left, 0, 0);
    }
    case Code::kNot:
      if (!kExplain && op.n != 0) return leaves_hold(op.a, v_) ? Next::kFailed : after(pc);
      if constexpr (kExplain) begin_records();
      return enter(op.a, v_, op.code, pc, {});
    case Code::kIf:
      if constexpr (kExplain) begin_records();
      return enter(op.a, v_, op.code, pc, {});
    case Code::kPropertyNames: return type != json::tape::kObject ? after(pc) : names(pc, children());
    case Code::kContains:
      if constexpr (kExplain) begin_records();
      return type != json::tape::kArray ? after(pc) : contained(pc, children());
    case Code::kDependentSchemas: {
      if (type != json::tape::kObject) return after(pc);
      find_names(tables_.dependencies[op.a].keys, v_);
      Iteration it;
      it.seen = scratch_.present.empty() ? 0 : scratch_.present[0];
      return dependent(pc, it);
    }
    case Code::kTrackBegin: track_begin(); return after(pc);
    case Code::kTrackEnd: track_end(op); return after(pc);
    case Code::kUnevaluated: {
      const char wanted = op.n == 1 ? json::tape::kObject : json::tape::kArray;
      return type != wanted ? after(pc) : unevaluated(pc, children());
    }
    default: return after(pc);
  }
}

template <bool kExplain>
auto Machine<kExplain>::resume(const Frame& frame) -> Next {
  if (is_walked(frame.kind, frame.pc)) return walk(frame.pc, frame.it);
  switch (frame.kind) {
    case Code::kObject: return members(frame.pc, frame.it);
    case Code::kArray: return elements(frame.pc, frame.it);
    case Code::kPropertyNames: return names(frame.pc, frame.it);
    case Code::kDependentSchemas: return dependent(frame.pc, frame.it);
    case Code::kUnevaluated: return unevaluated(frame.pc, frame.it);
    default: return after(frame.pc);
  }
}

template <bool kExplain>
auto Machine<kExplain>::returned() -> Next {
  // Popped, but not overwritten before it has been read: the next push copies from what was read.
  const Frame& frame = scratch_.frames[--depth_];
  v_ = frame.v;
  if constexpr (kExplain) {
    bad_ = frame.bad;
    mark_ = frame.mark;
    best_ = frame.best;
    penalty_ = frame.penalty;
    if (is_branch(frame.kind)) --branches_;
  }
  return is_branch(frame.kind) ? branch_held(frame) : resume(frame);
}

template <bool kExplain>
auto Machine<kExplain>::failed() -> Next {
  while (depth_ > 0) {
    const Frame& frame = scratch_.frames[--depth_];
    const bool branch = is_branch(frame.kind);
    if (!kExplain && !branch) continue;
    v_ = frame.v;
    if constexpr (kExplain) {
      bad_ = frame.bad;
      mark_ = frame.mark;
      best_ = frame.best;
      penalty_ = frame.penalty;
      if (!branch) {
        bad_ = true;
        return resume(frame);
      }
      --branches_;
    }
    return branch_failed(frame);
  }
  return Next::kStop;
}

template <bool kExplain>
auto Machine<kExplain>::branch_held(const Frame& frame) -> Next {
  const Op& op = op_at(frame.pc);
  const bool marking = frame.kind != Code::kNot && marks(frame.pc);
  Iteration it = frame.it;
  drop_copy(frame, marking);
  forget_records(frame.kind == Code::kOneOf ? mark_ + best_ : mark_);
  switch (frame.kind) {
    case Code::kNot: restore_set(frame, false); return fail_op(frame.pc);
    case Code::kIf: return op.b == kNoBlock ? after(frame.pc) : enter(op.b, v_, Code::kCall, frame.pc, {});
    case Code::kContains:
      ++it.seen;
      if (marking) mark(it.index - 1);
      return contained(frame.pc, it);
    case Code::kAnyOf: best_ = 0; return any_of(frame.pc, it.seen, it.index, true);
    default: return one_of(frame.pc, it.seen, it.index, it.stage + 1);
  }
}

template <bool kExplain>
auto Machine<kExplain>::branch_failed(const Frame& frame) -> Next {
  const Op& op = op_at(frame.pc);
  restore_set(frame, frame.kind != Code::kNot && marks(frame.pc));
  switch (frame.kind) {
    case Code::kNot: forget_records(mark_); return after(frame.pc);
    case Code::kIf:
      forget_records(mark_);
      return op.c == kNoBlock ? after(frame.pc) : enter(op.c, v_, Code::kCall, frame.pc, {});
    case Code::kContains: forget_records(mark_); return contained(frame.pc, frame.it);
    case Code::kAnyOf:
      keep_best(tables_.choices[op.a], frame.it);
      return any_of(frame.pc, frame.it.seen, frame.it.index, frame.it.matched);
    default:
      keep_best(tables_.choices[op.a], frame.it);
      return one_of(frame.pc, frame.it.seen, frame.it.index, frame.it.stage);
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
