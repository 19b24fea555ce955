#include "schema/equal.h"

#include <bit>
#include <cmath>

#include "schema/number.h"

namespace portico::schema {
namespace {

using json::TapeView;
namespace tape = json::tape;

__extension__ using Wide = unsigned __int128;

bool is_number(char type) {
  return type == tape::kInteger || type == tape::kUnsigned || type == tape::kDouble || type == tape::kBigNumber;
}

bool equal_numbers(const TapeView& left, std::size_t a, const TapeView& right, std::size_t b) {
  const char x = left.type(a);
  const char y = right.type(b);
  if (x == y && x != tape::kBigNumber) {
    return x == tape::kDouble ? left.real(a) == right.real(b) : left.words[a + 1] == right.words[b + 1];
  }
  Decimal value;
  Decimal other;
  if (!decimal_at(left, a, value) || !decimal_at(right, b, other)) {
    return x == y && left.text(a) == right.text(b);
  }
  return compare(value, other) == 0;
}

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<Wide>(a ^ UINT64_C(0xa0761d6478bd642f)) * (b ^ UINT64_C(0xe7037ed1a0b428db));
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t state = text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof(word));
    state = fold(state, word);
    text.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  return fold(state, rest);
}

// Equal numbers hash alike: by the nearest double, which 64-bit integers share only with their neighbours.
std::uint64_t hash_number(const TapeView& view, std::size_t at) {
  double value = 0;
  switch (view.type(at)) {
    case tape::kInteger: value = static_cast<double>(view.integer(at)); break;
    case tape::kUnsigned: value = static_cast<double>(view.unsigned_integer(at)); break;
    default: value = view.real(at); break;
  }
  if (value == 0) value = 0;  // minus zero equals zero
  return fold(std::bit_cast<std::uint64_t>(value), 'd');
}

std::uint64_t hash_value(const TapeView& view, std::size_t root, EqualScratch& scratch, std::int64_t& steps) {
  auto& open = scratch.open;
  open.clear();
  std::size_t at = root;
  while (true) {
    --steps;
    const char type = view.type(at);
    std::uint64_t hash = 0;
    bool opened = false;
    if (type == tape::kObject || type == tape::kArray) {
      const auto end = static_cast<std::uint32_t>(view.after(at) - 1);
      open.push_back(
          {end, static_cast<std::uint32_t>(at + 1), static_cast<std::uint64_t>(type), 0, type == tape::kObject});
      opened = true;
    } else if (type == tape::kString) {
      hash = hash_text(view.text(at));
      steps -= static_cast<std::int64_t>(view.text(at).size() / 64);
    } else {
      hash = is_number(type) ? hash_number(view, at) : static_cast<std::uint64_t>(type);
    }
    // Hand the value to what encloses it; containers that end with it are values in turn.
    while (!open.empty()) {
      EqualScratch::Open& top = open.back();
      if (!opened) top.hash = top.object ? top.hash + fold(top.key, hash) : fold(top.hash, hash);
      opened = false;
      if (top.at < top.end) {
        if (top.object) top.key = hash_text(view.text(top.at++));
        at = top.at;
        top.at = static_cast<std::uint32_t>(view.next(at));
        break;
      }
      hash = fold(top.hash, top.object ? '{' : '[');
      open.pop_back();
      if (open.empty()) return hash;
    }
    if (open.empty()) return hash;
  }
}

// Pushes the pairs of values that must be equal for two containers to be; false when they cannot be.
bool expand(const TapeView& left, std::size_t a, const TapeView& right, std::size_t b, EqualScratch& scratch,
            std::int64_t& steps) {
  const std::size_t left_end = left.after(a) - 1;
  const std::size_t right_end = right.after(b) - 1;
  if (left.saturated_count(a) != right.saturated_count(b)) return false;
  if (left.type(a) == tape::kArray) {
    std::size_t i = a + 1;
    std::size_t j = b + 1;
    for (; i < left_end && j < right_end; i = left.next(i), j = right.next(j)) {
      scratch.pairs.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j)});
    }
    return i >= left_end && j >= right_end;
  }
  std::size_t expected = b + 1;  // members mostly stand in the same order
  for (std::size_t i = a + 1; i < left_end; i = left.next(i + 1)) {
    const std::string_view key = left.text(i);
    std::size_t j = expected < right_end && right.text(expected) == key ? expected : b + 1;
    while (j < right_end && right.text(j) != key) {
      if (--steps < 0) return false;
      j = right.next(j + 1);
    }
    if (j >= right_end) return false;
    expected = right.next(j + 1);
    scratch.pairs.push_back({static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(j + 1)});
  }
  return true;
}

bool all_different_in(const TapeView& view, std::size_t at, EqualScratch& scratch, std::int64_t& steps) {
  const std::size_t end = view.after(at) - 1;
  const std::size_t first = at + 1;
  if (first >= end) return true;
  const std::size_t second = view.next(first);
  if (second >= end) return true;
  std::size_t count = view.saturated_count(at);
  if (count >= 0xffffff) count = end - first;
  const std::size_t size = std::bit_ceil(count * 2);
  steps -= static_cast<std::int64_t>(size / 8);
  scratch.slots.assign(size, {0, 0});
  for (std::size_t i = first; i < end; i = view.next(i)) {
    const std::uint64_t hash = hash_value(view, i, scratch, steps);
    std::size_t slot = hash & (size - 1);
    while (scratch.slots[slot].at != 0) {
      if (--steps < 0) return false;
      if (scratch.slots[slot].hash == hash && equal(view, scratch.slots[slot].at, view, i, scratch, steps)) {
        return false;
      }
      slot = (slot + 1) & (size - 1);
    }
    scratch.slots[slot] = {hash, static_cast<std::uint32_t>(i)};
  }
  return true;
}

}  // namespace

bool equal(const TapeView& left, std::size_t left_at, const TapeView& right, std::size_t right_at,
           EqualScratch& scratch, std::int64_t& steps) {
  auto& pairs = scratch.pairs;
  pairs.clear();
  pairs.push_back({static_cast<std::uint32_t>(left_at), static_cast<std::uint32_t>(right_at)});
  while (!pairs.empty()) {
    if (--steps < 0) return false;
    const auto [a, b] = pairs.back();
    pairs.pop_back();
    const char x = left.type(a);
    const char y = right.type(b);
    if (is_number(x) && is_number(y)) {
      if (!equal_numbers(left, a, right, b)) return false;
      continue;
    }
    if (x != y) return false;
    if (x == tape::kString && left.text(a) != right.text(b)) return false;
    if ((x == tape::kObject || x == tape::kArray) && !expand(left, a, right, b, scratch, steps)) return false;
  }
  return true;
}

bool all_different(const TapeView& view, std::size_t at, EqualScratch& scratch, std::int64_t& steps) {
  // One huge array must not pin its table in a worker for ever.
  constexpr std::size_t kKeptSlots = std::size_t{1} << 18;
  const bool different = all_different_in(view, at, scratch, steps);
  if (scratch.slots.capacity() > kKeptSlots) scratch.slots = {};
  return different;
}

}  // namespace portico::schema
