// Rate limits in memory that all workers share, without locks.
//
// The algorithm is GCRA (ITU-T I.371), the exact form of a token bucket that needs one number for each client: the time
// at which its bucket will be full again. A decision is one compare-and-swap. Slots are found by a keyed hash in a
// window of one cache line pair; a slot whose time has passed is free by itself, so nothing ever has to be cleaned up.
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

  // Takes a token from the bucket of `key`. 0 when there was one; otherwise the nanoseconds until there will be.
  std::int64_t take(std::uint64_t key, const Bucket& bucket, std::int64_t now_ns);

  // Secret of this table, to hash keys with.
  std::uint64_t seed() const;

  // Live buckets that had to make room for others, since the table was made.
  std::uint64_t evictions() const;

 private:
  struct Header;
  struct Slot;
  Slot& find(std::uint64_t key, std::int64_t now_ns);

  Header* header_;
  Slot* slots_;
  std::size_t mask_;
};

}  // namespace portico::guard
