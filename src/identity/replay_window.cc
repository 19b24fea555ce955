#include "identity/replay_window.h"

#include <algorithm>
#include <array>

#include "base/hash.h"

namespace portico::identity {

struct ReplayWindow::Header {
  std::atomic<std::uint64_t> seed;  // 0: new
  std::atomic<std::int64_t> base_s;
  std::atomic<std::uint64_t> refused;
};

namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kWindow = 8;  // slots in a cache line
// A slot: the tag above, seconds since the table's base below; 0 is free. 28 bits are eight years.
constexpr int kTimeBits = 28;
constexpr std::uint64_t kTimeMask = (UINT64_C(1) << kTimeBits) - 1;
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

constexpr std::uint64_t tag_of(std::uint64_t word) { return word >> kTimeBits; }
constexpr bool counts(std::uint64_t word, std::uint64_t now) { return word != 0 && (word & kTimeMask) > now; }

// From all of 64 bits to [0, count).
constexpr std::size_t scaled(std::uint64_t hash, std::size_t count) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::size_t>(static_cast<Wide>(hash) * count >> 64);
}

}  // namespace

ReplayWindow::ReplayWindow(std::span<std::byte> memory, std::uint64_t seed_if_new, std::int64_t now_s)
    : header_(reinterpret_cast<Header*>(memory.data())),
      slots_(reinterpret_cast<Slot*>(memory.data() + kHeaderBytes)),
      windows_((memory.size() - kHeaderBytes) / sizeof(Slot) / kWindow) {
  static_assert(sizeof(Header) <= kHeaderBytes);
  std::int64_t no_time = 0;
  header_->base_s.compare_exchange_strong(no_time, std::max<std::int64_t>(now_s - 1, 1));
  std::uint64_t none = 0;
  header_->seed.compare_exchange_strong(none, seed_if_new | 1);
}

std::uint64_t ReplayWindow::refused() const { return header_->refused.load(std::memory_order_relaxed); }

ReplayWindow::Use ReplayWindow::use(std::string_view space, std::string_view id, std::int64_t expires_s,
                                    std::int64_t now_s) {
  const std::int64_t base = header_->base_s.load(std::memory_order_relaxed);
  const std::uint64_t seed = header_->seed.load(std::memory_order_relaxed);
  const auto full = [&] {
    header_->refused.fetch_add(1, std::memory_order_relaxed);
    return Use::kFull;
  };
  if (expires_s - now_s > kLongest || expires_s - base > static_cast<std::int64_t>(kTimeMask)) return full();
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(now_s - base, 0));
  // A clock that was set back must not make a word of an id that is gone at once.
  const auto expires = static_cast<std::uint64_t>(std::max<std::int64_t>(expires_s - base, 1));

  const std::uint64_t first = hash(id, hash(space, seed));
  const std::uint64_t second = hash(id, mix(first, seed));
  const std::uint64_t tag = std::max<std::uint64_t>(second >> kTimeBits, 1);
  const std::uint64_t word = tag << kTimeBits | expires;
  const std::array windows = {slots_ + scaled(first, windows_) * kWindow,
                              slots_ + scaled(mix(first, second | 1), windows_) * kWindow};

  // How many others hold the tag; `mine` does not count.
  const auto others = [&](const Slot* mine) {
    std::size_t count = 0;
    for (const Slot* window : windows) {
      for (const Slot* slot = window; slot != window + kWindow; ++slot) {
        const std::uint64_t there = slot->load(std::memory_order_seq_cst);
        if (slot != mine && tag_of(there) == tag && counts(there, now)) ++count;
      }
      if (windows[0] == windows[1]) break;
    }
    return count;
  };
  if (others(nullptr) != 0) return Use::kReplayed;

  // The window with more room first, so that both fill alike.
  const auto room = [&](const Slot* window) {
    return std::count_if(window, window + kWindow,
                         [&](const Slot& slot) { return !counts(slot.load(std::memory_order_relaxed), now); });
  };
  const bool swapped = room(windows[1]) > room(windows[0]);
  for (Slot* window : {windows[swapped ? 1 : 0], windows[swapped ? 0 : 1]}) {
    for (Slot* slot = window; slot != window + kWindow; ++slot) {
      std::uint64_t there = slot->load(std::memory_order_relaxed);
      if (counts(there, now) || !slot->compare_exchange_strong(there, word, std::memory_order_seq_cst)) continue;
      // Whoever claims looks again: of two at once, at least one sees the other.
      return others(slot) == 0 ? Use::kFirst : Use::kReplayed;
    }
  }
  return others(nullptr) == 0 ? full() : Use::kReplayed;
}

}  // namespace portico::identity
