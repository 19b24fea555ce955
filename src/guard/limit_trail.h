// What limits have taken from one request. Plain state, part of a Transaction.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace portico::guard {

class LimitTable;  // limits.h
struct LimitPlan;  // limit_plan.h

// What limits have taken from a request so far. Keys are hashes.
struct LimitTrail {
  static constexpr std::size_t kMostTaken = 16;
  static constexpr std::size_t kMostOpen = 4;
  struct Taken {
    std::uint64_t key = 0;
    std::uint16_t limit = 0;  // of the operation's
    std::uint8_t window = 0;
  };
  // To be settled when the answer is known.
  struct Open {
    std::uint64_t key = 0;
    std::uint64_t item = 0;  // of a limit of distinct values
    std::uint16_t limit = 0;
  };
  // For the RateLimit fields.
  struct Shown {
    std::uint64_t remaining = 0;
    std::uint32_t reset_s = 0;
    std::uint16_t limit = 0;
    std::uint8_t window = 0;
  };
  LimitTable* table = nullptr;                    // null: nothing is limited
  const std::vector<LimitPlan>* plans = nullptr;  // the operation's
  std::int64_t now_ns = 0;
  std::array<Taken, kMostTaken> taken{};
  std::array<Open, kMostOpen> open{};
  std::array<Shown, kMostTaken> shown{};
  std::uint8_t taken_count = 0;
  std::uint8_t open_count = 0;
  std::uint8_t shown_count = 0;
};

}  // namespace portico::guard
