// One-time ids (`jti` of tokens and of DPoP proofs) in memory that all workers share, without locks.
//
// An id is remembered until what it belongs to has expired. A slot is one word: a tag of the id's keyed hash and the
// time until which it counts, so that a claim is one compare-and-swap. An id may stand in one of two windows of a cache
// line each. Who claims a slot looks at both windows again: of two workers that claim the same id at once at most one
// is told that it was the first. Where both windows are full of ids that still count, the answer is kFull, and the
// caller refuses: forgetting one would let it be used again.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace portico::identity {

class ReplayWindow {
 public:
  static constexpr std::size_t kSmallest = 4096;
  static constexpr std::int64_t kLongest = 400LL * 86400;  // seconds that an id can be remembered

  enum class Use : std::uint8_t { kFirst, kReplayed, kFull };

  // Lays the window out over `memory`, which is aligned to 64 bytes, has at least kSmallest bytes, and must be zeroed
  // or hold a window that this function made with the same size (its contents are then kept). Each process that maps
  // the memory makes its own ReplayWindow. `now_s` is wall-clock time; a new window begins there.
  ReplayWindow(std::span<std::byte> memory, std::uint64_t seed_if_new, std::int64_t now_s);

  // Records the use of `id` within `space` (an issuer, a key's thumbprint). `expires_s` is when it need not be
  // remembered any more, at most kLongest from now; later is kFull.
  Use use(std::string_view space, std::string_view id, std::int64_t expires_s, std::int64_t now_s);

  // How often an id was refused because there was no room for it.
  std::uint64_t refused() const;

 private:
  struct Header;
  using Slot = std::atomic<std::uint64_t>;

  Header* header_;
  Slot* slots_;
  std::size_t windows_;
};

}  // namespace portico::identity
