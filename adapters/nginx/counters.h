// What all workers count together, at the start of the shared memory; the limits' table follows. Zeroed memory is a
// good start, a reload keeps it, and every access is atomic: a worker that dies leaves nothing half-counted that
// matters.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "event/event.h"
#include "event/log.h"
#include "guard/rules.h"

namespace portico::nginx {

using Count = std::atomic<std::uint64_t>;

// How often a time lay below each bound, in nanoseconds; the last bucket has no bound.
template <std::size_t kBounds>
struct Histogram {
  std::array<Count, kBounds + 1> buckets;
  Count sum_ns;

  void add(std::int64_t ns, const std::array<std::int64_t, kBounds>& bounds) {
    const auto bucket = static_cast<std::size_t>(std::ranges::lower_bound(bounds, ns) - bounds.begin());
    buckets[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_ns.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0)), std::memory_order_relaxed);
  }
};

inline constexpr std::array<std::int64_t, 11> kGuardBounds = {2'000,   5'000,   10'000,    20'000,    50'000,   100'000,
                                                              200'000, 500'000, 1'000'000, 2'000'000, 5'000'000};
inline constexpr std::array<std::int64_t, 11> kRequestBounds = {1'000'000,     2'000'000,     5'000'000,    10'000'000,
                                                                20'000'000,    50'000'000,    100'000'000,  200'000'000,
                                                                1'000'000'000, 2'000'000'000, 5'000'000'000};

// Of one operation, found by the hash of its name, so that it is the same after a reload with another contract.
struct OperationCounters {
  Count key;  // 0: free
  std::array<Count, 3> by_verdict;
  Count guard_ns;
};

struct Counters {
  event::LogCounters events;
  std::array<Count, 3> by_verdict;
  std::array<Count, static_cast<std::size_t>(guard::RuleId::kCount)> by_rule;
  Histogram<kGuardBounds.size()> guard_time;
  Histogram<kRequestBounds.size()> request_time;
  static constexpr std::size_t kOperations = 1024;
  std::array<OperationCounters, kOperations> operations;

  // Null when there are more operations than can be told apart.
  OperationCounters* operation(std::string_view api, std::string_view id);
};

// What the counters take of the shared memory, in whole pages.
inline constexpr std::size_t kCountersSize = std::size_t{64} << 10;
static_assert(sizeof(Counters) <= kCountersSize);

}  // namespace portico::nginx
