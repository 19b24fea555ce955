#include "state/reader.h"

#include <algorithm>
#include <bit>

#include "state/key.h"

namespace portico::state {
namespace {

std::optional<Found> find_in(const Mapping& mapping, std::size_t bucket, const Key& key, std::int64_t now_us) {
  for (std::size_t i = 0; i < layout::kBucketSlots; ++i) {
    const std::size_t slot = bucket * layout::kBucketSlots + i;
    if (mapping.tag(slot).load(std::memory_order_acquire) != key.tag) continue;
    const layout::Entry& entry = mapping.entry(slot);
    const std::uint64_t rest = entry.key.load(std::memory_order_relaxed);
    const Found found{entry.until_us.load(std::memory_order_relaxed),
                      entry.issued_before_s.load(std::memory_order_relaxed)};
    // The slot may have been given to another key in between: a writer takes the tag away before it touches an entry.
    std::atomic_thread_fence(std::memory_order_acquire);
    if (mapping.tag(slot).load(std::memory_order_relaxed) != key.tag || rest != key.rest) continue;
    if (found.until_us > now_us) return found;
  }
  return std::nullopt;
}

std::optional<Found> find_key(const Mapping& mapping, const Key& key, std::int64_t now_us) {
  if (const auto found = find_in(mapping, first_bucket(key), key, now_us)) return found;
  return find_in(mapping, second_bucket(key), key, now_us);
}

}  // namespace

Result<Reader> Reader::open(const std::string& path) {
  PORTICO_TRY(Mapping mapping, Mapping::open(path, Mapping::Access::kRead));
  return Reader(std::move(mapping));
}

std::optional<Found> Reader::find(address::Ip ip, std::int64_t now_us) const {
  if (!has(Kind::kAddress)) return std::nullopt;
  const layout::Header& header = mapping_.header();
  // An IPv4 address is in no network of IPv6.
  const int shortest = ip.is_v4() ? address::kV4Offset : 0;
  for (int word = 2; word >= shortest / 64; --word) {
    std::uint64_t lengths = header.lengths[static_cast<std::size_t>(word)].load(std::memory_order_relaxed);
    while (lengths != 0) {
      const int bit = 63 - std::countl_zero(lengths);
      lengths &= ~(std::uint64_t{1} << bit);
      const int length = word * 64 + bit;
      if (length > address::kAddressBits || length < shortest) continue;
      const address::Network network{address::first_of(ip, length), static_cast<std::uint8_t>(length)};
      if (const auto found = find_key(mapping_, key_of(header, network), now_us)) return found;
    }
  }
  return std::nullopt;
}

std::optional<Found> Reader::find(Kind kind, std::string_view issuer, std::string_view name,
                                  std::int64_t now_us) const {
  if (!has(kind)) return std::nullopt;
  const layout::Header& header = mapping_.header();
  const auto of_any = find_key(mapping_, key_of(header, kind, {}, name), now_us);
  if (issuer.empty()) return of_any;
  const auto of_issuer = find_key(mapping_, key_of(header, kind, issuer, name), now_us);
  if (!of_any || !of_issuer) return of_any ? of_any : of_issuer;
  return Found{std::max(of_any->until_us, of_issuer->until_us),
               std::max(of_any->issued_before_s, of_issuer->issued_before_s)};
}

std::uint64_t Reader::keys_generation(std::string_view url) const {
  const auto index = find_key_set(mapping_, url);
  return index ? mapping_.header().key_sets[*index].generation.load(std::memory_order_acquire) : 0;
}

bool Reader::read_keys(std::string_view url, std::string& bytes) const {
  const auto index = find_key_set(mapping_, url);
  if (!index) return false;
  const layout::KeySet& keys = mapping_.header().key_sets[*index];
  const std::uint64_t generation = keys.generation.load(std::memory_order_acquire);
  if (generation == 0) return false;
  const layout::KeySet::Buffer buffer = keys.buffers[generation & 1];
  if (buffer.size > layout::kKeySetBytes) return false;
  bytes.assign(mapping_.buffer(*index, generation), buffer.size);
  return checksum(mapping_.header(), bytes) == buffer.checksum;
}

}  // namespace portico::state
