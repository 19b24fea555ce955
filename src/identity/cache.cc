#include "identity/cache.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"
#include "identity/random.h"

namespace portico::identity {
namespace {

constexpr std::size_t kHashed = 32;

std::uint64_t random_seed() {
  std::array<unsigned char, sizeof(std::uint64_t)> bytes;
  random_bytes(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

}  // namespace

Cache::Cache(std::size_t entries, std::size_t max_bytes) : max_bytes_(max_bytes), seed_(random_seed()) {
  if (entries == 0) return;
  slots_.resize(std::max(std::bit_ceil(entries), kWays));
  mask_ = slots_.size() - 1;
}

Cache::~Cache() {
  for (Slot& slot : slots_) release(slot.record);
}

std::uint64_t Cache::hash_of(std::string_view credential) const {
  const std::size_t hashed = std::min(credential.size(), kHashed);
  return hash(credential.substr(credential.size() - hashed), seed_ ^ credential.size());
}

const Record* Cache::find(std::string_view credential) {
  if (slots_.empty()) return nullptr;
  const std::uint64_t hash = hash_of(credential);
  Slot* const set = set_of(hash);
  for (Slot* slot = set; slot != set + kWays; ++slot) {
    if (slot->record == nullptr || slot->hash != hash || slot->record->credential != credential) continue;
    slot->record->used = true;
    return slot->record;
  }
  return nullptr;
}

void Cache::drop(Slot& slot) {
  if (slot.record == nullptr) return;
  bytes_ -= slot.record->footprint();
  --size_;
  release(slot.record);
  slot = {};
}

void Cache::make_room(std::size_t bytes) {
  while (bytes_ + bytes > max_bytes_ && size_ > 0) {
    Slot& slot = slots_[hand_++ & mask_];
    if (slot.record == nullptr) continue;
    if (slot.record->used) {
      slot.record->used = false;
    } else {
      drop(slot);
    }
  }
}

void Cache::insert(const Record* record) {
  const std::size_t bytes = record->footprint();
  if (slots_.empty() || bytes > max_bytes_ / 4) return;
  make_room(bytes);
  const std::uint64_t hash = hash_of(record->credential);
  Slot* const set = set_of(hash);
  Slot* victim = std::find_if(set, set + kWays, [](const Slot& slot) { return slot.record == nullptr; });
  if (victim == set + kWays) {
    victim = std::find_if(set, set + kWays, [](const Slot& slot) { return !slot.record->used; });
  }
  if (victim == set + kWays) {
    for (Slot* slot = set; slot != set + kWays; ++slot) slot->record->used = false;
    victim = set + (hash >> 32) % kWays;
  }
  drop(*victim);
  *victim = {.hash = hash, .record = hold(record)};
  record->used = false;  // what is presented once only leaves first
  bytes_ += bytes;
  ++size_;
}

void Cache::erase(const Record* record) {
  const std::uint64_t hash = hash_of(record->credential);
  Slot* const set = set_of(hash);
  for (Slot* slot = set; slot != set + kWays; ++slot) {
    if (slot->record == record) return drop(*slot);
  }
}

}  // namespace portico::identity
