#include "guard/limits.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"

namespace portico::guard {

struct LimitTable::Header {
  std::atomic<std::uint64_t> seed;  // 0: new
  std::atomic<std::uint64_t> evictions;
};

// `full_at` is the time at which the bucket is full again (GCRA's "theoretical arrival time").
struct LimitTable::Slot {
  std::atomic<std::uint64_t> key;  // 0: never used
  std::atomic<std::int64_t> full_at;
};

namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kWindow = 8;
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace

LimitTable::LimitTable(std::span<std::byte> memory, std::uint64_t seed_if_new)
    : header_(reinterpret_cast<Header*>(memory.data())),
      slots_(reinterpret_cast<Slot*>(memory.data() + kHeaderBytes)),
      mask_(std::bit_floor((memory.size() - kHeaderBytes) / sizeof(Slot)) - 1) {
  static_assert(sizeof(Header) <= kHeaderBytes);
  std::uint64_t none = 0;
  header_->seed.compare_exchange_strong(none, seed_if_new | 1);
}

std::uint64_t LimitTable::seed() const { return header_->seed.load(std::memory_order_relaxed); }

std::uint64_t LimitTable::evictions() const { return header_->evictions.load(std::memory_order_relaxed); }

LimitTable::Slot& LimitTable::find(std::uint64_t key, std::int64_t now_ns) {
  const std::size_t start = mix(key, seed() | 1) & mask_ & ~(kWindow - 1);
  // A slot may be taken by another worker between the look and the compare-and-swap; a few rounds settle it.
  for (int round = 0; round < 4; ++round) {
    Slot* oldest = &slots_[start];
    for (std::size_t i = 0; i < kWindow; ++i) {
      Slot& slot = slots_[start + i];
      if (slot.key.load(std::memory_order_acquire) == key) return slot;
      if (slot.full_at.load(std::memory_order_relaxed) < oldest->full_at.load(std::memory_order_relaxed)) {
        oldest = &slot;
      }
    }
    std::uint64_t before = oldest->key.load(std::memory_order_acquire);
    const bool live = before != 0 && oldest->full_at.load(std::memory_order_relaxed) > now_ns;
    if (!oldest->key.compare_exchange_strong(before, key, std::memory_order_acq_rel)) continue;
    if (live) {
      // Only the bucket nearest to being full gives way, and its debt is forgiven.
      header_->evictions.fetch_add(1, std::memory_order_relaxed);
      oldest->full_at.store(now_ns, std::memory_order_relaxed);
    }
    return *oldest;
  }
  return slots_[start];
}

std::int64_t LimitTable::take(std::uint64_t key, const Bucket& bucket, std::int64_t now_ns) {
  Slot& slot = find(key == 0 ? UINT64_MAX : key, now_ns);
  std::int64_t full_at = slot.full_at.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t from = std::max(full_at, now_ns);
    const std::int64_t wait = from - now_ns - bucket.tolerance_ns;
    if (wait > 0) return wait;
    if (slot.full_at.compare_exchange_weak(full_at, from + bucket.interval_ns, std::memory_order_relaxed)) return 0;
  }
}

}  // namespace portico::guard
