// Rate limits in memory that all workers share, without locks.
//
// The algorithm is GCRA (ITU-T I.371), the exact form of a token bucket that needs one number for each client: the time
// at which its bucket will be full again. A decision is one compare-and-swap. Slots are found by a keyed hash in a
// window of one cache line pair; a slot whose time has passed is free by itself, so nothing ever has to be cleaned up.
//
// When a window has no free slot, the bucket in it that is nearest to being full gives way, and its debt is forgiven:
// with more live keys than slots limits become weaker, callers are never refused in error, and the long-lived entries
// (shut-out callers) go last. evictions() counts how often that was.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace portico::guard {

struct Bucket {
  std::int64_t interval_ns = 0;   // period / rate: one token
  std::int64_t tolerance_ns = 0;  // (burst - 1) * interval: how far the bucket may be overdrawn
};

class LimitTable {
 public:
  // Lays the table out over `memory`, which must be zeroed or hold a table that this function made with the same size
  // (then its contents are kept). `memory` is aligned to 64 bytes and has at least kSmallest bytes. The table's
  // addresses are this process's own; each process that maps the memory makes its own LimitTable.
  static constexpr std::size_t kSmallest = 4096;
  LimitTable(std::span<std::byte> memory, std::uint64_t seed_if_new);

  // Takes `cost` tokens from the bucket of `key`. 0 when there were so many; otherwise the nanoseconds until there will
  // be.
  std::int64_t take(std::uint64_t key, const Bucket& bucket, std::int64_t now_ns, std::uint64_t cost = 1);

  // The same question without taking.
  std::int64_t wait(std::uint64_t key, const Bucket& bucket, std::int64_t now_ns, std::uint64_t cost = 1) const;

  // Puts back what take() took.
  void give_back(std::uint64_t key, const Bucket& bucket, std::uint64_t cost = 1);

  // The time at which the bucket of `key` is full again; in the past for one that is full or not known.
  std::int64_t full_at(std::uint64_t key) const;

  // Remembers `key` until a time, as a bucket that is full then: a thing that was seen, a caller who is shut out.
  // Returns whether it was remembered already.
  bool remember(std::uint64_t key, std::int64_t until_ns, std::int64_t now_ns);

  // Secret of this table, to hash keys with.
  std::uint64_t seed() const;

  // Live buckets that had to make room for others, since the table was made.
  std::uint64_t evictions() const;

 private:
  struct Header;
  struct Slot;
  Slot& find(std::uint64_t key, std::int64_t now_ns);
  Slot* look(std::uint64_t key) const;
  std::size_t window_of(std::uint64_t key) const;

  Header* header_;
  Slot* slots_;
  std::size_t mask_;
};

}  // namespace portico::guard
