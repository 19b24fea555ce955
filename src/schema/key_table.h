// Sets of names, looked up by the bytes of a tape's string without a copy and, up to 16 bytes, without memcmp: a name
// is its first eight bytes, its last eight, and its length.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace portico::schema {

// A name as words. Up to 8 bytes: all in `head`, `tail` 0. From 9: `tail` holds the last eight.
struct NameWords {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  std::uint32_t length = 0;
  const std::uint8_t* bytes = nullptr;
};

// `bytes` must be readable for 8 bytes whatever the length. Without branches: lengths are hard to predict.
inline NameWords words_of_name(const std::uint8_t* bytes, std::uint32_t length) {
  NameWords words{0, 0, length, bytes};
  std::memcpy(&words.head, bytes, sizeof(words.head));
  // Little-endian: the first byte is the lowest, and what stands behind the name is shifted out.
  const bool is_long = length > 8;
  const std::uint32_t unused = is_long ? 0 : (8 - length) * 8;
  words.head = unused == 64 ? 0 : (words.head << unused) >> unused;
  std::memcpy(&words.tail, bytes + (is_long ? length - 8 : 0), sizeof(words.tail));
  words.tail = is_long ? words.tail : 0;
  return words;
}
static_assert(std::endian::native == std::endian::little);

struct Name {
  std::uint64_t head;
  std::uint64_t tail;
  std::uint32_t length;
  std::uint32_t text;  // offset in the pool
};

// Offsets into pools that all tables share; see NamePools.
struct KeyTable {
  std::uint32_t first = 0;  // of its names
  std::uint32_t count = 0;
  std::uint32_t bucket = 0;  // first of its buckets
  std::uint32_t mask = 0;    // number of buckets - 1
};

struct NamePools {
  std::string text;                    // all names, end to end
  std::vector<Name> names;             // tables' names, in the order in which they were given
  std::vector<std::uint32_t> buckets;  // index within the table + 1; 0: free

  std::string_view text_of(const Name& name) const { return std::string_view(text).substr(name.text, name.length); }

  static std::uint32_t bucket_of(const NameWords& words) {
    const std::uint64_t mixed =
        (words.head ^ std::rotl(words.tail, 23) ^ (static_cast<std::uint64_t>(words.length) << 56)) *
        UINT64_C(0x9e3779b97f4a7c15);
    return static_cast<std::uint32_t>(mixed >> 32);
  }

  bool is(const Name& name, const NameWords& words) const {
    const std::uint64_t difference = (name.head ^ words.head) | (name.tail ^ words.tail) | (name.length ^ words.length);
    return difference == 0 &&
           (words.length <= 16 || std::memcmp(text.data() + name.text + 8, words.bytes + 8, words.length - 16) == 0);
  }

  // The index of the name within its table, or -1.
  int find(const KeyTable& table, const NameWords& words) const {
    if (table.count == 0) return -1;
    const std::uint32_t* table_buckets = buckets.data() + table.bucket;
    for (std::uint32_t slot = bucket_of(words) & table.mask; table_buckets[slot] != 0; slot = (slot + 1) & table.mask) {
      const std::uint32_t index = table_buckets[slot] - 1;
      if (is(names[table.first + index], words)) return static_cast<int>(index);
    }
    return -1;
  }

  // The names must be different.
  KeyTable add(std::span<const std::string_view> texts);
};

}  // namespace portico::schema
