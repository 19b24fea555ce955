// The machine that runs programs. One loop, one stack of frames of its own; nothing recurs on the depth of schema or
// instance.
//
// A block runs operation by operation. An operation that needs other blocks pushes a frame, starts the block and is
// resumed when that ends: `returned` when it held, `failed` when not. Fast, the first failure ends a block at once and
// unwinds to the innermost frame that can go on (a branch of anyOf, say). Explaining (kExplain), a failure is recorded
// and the block goes on, marked bad; it "fails" when it ends. Both ways share every rule but that one.
//
// Evaluated children (unevaluatedProperties and -Items): kTrackBegin opens a set of bits for the members or elements
// of the value; operations with kMark add to the set in force; a branch that fails takes back what it added.
#pragma once

#include <bit>

#include "schema/machine_leaf.h"

namespace portico::schema {

template <bool kExplain>
class Machine : private Leaves {
 public:
  Machine(const Tables& tables, TapeView tape, Scratch& scratch, std::int64_t steps, std::size_t max_frames,
          std::size_t max_records = 0)
      : Leaves(tables, tape, scratch, steps),
        frames_(scratch.frames),
        max_frames_(max_frames),
        max_records_(max_records) {
    frames_.clear();
    scratch_.pool.clear();
    scratch_.outer_sets.clear();
    scratch_.records.clear();
  }

  Outcome run(std::uint32_t entry);

 private:
  enum class Next : std::uint8_t { kOperation, kReturned, kFailed, kStop };
  static constexpr std::uint32_t kNoSet = 0xffffffff;
  static constexpr std::uint32_t kNextMember = 0xffffffff;
  // No document needs more reasons; what is counted beyond is not kept.
  static constexpr std::size_t kMostRecords = 2000;

  const Op& op_at(std::uint32_t pc) const { return tables_.ops[pc]; }

  Next step();
  Next start(const Op& op);
  Next returned();
  Next failed();
  Next resume(Frame& it);

  Next members(Frame& it);
  Next end_of_members(const Frame& it);
  Next elements(Frame& it);
  Next names(Frame& it);
  Next contained(Frame& it);
  Next end_of_contained(Frame& it);
  Next any_of(Frame& it);
  Next one_of(Frame& it);
  Next dependent(Frame& it);
  Next unevaluated(Frame& it);
  Next branch_held(Frame& it);
  Next branch_failed(Frame& it);

  // Goes on with the operation behind `pc`.
  Next after(std::uint32_t pc) {
    pc_ = pc + 1;
    return Next::kOperation;
  }
  Next fail_op(std::uint32_t pc, Record::Kind kind = Record::Kind::kOp, std::uint32_t detail = 0) {
    if constexpr (!kExplain) return Next::kFailed;
    record(kind, pc, v_, detail);
    return after(pc);
  }
  void record(Record::Kind kind, std::uint32_t pc, std::uint32_t v, std::uint32_t detail) {
    bad_ = true;
    if (scratch_.records.size() < kMostRecords) scratch_.records.push_back({kind, pc, v, detail});
  }

  void record_missing(const Op& op);

  // Runs `child` on `value`: decided at once if it is simple enough (kReturned or kFailed); else its block is started.
  Next apply(const Child& child, std::uint32_t value, Frame& it);
  // The same for a branch on the current value, whose failure is not that of the frame.
  Next attempt(const Child& child, std::uint32_t value, Frame& it);
  Next enter(std::uint32_t block, std::uint32_t value, Frame& it);
  bool next_branch(const Choice& choice, Frame& it, std::uint32_t& branch) const;
  void choose(const Choice& choice, Frame& it);
  std::uint64_t select(const Selector& selector, std::uint64_t branches);

  bool marks(const Frame& it) const { return (op_at(it.pc).flags & kMark) != 0; }
  static bool is_branch(Code kind) {
    return kind == Code::kAnyOf || kind == Code::kOneOf || kind == Code::kNot || kind == Code::kIf ||
           kind == Code::kContains;
  }

  // Sets of evaluated children.
  void save_set(Frame& frame, bool copy);
  void restore_set(const Frame& frame, bool copied);
  void drop_copy(const Frame& frame, bool copied) {
    if (copied) scratch_.pool.resize(frame.pool);
  }
  void mark(std::uint32_t index) { scratch_.pool[set_ + index / 64] |= UINT64_C(1) << (index % 64); }
  bool is_marked(std::uint32_t index) const { return ((scratch_.pool[set_ + index / 64] >> (index % 64)) & 1) != 0; }
  void track_begin();
  void track_end(const Op& op);

  void forget_records(std::uint32_t mark) {
    if constexpr (kExplain) scratch_.records.resize(std::min<std::size_t>(scratch_.records.size(), mark));
  }
  void keep_best(Frame& frame);
  Next no_branch(Frame& it);
  bool enough_records() const { return kExplain && branches_ == 0 && scratch_.records.size() >= max_records_; }

  std::vector<Frame>& frames_;
  std::size_t max_frames_;
  std::size_t max_records_;
  std::uint32_t pc_ = 0;
  std::uint32_t v_ = TapeView::kFirst;
  std::uint32_t set_ = kNoSet;
  std::uint32_t set_words_ = 0;
  std::uint32_t branches_ = 0;  // frames on the stack whose failure is not the document's
  bool bad_ = false;
};

// Names of kRequired and kDependentRequired that are not there; the names' bits are still in scratch.present.
template <bool kExplain>
void Machine<kExplain>::record_missing(const Op& op) {
  if (op.code == Code::kRequired) {
    const KeyTable& wanted = tables_.requirements[op.a].names;
    for (std::uint32_t i = 0; i < wanted.count; ++i) {
      if (!is_present(i)) record(Record::Kind::kMissing, pc_, v_, wanted.first + i);
    }
    return;
  }
  const Dependencies& table = tables_.dependencies[op.a];
  for (std::uint32_t i = table.first; i < table.first + table.count; ++i) {
    const DependentNames& entry = tables_.dependent_names[i];
    if (is_present(entry.trigger) && !is_present(entry.needed)) {
      record(Record::Kind::kDependentMissing, pc_, v_, i);
    }
  }
}

}  // namespace portico::schema
