// The rank of a number among many sorted ones, in a few cache lines: an implicit B+ tree. Level 0 is the numbers
// themselves; each level above holds the last number of every block of the level below, until one block is left. A
// million numbers have five levels, of which a lookup finds the upper ones in the cache.
//
// The numbers belong to somebody else (a vector, a mapped file) and are not trusted to be sorted: nonsense gives some
// rank, never a read outside.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace portico::address {

template <class Key>
class SortedKeys {
 public:
  static constexpr std::size_t kBlock = 16;

  SortedKeys() = default;
  // `keys` as build() made them, of which the first `count` are real.
  SortedKeys(std::span<const Key> keys, std::size_t count) : keys_(keys), count_(count) {
    std::size_t at = 0;
    for (std::size_t size = padded(count); size != 0 && levels_ < starts_.size(); size = padded(size / kBlock)) {
      starts_[levels_++] = at;
      at += size;
      if (size == kBlock) break;
    }
  }

  // How many words the tree of `count` keys takes.
  static std::size_t size_for(std::size_t count) {
    std::size_t total = 0;
    for (std::size_t size = padded(count); size != 0; size = padded(size / kBlock)) {
      total += size;
      if (size == kBlock) break;
    }
    return total;
  }

  // Appends the tree of `sorted` to `out`.
  static void build(std::span<const Key> sorted, std::vector<Key>& out) {
    std::size_t start = out.size();
    out.reserve(start + size_for(sorted.size()));
    out.insert(out.end(), sorted.begin(), sorted.end());
    out.resize(start + padded(sorted.size()), kPadding);
    for (std::size_t size = padded(sorted.size()); size > kBlock;) {
      const std::size_t next = out.size();
      for (std::size_t block = 0; block < size / kBlock; ++block) out.push_back(out[start + (block + 1) * kBlock - 1]);
      size = padded(size / kBlock);
      out.resize(next + size, kPadding);
      start = next;
    }
  }

  // How many keys are not greater than `wanted`.
  std::size_t rank(Key wanted) const {
    if (levels_ == 0) return 0;
    std::size_t block = 0;
    for (std::size_t level = levels_; level-- > 0;) {
      const Key* keys = keys_.data() + starts_[level] + block * kBlock;
      block = block * kBlock + smaller_in(keys, wanted);
      if (level == 0) break;
      const std::size_t blocks = (starts_[level] - starts_[level - 1]) / kBlock;
      if (block >= blocks) return count_;
    }
    return std::min(block, count_);
  }

  Key operator[](std::size_t index) const { return keys_[index]; }
  std::size_t count() const { return count_; }

 private:
  // Without branches that could be guessed wrong. Of small numbers all sixteen are compared at once.
  static std::size_t smaller_in(const Key* keys, Key wanted) {
    std::size_t smaller = 0;
    if constexpr (sizeof(Key) <= 4) {
      for (std::size_t i = 0; i < kBlock; ++i) smaller += keys[i] <= wanted ? 1U : 0U;
    } else {
      for (std::size_t step = kBlock / 2; step != 0; step /= 2)
        smaller += keys[smaller + step - 1] <= wanted ? step : 0;
      smaller += keys[smaller] <= wanted ? 1U : 0U;
    }
    return smaller;
  }

  static constexpr Key kPadding = std::numeric_limits<Key>::max();
  static std::size_t padded(std::size_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

  std::span<const Key> keys_;
  std::size_t count_ = 0;
  std::array<std::size_t, 12> starts_{};
  std::size_t levels_ = 0;
};

}  // namespace portico::address
