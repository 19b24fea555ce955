// Finds objects that hold a key twice. RFC 8259 leaves open what such an object means, and readers differ: the first,
// the last, both. Keys are compared as unescaped.
//
// Every member of the document is visited once. A small object keeps a 64-bit filter and compares precisely only
// where the filter hits; a large one uses a hash table seeded at random, so that nobody can prepare collisions.
#pragma once

#include <cstdint>
#include <vector>

#include "json/tape.h"

namespace portico::json {

class DuplicateFinder {
 public:
  DuplicateFinder();

  // The tape index of a key that its object has had before, or 0.
  std::size_t find(const TapeView& tape);

 private:
  std::size_t scan_array(const TapeView& tape, std::size_t at);
  std::size_t scan_object(const TapeView& tape, std::size_t at);
  std::size_t scan_large(const TapeView& tape, std::size_t at, std::size_t members);
  std::uint64_t hash(std::string_view key) const;

  struct Slot {
    std::uint64_t hash = 0;
    std::uint64_t key = 0;  // tape index; 0: free
  };
  std::uint64_t seed_;
  std::vector<std::uint32_t> containers_;  // still to visit
  std::vector<Slot> table_;
};

}  // namespace portico::json
