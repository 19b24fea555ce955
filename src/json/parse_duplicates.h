// Finds objects that hold a key twice. RFC 8259 leaves open what such an object means, and readers differ: the first,
// the last, both. Keys are compared as unescaped.
//
// may_repeat() clears nearly every object, from short signatures of its keys that cost a few instructions each while
// the keys are at hand. What it cannot clear, in_object() settles: with a hash table seeded at random, so that nobody
// can prepare collisions.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "json/tape.h"

namespace portico::json {

class DuplicateFinder {
 public:
  DuplicateFinder();

  using Signature = std::uint16_t;

  // Of a key from its length, its first eight bytes and its last eight, without a branch on the length, which is hard
  // to predict. Eight bytes from `key` must be readable.
  static Signature signature(const std::uint8_t* key, std::uint32_t length) {
    const std::uint64_t mask = kFirstBytes[length < 8 ? length : 8];
    const std::uint64_t head = load(key) & mask;
    const std::uint64_t tail = load(key + (length < 8 ? 8 : length) - 8) & mask;
    const std::uint64_t mixed = (head ^ std::rotl(tail, 23) ^ length) * UINT64_C(0x9e3779b97f4a7c15);
    return static_cast<Signature>(mixed >> (64 - kBits));
  }

  // Whether two keys of one object may be equal.
  bool may_repeat(const Signature* begin, const Signature* end) {
    if (end - begin > kMostKeys) return true;
    // Each object has a number of its own, so that its marks need no clearing.
    if (++object_ == 0) {
      marks_.fill(0);
      object_ = 1;
    }
    bool seen = false;
    for (; begin != end; ++begin) {
      std::uint16_t& mark = marks_[*begin];
      seen |= mark == object_;
      mark = object_;
    }
    return seen;
  }

  // Whether an object holds a key twice: the one at `at` itself, any one of the document.
  bool in_object(const TapeView& tape, std::size_t at);
  bool in_document(const TapeView& tape);

 private:
  static constexpr unsigned kBits = 11;
  static constexpr std::ptrdiff_t kMostKeys = 64;
  static constexpr std::array<std::uint64_t, 9> kFirstBytes = {
      0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xff'ffffffff, 0xffff'ffffffff, 0xffffff'ffffffff, UINT64_MAX};
  static_assert(std::endian::native == std::endian::little);

  static std::uint64_t load(const std::uint8_t* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    return word;
  }

  std::array<std::uint16_t, std::size_t{1} << kBits> marks_{};
  std::uint16_t object_ = 0;

  std::uint64_t hash(std::string_view key) const;

  struct Slot {
    std::uint64_t hash = 0;
    std::uint64_t key = 0;  // tape index; 0: free
  };
  std::uint64_t seed_;
  std::vector<Slot> table_;
};

}  // namespace portico::json
