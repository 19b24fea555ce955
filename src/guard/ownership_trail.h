// What is known of an exchange's ids. Plain state.
#pragma once

#include <cstdint>

namespace portico::guard {

class LimitTable;  // limits.h

// Part of a Transaction.
struct OwnershipTrail {
  LimitTable* table = nullptr;  // null: nothing is learned or checked
  std::uint64_t caller = 0;     // hash of who asks
  std::int64_t now_ns = 0;
  bool teaches = false;  // whether the answer teaches: not if the request named what is not known to be the caller's
};

// An id among a request's parameters.
struct PresentedId {
  std::uint64_t value = 0;  // 0: could not be read
  std::uint16_t watch = 0;  // which of OwnershipPlan::parameters
};

}  // namespace portico::guard
