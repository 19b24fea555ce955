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

// 0 marks a slot that was never used.
std::uint64_t proper(std::uint64_t key) { return key == 0 ? UINT64_MAX : key; }

std::int64_t price(const Bucket& bucket, std::uint64_t cost) {
  return bucket.interval_ns * static_cast<std::int64_t>(cost);
}

// Above 0: so long until the bucket holds `cost` tokens.
std::int64_t wait_of(std::int64_t full_at, const Bucket& bucket, std::int64_t now_ns, std::uint64_t cost) {
  return std::max(full_at, now_ns) + price(bucket, cost - 1) - now_ns - bucket.tolerance_ns;
}

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

std::size_t LimitTable::window_of(std::uint64_t key) const { return mix(key, seed() | 1) & mask_ & ~(kWindow - 1); }

LimitTable::Slot& LimitTable::find(std::uint64_t key, std::int64_t now_ns) {
  const std::size_t start = window_of(key);
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

LimitTable::Slot* LimitTable::look(std::uint64_t key) const {
  const std::size_t start = window_of(key);
  for (std::size_t i = 0; i < kWindow; ++i) {
    if (slots_[start + i].key.load(std::memory_order_acquire) == key) return &slots_[start + i];
  }
  return nullptr;
}

std::int64_t LimitTable::take(std::uint64_t key, const Bucket& bucket, std::int64_t now_ns, std::uint64_t cost) {
  Slot& slot = find(proper(key), now_ns);
  std::int64_t full_at = slot.full_at.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t wait = wait_of(full_at, bucket, now_ns, cost);
    if (wait > 0) return wait;
    const std::int64_t next = std::max(full_at, now_ns) + price(bucket, cost);
    if (slot.full_at.compare_exchange_weak(full_at, next, std::memory_order_relaxed)) return 0;
  }
}

std::int64_t LimitTable::wait(std::uint64_t key, const Bucket& bucket, std::int64_t now_ns, std::uint64_t cost) const {
  return std::max<std::int64_t>(wait_of(full_at(key), bucket, now_ns, cost), 0);
}

void LimitTable::give_back(std::uint64_t key, const Bucket& bucket, std::uint64_t cost) {
  // A slot that was lost in the meantime has nothing to get back.
  Slot* slot = look(proper(key));
  if (slot != nullptr) slot->full_at.fetch_sub(price(bucket, cost), std::memory_order_relaxed);
}

std::int64_t LimitTable::full_at(std::uint64_t key) const {
  const Slot* slot = look(proper(key));
  return slot == nullptr ? 0 : slot->full_at.load(std::memory_order_relaxed);
}

bool LimitTable::remember(std::uint64_t key, std::int64_t until_ns, std::int64_t now_ns) {
  Slot& slot = find(proper(key), now_ns);
  return slot.full_at.exchange(until_ns, std::memory_order_relaxed) > now_ns;
}

}  // namespace portico::guard
