#include <algorithm>

#include "cel/evaluate.h"

namespace portico::cel {

void* Scratch::allocate(std::size_t size) {
  if (size > max_bytes_ - used_) return nullptr;
  const std::size_t rounded = (std::max<std::size_t>(size, 1) + alignof(Value) - 1) / alignof(Value) * alignof(Value);
  if (rounded > static_cast<std::size_t>(end_ - cursor_)) grow(rounded);
  void* at = cursor_;
  cursor_ += rounded;
  used_ = std::min(used_ + rounded, max_bytes_);
  return at;
}

void Scratch::grow(std::size_t size) {
  constexpr std::size_t kFirst = 4096;
  const std::size_t block = std::max({size, footprint_, kFirst});
  // Left uninitialised on purpose: memory is written before it is read.
  blocks_.emplace_back(new std::byte[block]);
  cursor_ = blocks_.back().get();
  end_ = cursor_ + block;
  footprint_ += block;
}

void Scratch::rewind(const Mark& mark) {
  if (blocks_.empty() || mark.cursor < blocks_.back().get() || mark.cursor > cursor_) return;
  cursor_ = mark.cursor;
  used_ = mark.used;
}

void Scratch::reset() {
  used_ = 0;
  if (blocks_.size() > 1) {
    // One block in place of several, so that the next evaluation finds room at once.
    const std::size_t all = footprint_;
    blocks_.clear();
    footprint_ = 0;
    grow(all);
  }
  if (!blocks_.empty()) cursor_ = blocks_.front().get();
}

}  // namespace portico::cel
