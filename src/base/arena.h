// A bump allocator for objects that live and die together (a document's nodes, a program's tables).
// Nothing is freed before the arena; destructors of what it holds are not run, so it takes trivially
// destructible types only. Not thread-safe. Moving an arena keeps all addresses valid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace portico {

class Arena {
 public:
  explicit Arena(std::size_t first_block = 4096) : next_block_(first_block) {}

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  template <class T>
  std::span<T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (items.empty()) return {};
    auto* to = static_cast<T*>(allocate(items.size_bytes(), alignof(T)));
    std::uninitialized_copy(items.begin(), items.end(), to);
    return {to, items.size()};
  }

  template <class T>
  std::span<T> make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    auto* to = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(to, count);
    return {to, count};
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    auto* to = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  void* allocate(std::size_t size, std::size_t alignment) {
    void* at = cursor_;
    auto room = static_cast<std::size_t>(end_ - cursor_);
    if (std::align(alignment, size, at, room) == nullptr) {
      grow(size + alignment);
      at = cursor_;
      room = static_cast<std::size_t>(end_ - cursor_);
      std::align(alignment, size, at, room);
    }
    cursor_ = static_cast<std::byte*>(at) + size;
    return at;
  }

  // Bytes taken from the heap so far.
  std::size_t footprint() const { return footprint_; }

 private:
  static constexpr std::size_t kLargestBlock = 1 << 20;

  void grow(std::size_t at_least) {
    const std::size_t size = at_least > next_block_ ? at_least : next_block_;
    // Left uninitialised on purpose: a block is written before it is read.
    blocks_.emplace_back(new std::byte[size]);
    cursor_ = blocks_.back().get();
    end_ = cursor_ + size;
    footprint_ += size;
    if (next_block_ < kLargestBlock) next_block_ *= 2;
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* cursor_ = nullptr;
  std::byte* end_ = nullptr;
  std::size_t next_block_;
  std::size_t footprint_ = 0;
};

}  // namespace portico
