// A set of addresses, made of networks and ranges: up to some millions, looked up in some tens of nanoseconds, 8 bytes
// for a range of IPv4 and 16 to 32 for one of IPv6. Immutable; may be used by any number of threads.
//
// It is one block of memory without pointers, so that one process can make it and others map it from a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "address/ip.h"
#include "address/sorted_keys.h"
#include "base/result.h"

namespace portico::address {

// First and last address, both of one kind (IPv4 or not).
struct Range {
  Ip first;
  Ip last;
};

Range range_of(const Network& network);

class Set {
 public:
  Set() = default;

  // Ranges in any order; they may overlap.
  static Set make(std::vector<Range> ranges);

  // Over a block that bytes() gave, in memory of the caller's that lives longer. `bytes` is aligned to 8 bytes; bytes
  // that cannot be a set are an Error.
  static Result<Set> over(std::span<const std::byte> bytes);

  bool contains(Ip ip) const;
  bool empty() const { return v4_.count() == 0 && v6_.count() == 0; }
  // Disjoint ranges that are left after those that touch have become one.
  std::size_t range_count() const { return (v4_.count() + v6_.count()) / 2; }

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  bool contains_v6(Ip ip) const;

  std::shared_ptr<const std::vector<std::uint64_t>> owned_;  // empty where the memory is the caller's
  std::span<const std::byte> bytes_;
  // The places where "in" and "out" change: an address is in when their number up to it is odd.
  SortedKeys<std::uint32_t> v4_;
  SortedKeys<std::uint64_t> v6_;        // the upper halves
  std::span<const std::uint64_t> low_;  // the lower halves; empty: all zero
};

}  // namespace portico::address
