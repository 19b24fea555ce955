#include "json/parse_duplicates.h"

#include <algorithm>
#include <array>
#include <bit>
#include <random>

namespace portico::json {
namespace {

// Up to this many members, a filter and a scan beat a table.
constexpr std::size_t kSmall = 32;

__extension__ using Wide = unsigned __int128;

bool is_container(char type) { return type == tape::kObject || type == tape::kArray; }

// Whether a container can hold a duplicate at any depth, as far as its size tells: not when it is empty, an array of
// nothing but one-word values, or an object of one simple member.
bool is_worth_a_visit(const TapeView& tape, std::size_t at) {
  const char type = tape.type(at);
  if (!is_container(type)) return false;
  const std::uint32_t count = tape.saturated_count(at);
  const std::size_t words = tape.after(at) - at - 2;
  return type == tape::kArray ? words != count : (count > 1 || words > 3);
}

template <class T>
T load(const std::uint8_t* at) {
  T value = 0;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

// Of a length field and the four bytes behind it, those that belong to a key of 0, 1, 2, 3, or 4 and more bytes.
constexpr std::array<std::uint64_t, 5> kFirstBytes = {0xffffffff, 0xff'ffffffff, 0xffff'ffffffff, 0xffffff'ffffffff,
                                                      UINT64_MAX};

}  // namespace

DuplicateFinder::DuplicateFinder() {
  std::random_device device;
  seed_ = (static_cast<std::uint64_t>(device()) << 32) | device() | 1;
}

std::size_t DuplicateFinder::find(const TapeView& tape) {
  // One huge object must not pin its table for ever.
  constexpr std::size_t kKeptSlots = std::size_t{1} << 18;
  if (table_.capacity() > kKeptSlots) table_ = {};
  containers_.clear();
  if (!is_container(tape.type(TapeView::kFirst))) return 0;
  containers_.push_back(TapeView::kFirst);
  while (!containers_.empty()) {
    const std::size_t at = containers_.back();
    containers_.pop_back();
    const std::size_t found = tape.type(at) == tape::kObject ? scan_object(tape, at) : scan_array(tape, at);
    if (found != 0) return found;
  }
  return 0;
}

std::size_t DuplicateFinder::scan_array(const TapeView& tape, std::size_t at) {
  const std::size_t end = tape.after(at) - 1;
  for (std::size_t i = at + 1; i < end; i = tape.next(i)) {
    if (is_worth_a_visit(tape, i)) containers_.push_back(static_cast<std::uint32_t>(i));
  }
  return 0;
}

std::size_t DuplicateFinder::scan_object(const TapeView& tape, std::size_t at) {
  const std::size_t members = tape.saturated_count(at);
  if (members > kSmall) return scan_large(tape, at, members);
  std::array<std::uint64_t, kSmall> signatures;
  std::array<std::uint64_t, kSmall> offsets;
  std::uint64_t filter = 0;
  std::size_t count = 0;
  const std::size_t end = tape.after(at) - 1;
  for (std::size_t i = at + 1; i < end;) {
    // The length, the first four bytes and the last four tell most keys apart. Read without a branch on the length,
    // which is hard to predict: a short key's length field serves as its last bytes, and what stands behind a short key
    // is masked out of its first.
    const std::uint64_t offset = tape.payload(i);
    std::uint64_t word = load<std::uint64_t>(tape.strings + offset);
    const auto length = static_cast<std::uint32_t>(word);
    word &= kFirstBytes[std::min(length, 4U)];
    word ^= static_cast<std::uint64_t>(load<std::uint32_t>(tape.strings + offset + length)) << 27;
    const std::uint64_t signature = word * UINT64_C(0x9e3779b97f4a7c15);
    const std::uint64_t bit = UINT64_C(1) << (signature >> 58);
    if ((filter & bit) != 0) {
      for (std::size_t k = 0; k < count; ++k) {
        if (signatures[k] == signature && tape.text_at(offsets[k]) == tape.text_at(offset)) return i;
      }
    }
    filter |= bit;
    signatures[count] = signature;
    offsets[count++] = offset;
    const std::size_t value = i + 1;
    if (is_container(tape.type(value))) {
      if (is_worth_a_visit(tape, value)) containers_.push_back(static_cast<std::uint32_t>(value));
      i = tape.after(value);
    } else {
      i = tape.next(value);
    }
  }
  return 0;
}

std::size_t DuplicateFinder::scan_large(const TapeView& tape, std::size_t at, std::size_t members) {
  const std::size_t end = tape.after(at) - 1;
  // The count saturates; a member takes at least two words, so this is enough in any case.
  if (members >= 0xffffff) members = (end - at) / 2;
  const std::size_t size = std::bit_ceil(members * 2);
  table_.assign(size, Slot{});
  for (std::size_t i = at + 1; i < end; i = tape.next(i + 1)) {
    const std::string_view key = tape.text(i);
    const std::uint64_t hashed = hash(key);
    std::size_t slot = hashed & (size - 1);
    while (table_[slot].key != 0) {
      if (table_[slot].hash == hashed && tape.text(table_[slot].key) == key) return i;
      slot = (slot + 1) & (size - 1);
    }
    table_[slot] = {hashed, i};
    if (is_worth_a_visit(tape, i + 1)) containers_.push_back(static_cast<std::uint32_t>(i + 1));
  }
  return 0;
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
