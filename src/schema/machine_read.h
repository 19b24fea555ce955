// Validating while reading: one walk from a document's bytes to its tape and its verdict, for as long as the schema is
// as plain as machine_walk.h wants it. Where it is not, the value at hand is read to its end and the machine runs on
// what then stands on the tape. Part of machine.h.
//
// The reader says yes, or nothing: what it cannot accept may be no JSON, a schema's refusal, or beyond a limit, and who
// asked parses and checks once more to learn which. Keys that the schema declares are known to differ by their bits;
// only others need their signatures compared.
#pragma once

#include "json/tape_writer.h"
#include "schema/machine_flow.h"

namespace portico::schema {

// Whether one operation on containers is all that `pc` says of an array or object, whatever it holds, but for leaves.
// Gives that operation, or kNoBlock; `leaves` is where the block starts whose leaves have to be run once the container
// is on the tape, if there are any.
template <bool kExplain>
[[gnu::noinline]] std::uint32_t Machine<kExplain>::plain(std::uint32_t pc, char letter, std::uint32_t& leaves) {
  const Op* ops = tables_.ops.data();
  std::uint32_t start = pc;
  std::uint32_t found = kNoBlock;
  bool has_leaves = false;
  // References and choices can go round in circles.
  for (; --steps_ >= 0; ++pc) {
    const Op& op = ops[pc];
    const auto is_all = [&] { return found == kNoBlock && !has_leaves && ops[pc + 1].code == Code::kReturn; };
    switch (op.code) {
      case Code::kReturn: leaves = has_leaves ? start : kNoBlock; return found;
      case Code::kObject:
      case Code::kArray:
        if ((op.code == Code::kObject) != (letter == json::tape::kObject)) break;
        if (op.n == 0 || found != kNoBlock) return kNoBlock;
        found = pc;
        break;
      case Code::kCall:
        if (!is_all()) return kNoBlock;
        start = op.a;
        pc = start - 1;
        break;
      case Code::kAnyOf:
      case Code::kOneOf: {
        const Choice& choice = tables_.choices[op.a];
        if (!is_all() || op.flags != 0 || choice.count > kMaxMasked) return kNoBlock;
        const std::uint64_t left = choice.by_type[type_index(letter)];
        if (left == 0 || (left & (left - 1)) != 0) return kNoBlock;
        // One branch can hold: its answer is the choice's.
        const Child& branch = tables_.branches[choice.first + static_cast<std::uint32_t>(std::countr_zero(left))];
        if (branch.way != Way::kBlock || !allows_letter(branch.types, letter)) return kNoBlock;
        start = branch.rest;
        pc = start - 1;
        break;
      }
      default:
        if (op.code > Code::kLastLeaf) return kNoBlock;
        has_leaves = true;
        break;
    }
  }
  return kNoBlock;
}

// Whether the leaves of the block at `pc` hold.
template <bool kExplain>
[[gnu::noinline]] bool Machine<kExplain>::leaves_of(std::uint32_t pc, std::uint32_t v) {
  for (const Op* op = tables_.ops.data() + pc; op->code != Code::kReturn; ++op) {
    if (op->code <= Code::kLastLeaf && !leaf(*op, v)) return false;
  }
  return true;
}

// Whether the block at `pc` holds for what stands on the tape at `v`.
template <bool kExplain>
[[gnu::noinline]] bool Machine<kExplain>::settles(std::uint32_t pc, std::uint32_t v) {
  const Next next = approach(pc, v);
  if (next != Next::kOperation) return next == Next::kReturned;
  depth_ = 0;
  return run(pc, v) == Outcome::kAccepted;
}

template <bool kExplain>
bool Machine<kExplain>::read(std::uint32_t entry, const json::TapeSource& source, std::size_t& words) {
  enum class State : std::uint8_t { kKey, kMemberEnd, kElement, kElementEnd, kDone, kFailed };
  const TapeView tape = tape_;
  const NamePools& pools = tables_.names;
  const Op* ops = tables_.ops.data();
  if (scratch_.levels.size() < source.max_depth) scratch_.levels.resize(source.max_depth);
  Level* const levels = scratch_.levels.data();
  json::TapeWriter w(source);
  std::uint32_t depth = 0;
  // The innermost container, in variables of its own so that these live in registers; see Level.
  const ObjectTable* table = nullptr;
  const Child* items = nullptr;
  std::uint64_t* word = nullptr;
  json::DuplicateFinder::Signature* signatures = nullptr;
  std::uint64_t seen = 0;
  std::uint64_t keys = 0;
  std::uint32_t expected = 0;
  std::uint32_t commas = 0;
  std::uint32_t leaves = kNoBlock;

  const auto enter_level = [&](std::uint32_t pc, std::uint32_t rest, char letter) __attribute__((always_inline)) {
    levels[depth++] = {table, items, word, signatures, seen, keys, expected, commas, leaves};
    const bool object = letter == json::tape::kObject;
    table = object ? &tables_.objects[ops[pc].a] : nullptr;
    items = object ? nullptr : &tables_.arrays[ops[pc].a].items;
    word = w.begin();
    signatures = w.signature();
    seen = 0;
    keys = 0;
    expected = 0;
    commas = 0;
    leaves = rest;
    return object ? State::kKey : State::kElement;
  };
  const auto leave_level = [&](bool object) __attribute__((always_inline)) {
    if (!w.end({word, signatures, commas, object})) return State::kFailed;
    if (object && (table->required & ~seen) != 0) return State::kFailed;
    if (leaves != kNoBlock && !leaves_of(leaves, static_cast<std::uint32_t>(word - w.words()))) return State::kFailed;
    const Level& outer = levels[--depth];
    table = outer.table;
    items = outer.items;
    word = outer.word;
    signatures = outer.signatures;
    seen = outer.seen;
    keys = outer.keys;
    expected = outer.expected;
    commas = outer.commas;
    leaves = outer.leaves;
    if (depth == 0) return State::kDone;
    return table != nullptr ? State::kMemberEnd : State::kElementEnd;
  };
  const auto value = [&](const Child& child, State then) __attribute__((always_inline)) {
    const std::uint32_t v = w.position();
    const std::uint8_t first = w.peek();
    if (first == '{' || first == '[') [[unlikely]] {
      const char letter = static_cast<char>(first);
      std::uint32_t rest = kNoBlock;
      std::uint32_t pc = kNoBlock;
      w.take();
      if (!w.empty(first)) {
        if (!allows_letter(child.types, letter) || depth == source.max_depth) return State::kFailed;
        if (child.way == Way::kBlock || child.way == Way::kChoice) {
          const Op& op = ops[child.rest];
          const Code wanted = letter == json::tape::kObject ? Code::kObject : Code::kArray;
          const bool alone = op.code == wanted && op.n != 0 && ops[child.rest + 1].code == Code::kReturn;
          pc = alone ? child.rest : plain(child.rest, letter, rest);
        }
        if (pc != kNoBlock) return enter_level(pc, rest, letter);
        w.put_back();
        if (!w.value_apart(depth)) return State::kFailed;
      }
    } else if (!(first == '"' ? w.string() : w.scalar())) {
      return State::kFailed;
    }
    const Verdict verdict = decide(child, v, tape);
    if (verdict == Verdict::kHolds) [[likely]]
      return then;
    return verdict == Verdict::kOpen && settles(child.rest, v) ? then : State::kFailed;
  };

  Child root;
  root.rest = entry;
  root.way = Way::kBlock;
  State state = value(root, State::kDone);
  while (true) {
    switch (state) {
      case State::kKey: {
        state = State::kFailed;
        if (w.peek() != '"') break;
        // Writers keep to an order of their own: what followed the last time mostly follows again.
        std::uint32_t& follower = scratch_.followers[table->first_follower + expected];
        std::uint32_t key = follower;
        const Name* declared = pools.names.data() + table->keys.first;
        const std::uint8_t* text = w.bytes() + w.place() + 1;
        const std::uint32_t length = w.likely_length();
        if (key >= table->keys.count || !pools.stands_at(declared[key], text, length) || !w.known_string(length))
            [[unlikely]] {
          if (!w.string()) break;
          key = static_cast<std::uint32_t>(pools.find_text(table->keys, text, tape.length(w.position() - 1)));
          if (key != UINT32_MAX) follower = key;
        }
        const Child* child = nullptr;
        if (key != UINT32_MAX) {
          expected = key + 1;
          child = tables_.children.data() + table->first_child + key;
          seen |= UINT64_C(1) << child->required;
          const std::uint64_t bit = UINT64_C(1) << (key & 63);
          if (key >= 64) {
            w.sign();
          } else if ((keys & bit) != 0 && source.duplicates != nullptr) {
            break;
          }
          keys |= bit;
        } else [[unlikely]] {
          w.sign();
          child = table->pattern_count == 0 ? &table->others : &undeclared(*table, w.position() - 1);
        }
        if (w.take() == ':') state = value(*child, State::kMemberEnd);
        break;
      }
      case State::kMemberEnd: {
        const std::uint8_t c = w.take();
        if (c == ',') {
          ++commas;
          state = State::kKey;
        } else {
          state = c == '}' ? leave_level(true) : State::kFailed;
        }
        break;
      }
      case State::kElement: state = value(*items, State::kElementEnd); break;
      case State::kElementEnd: {
        const std::uint8_t c = w.take();
        if (c == ',') {
          ++commas;
          state = State::kElement;
        } else {
          state = c == ']' ? leave_level(false) : State::kFailed;
        }
        break;
      }
      case State::kDone:
        if (!w.finish()) return false;
        words = w.count();
        return true;
      case State::kFailed: return false;
    }
  }
}

}  // namespace portico::schema
