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

#include <algorithm>
#include <bit>

#include "schema/machine_leaf.h"

namespace portico::json {
struct TapeSource;
}

namespace portico::schema {

template <bool kExplain>
class Machine : private Leaves {
 public:
  Machine(const Tables& tables, TapeView tape, Scratch& scratch, std::int64_t steps, std::size_t max_frames,
          std::size_t max_records = 0)
      : Leaves(tables, tape, scratch, steps),
        max_frames_(max_frames),
        max_records_(max_records),
        frames_size_(scratch.frames.size()) {
    const std::size_t followers = tables.children.size() + tables.objects.size();
    if (scratch_.followers.size() < followers) [[unlikely]]
      scratch_.followers.resize(followers);
    scratch_.pool.clear();
    scratch_.outer_sets.clear();
    scratch_.records.clear();
  }

  // Runs the block at `entry` on the value at a word of the tape.
  Outcome run(std::uint32_t entry, std::size_t value = TapeView::kFirst);

  // Reads the document of `source` and runs the block at `entry` on it meanwhile. The machine's tape is the one that is
  // being written. True when the document is whole and accepted: `words` are on the tape.
  bool read(std::uint32_t entry, const json::TapeSource& source, std::size_t& words);

 private:
  enum class Next : std::uint8_t { kOperation, kReturned, kFailed, kStop };
  static constexpr std::uint32_t kNoSet = 0xffffffff;
  static constexpr std::uint32_t kNextMember = 0xffffffff;
  static constexpr std::uint32_t kHopeless = 1000;  // the penalty of a branch whose type is another
  // No document needs more reasons; what is counted beyond is not kept.
  static constexpr std::size_t kMostRecords = 2000;

  const Op& op_at(std::uint32_t pc) const { return tables_.ops[pc]; }

  // machine_flow.h
  Next step();
  Next start(const Op& op);
  Next returned();
  Next failed();
  Next resume(const Frame& frame);
  Next branch_held(const Frame& frame);
  Next branch_failed(const Frame& frame);

  // machine_walk.h
  Next walk(std::uint32_t pc, const Iteration& from);
  Next approach(std::uint32_t& pc, std::uint32_t v);
  const Child& undeclared(const ObjectTable& table, std::uint32_t key);
  bool is_walked(Code kind, std::uint32_t pc) const {
    return !kExplain && (kind == Code::kObject || kind == Code::kArray) && op_at(pc).n != 0;
  }

  // machine_read.h
  std::uint32_t plain(std::uint32_t pc, char letter, std::uint32_t& leaves);
  bool leaves_of(std::uint32_t pc, std::uint32_t v);
  bool settles(std::uint32_t pc, std::uint32_t v);

  // machine_children.h; each goes on with operation `pc` from `it`.
  Next members(std::uint32_t pc, const Iteration& from);
  Next end_of_members(std::uint32_t pc, std::uint64_t seen);
  Next elements(std::uint32_t pc, const Iteration& from);
  Next names(std::uint32_t pc, const Iteration& from);
  Next contained(std::uint32_t pc, Iteration it);
  Next any_of(std::uint32_t pc, std::uint64_t left, std::uint32_t index, bool matched);
  Next one_of(std::uint32_t pc, std::uint64_t left, std::uint32_t index, std::uint32_t held);
  Next dependent(std::uint32_t pc, Iteration it);
  Next unevaluated(std::uint32_t pc, Iteration it);

  // Goes on with the operation behind `pc`.
  Next after(std::uint32_t pc) {
    pc_ = pc + 1;
    return Next::kOperation;
  }
  Next fail_op(std::uint32_t pc, Record::Kind kind = Record::Kind::kOp) {
    if constexpr (!kExplain) return Next::kFailed;
    record(kind, pc, v_, 0);
    return after(pc);
  }
  void record(Record::Kind kind, std::uint32_t pc, std::uint32_t v, std::uint32_t detail) {
    bad_ = true;
    if (scratch_.records.size() < kMostRecords) scratch_.records.push_back({kind, pc, v, detail});
  }
  void record_missing(const Op& op);

  // Puts operation `pc` on the stack to wait for `block`, which starts on `value`.
  [[gnu::always_inline]] inline Next enter(std::uint32_t block, std::uint32_t value, Code kind, std::uint32_t pc,
                                           const Iteration& it);
  // Runs `child` on `value`: decided at once if it is simple enough (kReturned or kFailed); else its block is started.
  // `state()` is where the operation stands, asked for only when it has to wait.
  template <class State>
  [[gnu::always_inline]] inline Next apply(const Child& child, std::uint32_t value, Code kind, std::uint32_t pc,
                                           const State& state);
  bool next_branch(const Choice& choice, std::uint64_t& left, std::uint32_t& index, std::uint32_t& branch) const;
  std::uint64_t choose(const Choice& choice, std::uint32_t v);
  std::uint64_t select(const Selector& selector, std::uint64_t branches, std::uint32_t v);

  bool marks(std::uint32_t pc) const { return (op_at(pc).flags & kMark) != 0; }
  static bool is_branch(Code kind) {
    return kind == Code::kAnyOf || kind == Code::kOneOf || kind == Code::kNot || kind == Code::kIf ||
           kind == Code::kContains;
  }

  // The stack.
  Frame& push() {
    if (depth_ == frames_size_) [[unlikely]] {
      frames_size_ = std::max<std::size_t>(64, 2 * depth_);
      scratch_.frames.resize(frames_size_);
    }
    return scratch_.frames[depth_++];
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

  // Records of branches. A choice's best branch so far is handed from frame to frame through these.
  void forget_records(std::uint32_t from) {
    if constexpr (kExplain) scratch_.records.resize(std::min<std::size_t>(scratch_.records.size(), from));
  }
  void begin_records() {
    mark_ = static_cast<std::uint32_t>(scratch_.records.size());
    best_ = 0;
    penalty_ = UINT32_MAX;
  }
  void keep_best(const Choice& choice, const Iteration& it);
  std::uint64_t meant_by_discriminator(const Choice& choice) const;
  Next no_branch(std::uint32_t pc);
  bool enough_records() const { return kExplain && branches_ == 0 && scratch_.records.size() >= max_records_; }

  std::size_t max_frames_;
  std::size_t max_records_;
  std::size_t frames_size_;
  std::size_t depth_ = 0;  // frames in use
  std::uint32_t pc_ = 0;
  std::uint32_t v_ = TapeView::kFirst;
  std::uint32_t set_ = kNoSet;
  std::uint32_t set_words_ = 0;
  bool bad_ = false;
  // Explaining.
  std::uint32_t branches_ = 0;  // frames on the stack whose failure is not the document's
  std::uint32_t mark_ = 0;      // of the choice at hand: see Frame
  std::uint32_t best_ = 0;
  std::uint32_t penalty_ = 0;
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
