// The bytes of a state file (docs/formats/state.md). Everything that a reader looks at while a writer writes is an
// atomic; everything else is written before the atomic that makes it visible.
//
//   Header                                  two pages
//   tags      kBuckets * kBucketSlots       8 bytes each: half of a key, 0 where the slot is free
//   entries   one for each tag              32 bytes each: the rest of what a decision needs
//   records   one for each tag              512 bytes each: what people read; holes where nothing was written
//   key sets  kKeySets                      two buffers each; holes too
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "state/restriction.h"

namespace portico::state::layout {

constexpr std::array<char, 8> kMagic = {'P', 'O', 'R', 'T', 'I', 'C', 'O', 'S'};
constexpr std::uint32_t kVersion = 1;

constexpr std::size_t kBuckets = 8192;
constexpr std::size_t kBucketSlots = 8;  // the tags of a bucket are one cache line
constexpr std::size_t kSlots = kBuckets * kBucketSlots;
constexpr std::size_t kKeySets = 64;
constexpr std::size_t kKeySetBytes = std::size_t{256} << 10;

// The keys that an issuer publishes at a URL. The bytes lie in one of two buffers, further down in the file.
struct KeySet {
  struct Buffer {
    std::uint64_t size;
    std::uint64_t checksum;
  };
  std::array<std::atomic<std::uint64_t>, 2> url;  // the URL's hash; 0: free
  std::atomic<std::uint64_t> generation;          // 0: nothing yet; its lowest bit says which buffer holds the bytes
  std::array<Buffer, 2> buffers;
};

struct Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t reserved;
  std::uint64_t file_size;
  std::array<std::uint64_t, 2> seed;  // secret: keys are hashed with it

  // What follows changes.
  alignas(64) std::atomic<std::uint64_t> epoch;           // one more with every change
  std::atomic<std::uint64_t> lists_epoch;                 // one more when compiled address lists have changed
  std::atomic<std::uint32_t> writing;                     // a writer is at work, or was killed at it
  std::array<std::atomic<std::uint32_t>, kKinds> counts;  // at least as many entries as there are of each kind
  std::array<std::atomic<std::uint64_t>, 3> lengths;      // bit set: prefix lengths that blocked networks have
  std::array<KeySet, kKeySets> key_sets;
};
constexpr std::size_t kHeaderBytes = 8192;
static_assert(sizeof(Header) <= kHeaderBytes);

struct Entry {
  std::atomic<std::uint64_t> key;  // the other half
  std::atomic<std::int64_t> until_us;
  std::atomic<std::int64_t> issued_before_s;
  std::atomic<std::uint64_t> reserved;
};
static_assert(sizeof(Entry) == 32);

struct Record {
  std::uint64_t tag;  // of the entry that this tells of
  std::int64_t created_us;
  std::uint8_t kind;
  std::uint8_t name_size;
  std::uint8_t issuer_size;
  std::uint8_t why_size;
  std::uint8_t by_size;
  std::array<char, 491> text;  // name, issuer, why, by
};
static_assert(sizeof(Record) == 512);

constexpr std::size_t kTagsAt = kHeaderBytes;
constexpr std::size_t kEntriesAt = kTagsAt + kSlots * sizeof(std::uint64_t);
constexpr std::size_t kRecordsAt = kEntriesAt + kSlots * sizeof(Entry);
constexpr std::size_t kKeySetsAt = kRecordsAt + kSlots * sizeof(Record);
constexpr std::size_t kFileSize = kKeySetsAt + kKeySets * 2 * kKeySetBytes;

constexpr std::size_t buffer_at(std::size_t index, std::uint64_t generation) {
  return kKeySetsAt + (2 * index + (generation & 1)) * kKeySetBytes;
}

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace portico::state::layout
