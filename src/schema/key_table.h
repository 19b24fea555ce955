// Sets of names, looked up by the bytes of a tape's string without a copy and, up to 16 bytes, without memcmp: a name
// is its first eight bytes, its last eight, and its length.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace portico::schema {

// A name as words. Up to 8 bytes: all in `head`, and in `tail` again. From 9: `tail` holds the last eight.
struct NameWords {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  std::uint32_t length = 0;
  const std::uint8_t* bytes = nullptr;
};

template <class T>
T load(const std::uint8_t* at) {
  T value = 0;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

// Of eight bytes read where a name of 0, 1, ... 8 and more bytes starts, those that belong to it.
static_assert(std::endian::native == std::endian::little);
constexpr std::array<std::uint64_t, 9> kNameBytes = {
    0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xff'ffffffff, 0xffff'ffffffff, 0xffffff'ffffffff, UINT64_MAX};

constexpr std::uint64_t bytes_of_name(std::uint32_t length) { return kNameBytes[length < 8 ? length : 8]; }
constexpr std::uint32_t tail_of_name(std::uint32_t length) { return (length < 8 ? 8 : length) - 8; }

// `bytes` must be readable for 8 bytes whatever the length. Without branches: lengths are hard to predict.
inline NameWords words_of_name(const std::uint8_t* bytes, std::uint32_t length) {
  const std::uint64_t mask = bytes_of_name(length);
  return {load<std::uint64_t>(bytes) & mask, load<std::uint64_t>(bytes + tail_of_name(length)) & mask, length, bytes};
}

struct Name {
  std::uint64_t head;
  std::uint64_t tail;
  std::uint64_t mask;     // of both
  std::uint32_t tail_at;  // where the tail starts
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
    return difference == 0 && (words.length <= 16 || has_middle(name, words.bytes));
  }

  // Whether a string is the name. Cheaper than is() for the first name that a string is compared with: most of what is
  // needed is known of the name already. Eight bytes must be readable, and as many as the name has.
  bool stands_at(const Name& name, const std::uint8_t* bytes, std::uint32_t length) const {
    if (length != name.length) return false;
    const std::uint64_t difference =
        (load<std::uint64_t>(bytes) ^ name.head) | (load<std::uint64_t>(bytes + name.tail_at) ^ name.tail);
    if ((difference & name.mask) != 0) return false;
    if (length > 16) [[unlikely]]
      return has_middle(name, bytes);
    return true;
  }

  // Of long names, what is neither head nor tail. Apart, so that callers' loops keep their registers.
  [[gnu::noinline]] bool has_middle(const Name& name, const std::uint8_t* bytes) const {
    return std::memcmp(text.data() + name.text + 8, bytes + 8, name.length - 16) == 0;
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

  // The same, out of line.
  [[gnu::noinline]] int find_text(const KeyTable& table, const std::uint8_t* bytes, std::uint32_t length) const {
    return find(table, words_of_name(bytes, length));
  }

  // The names must be different.
  KeyTable add(std::span<const std::string_view> texts);
};

}  // namespace portico::schema
