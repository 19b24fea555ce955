// The fast pass over plain containers: objects with one pattern at most and arrays of one item schema, when nobody asks
// which children were evaluated. Nearly all of a document is such, so its containers are walked within one function,
// from one into the next and back, and the machine's loop is left out of it. Part of machine.h.
#pragma once

#include "schema/machine_children.h"

namespace portico::schema {

// What can be said of `v` before a frame is made for the block at `pc`: kReturned or kFailed when that decides it, or
// kOperation, with `pc` moved to the operation that has to run.
template <bool kExplain>
auto Machine<kExplain>::approach(std::uint32_t& pc, std::uint32_t v) -> Next {
  const char type = tape_.type(v);
  const Op* ops = tables_.ops.data();
  while (true) {
    // References and choices can go round in circles.
    if (--steps_ < 0) return Next::kStop;
    const Op& op = ops[pc];
    switch (op.code) {
      case Code::kReturn: return Next::kReturned;
      case Code::kObject:
        if (type == json::tape::kObject) return Next::kOperation;
        ++pc;
        break;
      case Code::kArray:
        if (type == json::tape::kArray) return Next::kOperation;
        ++pc;
        break;
      case Code::kCall:
        if (ops[pc + 1].code != Code::kReturn) return Next::kOperation;
        pc = op.a;
        break;
      case Code::kAnyOf:
      case Code::kOneOf: {
        const Choice& choice = tables_.choices[op.a];
        if (op.flags != 0 || choice.count > kMaxMasked || ops[pc + 1].code != Code::kReturn) return Next::kOperation;
        const std::uint64_t left = choose(choice, v);
        if (left == 0) return Next::kFailed;
        if ((left & (left - 1)) != 0) return Next::kOperation;
        // One branch can hold: its answer is the choice's.
        const Child& branch = tables_.branches[choice.first + static_cast<std::uint32_t>(std::countr_zero(left))];
        const Verdict verdict = decide(branch, v, tape_);
        if (verdict != Verdict::kOpen) return verdict == Verdict::kHolds ? Next::kReturned : Next::kFailed;
        pc = branch.rest;
        break;
      }
      default:
        if (op.code > Code::kLastLeaf) return Next::kOperation;
        if (!leaf(op, v)) return Next::kFailed;
        ++pc;
        break;
    }
  }
}

// What is said of a member that the table does not name, where there is one pattern.
template <bool kExplain>
[[gnu::noinline]] const Child& Machine<kExplain>::undeclared(const ObjectTable& table, std::uint32_t key) {
  const PatternChild& candidate = tables_.pattern_children[table.first_pattern];
  return matches(candidate.pattern, tape_.text(key)) ? candidate.child : table.others;
}

template <bool kExplain>
auto Machine<kExplain>::walk(std::uint32_t pc, const Iteration& from) -> Next {
  const TapeView tape = tape_;
  const NamePools& pools = tables_.names;
  const Op* ops = tables_.ops.data();
  std::uint64_t seen = from.seen;
  std::uint32_t cursor = from.cursor;
  std::uint32_t end = from.end;
  std::uint32_t expected = from.expected;
  if (cursor == v_ + 1) steps_ -= tape.saturated_count(v_);
  while (true) {
    const Child* child = nullptr;
    std::uint32_t value = 0;
    Verdict verdict = Verdict::kHolds;
    const auto pass = [&] {
      // Branches, not a table of widths: the next member must not wait for this one's word to be looked up.
      const std::uint64_t word = tape.words[value];
      const auto letter = static_cast<char>(word >> 56);
      if (letter == json::tape::kString) {
        cursor = value + 1;
      } else if (letter == json::tape::kObject || letter == json::tape::kArray) {
        cursor = static_cast<std::uint32_t>(word);
      } else {
        cursor = value + kWidths[static_cast<unsigned char>(letter)];
      }
    };
    if (ops[pc].code == Code::kObject) {
      const ObjectTable& table = tables_.objects[ops[pc].a];
      const Name* declared = pools.names.data() + table.keys.first;
      const Child* children = tables_.children.data() + table.first_child;
      std::uint32_t* followers = scratch_.followers.data() + table.first_follower;
      const std::uint32_t count = table.keys.count;
      while (cursor < end) {
        const std::uint8_t* text = tape.bytes(cursor);
        const std::uint32_t length = tape.length(cursor);
        // Writers keep to an order of their own: what followed the last time mostly follows again.
        std::uint32_t key = followers[expected];
        if (key >= count || !pools.stands_at(declared[key], text, length)) {
          key = static_cast<std::uint32_t>(pools.find_text(table.keys, text, length));
          if (key != UINT32_MAX) followers[expected] = key;
        }
        if (key != UINT32_MAX) {
          expected = key + 1;
          child = children + key;
          seen |= UINT64_C(1) << child->required;
        } else {
          child = table.pattern_count == 0 ? &table.others : &undeclared(table, cursor);
        }
        value = cursor + 1;
        pass();
        verdict = decide(*child, value, tape);
        if (verdict != Verdict::kHolds) [[unlikely]]
          break;
      }
      if (verdict == Verdict::kHolds && (table.required & ~seen) != 0) return Next::kFailed;
    } else {
      child = &tables_.arrays[ops[pc].a].items;
      while (cursor < end) {
        value = cursor;
        pass();
        verdict = decide(*child, value, tape);
        if (verdict != Verdict::kHolds) [[unlikely]]
          break;
      }
    }
    if (verdict == Verdict::kFails) return Next::kFailed;
    if (verdict == Verdict::kOpen) {
      std::uint32_t start = child->rest;
      const Next next = approach(start, value);
      if (next == Next::kReturned) continue;
      if (next != Next::kOperation) return next;
      const Code kind = ops[pc].code;
      if (enter(start, value, kind, pc, {seen, cursor, end, 0, expected, kNextMember, false}) != Next::kOperation) {
        return Next::kStop;
      }
      if (!is_walked(ops[start].code, start)) return Next::kOperation;
      pc = start;
      seen = 0;
      cursor = value + 1;
      end = static_cast<std::uint32_t>(tape.after(value) - 1);
      expected = 0;
      steps_ -= tape.saturated_count(value);
      continue;
    }
    // The container holds. If nothing else is said of it, its parent goes on.
    if (ops[pc + 1].code != Code::kReturn || depth_ == 0) return after(pc);
    const Frame& frame = scratch_.frames[depth_ - 1];
    if (!is_walked(frame.kind, frame.pc)) return after(pc);
    --depth_;
    v_ = frame.v;
    pc = frame.pc;
    seen = frame.it.seen;
    cursor = frame.it.cursor;
    end = frame.it.end;
    expected = frame.it.expected;
  }
}

}  // namespace portico::schema
