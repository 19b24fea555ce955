// Identities that one worker has verified, found by the whole of what was presented.
//
// Eight places a set and a clock hand that gives each entry a second chance; bytes are bounded, not only entries. A key
// is hashed by its length and its last bytes only: those of a token are its signature, so that nobody chooses them, and
// the comparison that follows is of all bytes. It may take a time that depends on them: to come so far one must have
// the signature.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "identity/record.h"

namespace portico::identity {

class Cache {
 public:
  // `entries` is rounded up to a power of two; 0: nothing is kept.
  Cache(std::size_t entries, std::size_t max_bytes);
  ~Cache();
  Cache(Cache&&) noexcept = default;
  Cache& operator=(Cache&&) = delete;
  Cache(const Cache&) = delete;

  // Null when it is not there. The caller holds nothing.
  const Record* find(std::string_view credential);
  // Keeps it, unless it is too large, until something else needs the room. The caller goes on holding it.
  void insert(const Record* record);
  void erase(const Record* record);

  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kWays = 8;
  struct Slot {
    std::uint64_t hash = 0;
    const Record* record = nullptr;
  };

  std::uint64_t hash_of(std::string_view credential) const;
  Slot* set_of(std::uint64_t hash) { return &slots_[hash & mask_ & ~(kWays - 1)]; }
  void drop(Slot& slot);
  void make_room(std::size_t bytes);

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::size_t size_ = 0;
  std::size_t hand_ = 0;
  std::uint64_t seed_;
};

}  // namespace portico::identity
