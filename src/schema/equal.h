// Equality of JSON values on tapes (JSON Schema, "Instance Equality"): numbers by value whatever their spelling,
// objects whatever the order of their members. Iterative; the work is charged to a budget.
#pragma once

#include <cstdint>
#include <vector>

#include "json/tape.h"

namespace portico::schema {

// Buffers that are kept between calls.
struct EqualScratch {
  struct Pair {
    std::uint32_t left;
    std::uint32_t right;
  };
  struct Open {
    std::uint32_t end;   // index of the closing word
    std::uint32_t at;    // next element or key
    std::uint64_t hash;  // so far
    std::uint64_t key;   // hash of the member's key; objects only
    bool object;
  };
  struct Slot {
    std::uint64_t hash;
    std::uint32_t at;
  };
  std::vector<Pair> pairs;
  std::vector<Open> open;
  std::vector<Slot> slots;
};

// `steps` is reduced by the work done; when it falls below zero the answer is false and meaningless.
bool equal(const json::TapeView& left, std::size_t left_at, const json::TapeView& right, std::size_t right_at,
           EqualScratch& scratch, std::int64_t& steps);

// Whether the elements of the array at `at` are pairwise different. The same rule for `steps`.
bool all_different(const json::TapeView& tape, std::size_t at, EqualScratch& scratch, std::int64_t& steps);

}  // namespace portico::schema
