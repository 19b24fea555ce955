// What a Validator keeps between documents: stacks and sets, grown once and reused.
#pragma once

#include <cstdint>
#include <vector>

#include "schema/equal.h"
#include "schema/program.h"
#include "schema/validate.h"

namespace portico::schema {

// A place on the machine's stack: an operation that waits for a block to end.
struct Frame {
  Code kind;
  bool bad = false;      // explaining: the block that waits has failed already
  bool matched = false;  // a pattern matched; a branch held
  std::uint32_t pc = 0;  // of the operation that waits
  std::uint32_t v = 0;   // the value that it is about
  std::uint32_t cursor = 0;
  std::uint32_t end = 0;
  std::uint32_t index = 0;  // of the member, element or branch
  std::uint32_t stage = 0;  // patterns done
  std::uint32_t expected = 0;
  std::uint64_t seen = 0;  // required properties, or branches still to try
  // The set of evaluated children in force when the frame was made, for branches that fail.
  std::uint32_t set = 0;
  std::uint32_t set_words = 0;
  std::uint32_t set_depth = 0;
  std::uint32_t pool = 0;
  // Explaining: where the branches' records start, how many the best branch has, and how bad they are.
  std::uint32_t mark = 0;
  std::uint32_t best = 0;
  std::uint32_t penalty = 0;
};

// One reason for refusal, before it is put into words.
struct Record {
  enum class Kind : std::uint8_t { kOp, kMissing, kDependentMissing, kTooFewContained, kTooManyContained, kNoBranch };
  Kind kind;
  std::uint32_t pc;
  std::uint32_t v;
  std::uint32_t detail = 0;
};

struct Scratch {
  std::vector<Frame> frames;
  std::vector<std::uint64_t> pool;  // sets of evaluated children, as bits
  struct OuterSet {
    std::uint32_t set;
    std::uint32_t words;
  };
  std::vector<OuterSet> outer_sets;
  std::vector<std::uint64_t> present;  // names found, as bits
  EqualScratch equal;
  std::vector<Record> records;
};

}  // namespace portico::schema
