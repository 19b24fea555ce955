#include "json/parse_duplicates.h"

#include <bit>
#include <random>

namespace portico::json {
namespace {

__extension__ using Wide = unsigned __int128;

}  // namespace

DuplicateFinder::DuplicateFinder() {
  std::random_device device;
  seed_ = (static_cast<std::uint64_t>(device()) << 32) | device() | 1;
}

bool DuplicateFinder::in_document(const TapeView& tape) {
  for (std::size_t i = TapeView::kFirst; i < tape.count; ++i) {
    switch (tape.type(i)) {
      case tape::kObject:
        if (in_object(tape, i)) return true;
        break;
      case tape::kInteger:
      case tape::kUnsigned:
      case tape::kDouble:
      case tape::kBigNumber: ++i; break;
      default: break;
    }
  }
  return false;
}

bool DuplicateFinder::in_object(const TapeView& tape, std::size_t at) {
  // One huge object must not pin its table for ever.
  constexpr std::size_t kKeptSlots = std::size_t{1} << 18;
  if (table_.capacity() > kKeptSlots) table_ = {};
  const std::size_t end = tape.after(at) - 1;
  std::size_t members = tape.saturated_count(at);
  // The count saturates; a member takes at least two words, so this is enough in any case.
  if (members >= TapeView::kManyMembers) members = (end - at) / 2;
  const std::size_t size = std::bit_ceil(members * 2);
  table_.assign(size, Slot{});
  for (std::size_t i = at + 1; i < end; i = tape.next(i + 1)) {
    const std::string_view key = tape.text(i);
    const std::uint64_t hashed = hash(key);
    std::size_t slot = hashed & (size - 1);
    while (table_[slot].key != 0) {
      if (table_[slot].hash == hashed && tape.text(table_[slot].key) == key) return true;
      slot = (slot + 1) & (size - 1);
    }
    table_[slot] = {hashed, i};
  }
  return false;
}

// Multiply and fold, eight bytes at a time: a seeded hash that is no target for prepared collisions.
std::uint64_t DuplicateFinder::hash(std::string_view key) const {
  const auto fold = [](std::uint64_t a, std::uint64_t b) {
    const auto product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  constexpr std::uint64_t kSecret = UINT64_C(0xa0761d6478bd642f);
  std::uint64_t state = fold(seed_ ^ key.size(), kSecret);
  while (key.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, key.data(), sizeof(word));
    state = fold(state ^ word, seed_ ^ kSecret);
    key.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  if (!key.empty()) std::memcpy(&rest, key.data(), key.size());
  return fold(state ^ rest, seed_ + kSecret);
}

}  // namespace portico::json
