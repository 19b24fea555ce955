// The operations that look at one value alone. Part of the machine (machine.h).
#pragma once

#include <array>
#include <bit>

#include "schema/content.h"
#include "schema/formats.h"
#include "schema/scratch.h"

namespace portico::schema {

// The number of code points in valid UTF-8: bytes that do not continue one.
inline std::uint32_t code_points(std::string_view text) {
  std::uint32_t count = 0;
  for (const char c : text) count += static_cast<std::uint32_t>((static_cast<unsigned char>(c) & 0xc0) != 0x80);
  return count;
}

// The bit of WideTypes that a word's letter stands for; none for big numbers, which take a closer look.
constexpr auto kLetterBits = [] {
  std::array<std::uint8_t, 256> bits{};
  bits['n'] = kTypeNull;
  bits['t'] = bits['f'] = kTypeBoolean;
  bits['l'] = bits['u'] = kTypeInteger;
  bits['d'] = kTypeNumber;
  bits['"'] = kTypeString;
  bits['['] = kTypeArray;
  bits['{'] = kTypeObject;
  return bits;
}();

constexpr auto kTypeIndexes = [] {
  std::array<std::uint8_t, 256> indexes{};
  for (std::size_t c = 0; c < indexes.size(); ++c) {
    indexes[c] = static_cast<std::uint8_t>(type_index(static_cast<char>(c)));
  }
  return indexes;
}();

// How many words of the tape a value takes, by its word's letter; 0 for containers, which say where they end.
constexpr auto kWidths = [] {
  std::array<std::uint8_t, 256> widths{};
  widths.fill(1);
  widths['['] = widths['{'] = 0;
  widths['l'] = widths['u'] = widths['d'] = widths['N'] = 2;
  return widths;
}();

class Leaves {
 protected:
  using TapeView = json::TapeView;

  Leaves(const Tables& tables, TapeView tape, Scratch& scratch, std::int64_t steps)
      : tables_(tables), tape_(tape), scratch_(scratch), steps_(steps) {}

  bool allows(WideTypes types, std::size_t v) const {
    const char letter = tape_.type(v);
    if ((types & kLetterBits[static_cast<unsigned char>(letter)]) != 0) [[likely]]
      return true;
    return is_rare_number(types, letter, v);
  }

  // Whether a container may stand there, by its letter.
  static bool allows_letter(WideTypes types, char letter) {
    return (types & kLetterBits[static_cast<unsigned char>(letter)]) != 0;
  }

  enum class Verdict : std::uint8_t { kHolds, kFails, kOpen };

  // Decides a simple child for the value at `v`; kOpen when its block has to run. `tape` is a copy of tape_ that the
  // caller's loop keeps in registers.
  [[gnu::always_inline]] inline Verdict decide(const Child& child, std::size_t v, const TapeView& tape) {
    const std::uint64_t word = tape.words[v];
    const auto letter = static_cast<unsigned char>(word >> 56);
    if ((child.types & kLetterBits[letter]) == 0) [[unlikely]] {
      if (!is_rare_number(child.types, static_cast<char>(letter), v)) return Verdict::kFails;
    }
    switch (child.way) {
      case Way::kDone: return Verdict::kHolds;
      case Way::kBlock: return Verdict::kOpen;
      case Way::kSize: {
        if (letter != json::tape::kString) break;
        const std::int64_t size = tape.length(v);
        if (size >= child.low && size <= child.high) return Verdict::kHolds;
        break;
      }
      case Way::kRange: {
        if (letter != json::tape::kInteger) break;
        const std::int64_t value = tape.integer(v);
        if (value >= child.low && value <= child.high) return Verdict::kHolds;
        break;
      }
      case Way::kStrings: {
        if (letter != json::tape::kString) break;
        const KeyTable& known = tables_.enums[static_cast<std::uint32_t>(child.low)].strings;
        return tables_.names.find_text(known, tape.bytes(v), tape.length(v)) >= 0 ? Verdict::kHolds : Verdict::kFails;
      }
      case Way::kChoice: {
        const Choice& choice = tables_.choices[static_cast<std::uint32_t>(child.low)];
        const std::uint64_t left = choice.by_type[kTypeIndexes[letter]];
        // One branch that says no more than the type is the answer.
        if (left == 0 || (left & (left - 1)) != 0) return Verdict::kOpen;
        const Child& branch = tables_.branches[choice.first + static_cast<std::uint32_t>(std::countr_zero(left))];
        if (branch.way != Way::kDone) return Verdict::kOpen;
        return allows(branch.types, v) ? Verdict::kHolds : Verdict::kFails;
      }
      case Way::kLeaves: break;
    }
    return leaves_hold(child.rest, v) ? Verdict::kHolds : Verdict::kFails;
  }

  // Whether all leaves from `pc` to the end of the block hold. The commonest are decided here, without a call.
  [[gnu::noinline]] bool leaves_hold(std::uint32_t pc, std::size_t v) {
    const char type = tape_.type(v);
    for (const Op* op = tables_.ops.data() + pc;; ++op) {
      switch (op->code) {
        case Code::kReturn: return true;
        case Code::kMinimum:
        case Code::kMaximum: {
          const Bound& bound = tables_.bounds[op->a];
          if (type != json::tape::kInteger || !bound.is_integer) {
            if (!leaf(*op, v)) return false;
            break;
          }
          const std::int64_t value = tape_.integer(v);
          const bool below = op->code == Code::kMinimum ? value < bound.integer : value > bound.integer;
          if (below || (op->n != 0 && value == bound.integer)) return false;
          break;
        }
        case Code::kMinLength:
          // At most four bytes a code point.
          if (type == json::tape::kString && tape_.text(v).size() / 4 >= op->a) break;
          if (!leaf(*op, v)) return false;
          break;
        case Code::kMaxLength:
          if (type == json::tape::kString && tape_.text(v).size() <= op->a) break;
          if (!leaf(*op, v)) return false;
          break;
        case Code::kEnum:
          if (!(type == json::tape::kString ? is_known_string(op->a, v) : is_known_value(op->a, v))) return false;
          break;
        default:
          if (!leaf(*op, v)) return false;
          break;
      }
      --steps_;
    }
  }

  [[gnu::noinline]] bool leaf(const Op& op, std::size_t v) {
    const char type = tape_.type(v);
    switch (op.code) {
      case Code::kTypes: return allows(op.n, v);
      case Code::kFail:
        return op.n == static_cast<std::uint16_t>(FailReason::kRefusedPattern) && type != json::tape::kString;
      case Code::kConst: return equal(tables_.constants.view(), op.a, tape_, v, scratch_.equal, steps_);
      case Code::kEnum: return type == json::tape::kString ? is_known_string(op.a, v) : is_known_value(op.a, v);
      case Code::kMinimum: return !is_number(type) || against(op.a, v) >= op.n;
      case Code::kMaximum: return !is_number(type) || -against(op.a, v) >= op.n;
      case Code::kMultipleOf: return !is_number(type) || is_multiple(tape_, v, tables_.bounds[op.a], literal(op.a));
      case Code::kMinLength: return type != json::tape::kString || has_length(v, op.a, UINT32_MAX);
      case Code::kMaxLength: return type != json::tape::kString || has_length(v, 0, op.a);
      case Code::kPattern: return type != json::tape::kString || matches(op.a, tape_.text(v));
      case Code::kFormat: return has_format(static_cast<Format>(op.n), tape_, v);
      case Code::kContent: return type != json::tape::kString || has_content(op.n, tape_.text(v));
      case Code::kMinItems: return type != json::tape::kArray || size_at_least(v, op.a);
      case Code::kMaxItems: return type != json::tape::kArray || !size_at_least(v, std::uint64_t{op.a} + 1);
      case Code::kUnique: return type != json::tape::kArray || all_different(tape_, v, scratch_.equal, steps_);
      case Code::kMinProperties: return type != json::tape::kObject || size_at_least(v, op.a);
      case Code::kMaxProperties: return type != json::tape::kObject || !size_at_least(v, std::uint64_t{op.a} + 1);
      case Code::kRequired: return type != json::tape::kObject || has_all(tables_.requirements[op.a].names, v);
      case Code::kDependentRequired:
        return type != json::tape::kObject || first_missing_dependency(op.a, v) == kNoBlock;
      default: return true;
    }
  }

  static bool is_number(char type) {
    return type == json::tape::kInteger || type == json::tape::kDouble || type == json::tape::kUnsigned ||
           type == json::tape::kBigNumber;
  }

  NameWords words_at(std::size_t v) const { return words_of_name(tape_.bytes(v), tape_.length(v)); }

  bool matches(std::uint32_t pattern, std::string_view text) {
    steps_ -= static_cast<std::int64_t>(text.size() / 16);
    return tables_.patterns[pattern].matches(text);
  }

  // Number of members or elements; exact, whatever the tape's counter holds.
  std::uint64_t size_of(std::size_t v) {
    const std::uint32_t count = tape_.saturated_count(v);
    if (count < 0xffffff) [[likely]]
      return count;
    const std::size_t end = tape_.after(v) - 1;
    const bool object = tape_.type(v) == json::tape::kObject;
    std::uint64_t exact = 0;
    for (std::size_t i = v + 1; i < end; i = tape_.next(object ? i + 1 : i)) ++exact;
    steps_ -= static_cast<std::int64_t>(exact);
    return exact;
  }
  bool size_at_least(std::size_t v, std::uint64_t min) { return size_of(v) >= min; }

  // Sets a bit of scratch.present for each name of `table` that the object has.
  void find_names(const KeyTable& table, std::size_t v) {
    scratch_.present.assign((table.count + 63) / 64, 0);
    const std::size_t end = tape_.after(v) - 1;
    for (std::size_t i = v + 1; i < end; i = tape_.next(i + 1)) {
      --steps_;
      const int index = tables_.names.find(table, words_at(i));
      if (index >= 0) scratch_.present[static_cast<std::size_t>(index) / 64] |= UINT64_C(1) << (index % 64);
    }
  }
  bool is_present(std::uint32_t index) const { return ((scratch_.present[index / 64] >> (index % 64)) & 1) != 0; }

  bool has_all(const KeyTable& names, std::size_t v) {
    find_names(names, v);
    for (std::uint32_t i = 0; i < names.count; ++i) {
      if (!is_present(i)) return false;
    }
    return true;
  }

  // The index of the first entry whose trigger is there and whose needed name is not, or kNoBlock.
  std::uint32_t first_missing_dependency(std::uint32_t table, std::size_t v) {
    const Dependencies& dependencies = tables_.dependencies[table];
    find_names(dependencies.keys, v);
    for (std::uint32_t i = 0; i < dependencies.count; ++i) {
      const DependentNames& entry = tables_.dependent_names[dependencies.first + i];
      if (is_present(entry.trigger) && !is_present(entry.needed)) return dependencies.first + i;
    }
    return kNoBlock;
  }

  const Tables& tables_;
  const TapeView tape_;
  Scratch& scratch_;
  std::int64_t steps_;

 private:
  // 1.0 where an integer is wanted, and numbers that only their literal holds.
  [[gnu::noinline]] bool is_rare_number(WideTypes types, char letter, std::size_t v) const {
    if (letter == json::tape::kDouble) return (types & kTypeWhole) != 0 && is_whole(tape_, v);
    if (letter != json::tape::kBigNumber) return false;
    if ((types & kTypeNumber) != 0) return true;
    if ((types & kTypeInteger) == 0) return false;
    // Written as a whole number, or one by value where that counts.
    return tape_.text(v).find_first_of(".eE") == std::string_view::npos ||
           ((types & kTypeWhole) != 0 && is_whole(tape_, v));
  }

  std::string_view literal(std::uint32_t bound) const {
    const Bound& b = tables_.bounds[bound];
    return std::string_view(tables_.texts).substr(b.literal, b.literal_size);
  }
  int against(std::uint32_t bound, std::size_t v) const {
    const Bound& b = tables_.bounds[bound];
    if (b.is_integer && tape_.type(v) == json::tape::kInteger) [[likely]] {
      const std::int64_t value = tape_.integer(v);
      return static_cast<int>(value > b.integer) - static_cast<int>(value < b.integer);
    }
    const int order = compare(tape_, v, b, literal(bound));
    return static_cast<int>(order > 0) - static_cast<int>(order < 0);
  }

  bool has_length(std::size_t v, std::uint32_t min, std::uint32_t max) {
    const std::string_view text = tape_.text(v);
    // A code point takes one to four bytes: most strings are decided by their size.
    if (text.size() < min) return false;
    if (text.size() <= max && text.size() / 4 >= min) return true;
    if (text.size() / 4 > max) return false;
    steps_ -= static_cast<std::int64_t>(text.size() / 64);
    const std::uint32_t length = code_points(text);
    return length >= min && length <= max;
  }

  bool is_known_string(std::uint32_t table, std::size_t v) const {
    return tables_.names.find(tables_.enums[table].strings, words_at(v)) >= 0;
  }
  bool is_known_value(std::uint32_t table, std::size_t v) {
    const EnumTable& known = tables_.enums[table];
    for (std::uint32_t i = 0; i < known.count; ++i) {
      const std::uint32_t constant = tables_.constant_places[known.first + i];
      if (equal(tables_.constants.view(), constant, tape_, v, scratch_.equal, steps_)) return true;
    }
    return false;
  }
};

}  // namespace portico::schema
