// What a Validator keeps between documents: stacks and sets, grown once and reused.
#pragma once

#include <cstdint>
#include <vector>

#include "json/parse_duplicates.h"
#include "schema/equal.h"
#include "schema/program.h"
#include "schema/validate.h"

namespace portico::schema {

// How far an operation that walks children or branches has come. Small, so that loops keep it in registers.
struct Iteration {
  std::uint64_t seen = 0;  // required properties found; branches still to try; elements that matched
  std::uint32_t cursor = 0;
  std::uint32_t end = 0;
  std::uint32_t index = 0;     // of the member, element or branch
  std::uint32_t expected = 0;  // the key that mostly comes next
  std::uint32_t stage = 0;     // patterns done; branches that held
  bool matched = false;        // a pattern matched; a branch held
};

// A place on the machine's stack: an operation that waits for a block to end. Written field by field as needed, never
// cleared: what is below the machine's stack pointer means nothing.
struct Frame {
  Code kind;
  bool bad;          // explaining: the block that waits has failed already
  std::uint32_t pc;  // of the operation that waits
  std::uint32_t v;   // the value that it is about
  Iteration it;
  // Branches: the set of evaluated children in force when the frame was made.
  std::uint32_t set;
  std::uint32_t set_words;
  std::uint32_t set_depth;
  std::uint32_t pool;
  // Explaining: where the branches' records start, how many the best branch has, and how bad they are.
  std::uint32_t mark;
  std::uint32_t best;
  std::uint32_t penalty;
};

// A container that is being read (machine_read.h).
struct Level {
  const ObjectTable* table = nullptr;                      // null: an array
  const Child* items = nullptr;                            // arrays
  std::uint64_t* word = nullptr;                           // its opening one
  json::DuplicateFinder::Signature* signatures = nullptr;  // of keys that no bit stands for
  std::uint64_t seen = 0;                                  // required properties
  std::uint64_t keys = 0;                                  // declared ones
  std::uint32_t expected = 0;                              // see Iteration
  std::uint32_t commas = 0;
  std::uint32_t leaves = kNoBlock;  // of the block that remain for the end
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
  // Of each key of each object's table, and of the object's start: the key that followed it the last time. Hints that
  // may be of another program: they are never trusted unseen.
  std::vector<std::uint32_t> followers;
  std::vector<Frame> frames;
  std::vector<Level> levels;
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
