#include "state/writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <tuple>
#include <utility>

#include "base/clock.h"
#include "base/text.h"

namespace portico::state {
namespace {

constexpr std::size_t kLongestName = 160;
constexpr std::size_t kLongestIssuer = 120;
constexpr std::size_t kLongestWhy = 160;
constexpr std::size_t kLongestBy = 50;

// A writer works for milliseconds; one that holds the lock longer was stopped.
Result<void> lock(const Mapping& mapping) {
  constexpr std::int64_t kPatience = INT64_C(5'000'000'000);
  const std::int64_t deadline = monotonic_ns() + kPatience;
  while (::flock(mapping.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return io_failure("cannot lock the state file", mapping.path(), errno);
    if (monotonic_ns() > deadline) {
      return failure(ErrorCode::kIo, "another process has been writing the state file for seconds",
                     Place{.file = mapping.path()});
    }
    const timespec pause{.tv_sec = 0, .tv_nsec = 2'000'000};
    ::nanosleep(&pause, nullptr);
  }
  return {};
}

std::string id_of(std::uint64_t tag) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[tag >> shift & 15];
  return text;
}

// Bounded, and with nothing in it that a terminal obeys.
std::string_view cut(std::string& kept, const std::string& text, std::size_t limit) {
  kept = printable(text, limit);
  return std::string_view(kept).substr(0, limit);
}

std::uint64_t count_of(const layout::Header& header) {
  std::uint64_t total = 0;
  for (const auto& count : header.counts) total += count.load(std::memory_order_relaxed);
  return total;
}

}  // namespace

Result<Writer> Writer::open(const std::string& path, gid_t group) {
  PORTICO_CHECK_OK(create_if_missing(path, group));
  PORTICO_TRY(Mapping mapping, Mapping::open(path, Mapping::Access::kWrite));
  PORTICO_CHECK_OK(lock(mapping));
  Writer writer(std::move(mapping));
  if (writer.mapping_.header().writing.load(std::memory_order_acquire) != 0) {
    writer.recount();
    writer.end();
  }
  return writer;
}

void Writer::begin() { mapping_.header().writing.store(1, std::memory_order_release); }

void Writer::end() {
  layout::Header& header = mapping_.header();
  header.epoch.fetch_add(1, std::memory_order_acq_rel);
  header.writing.store(0, std::memory_order_release);
  changed_ = true;
}

Writer::Writer(Writer&& other) noexcept
    : mapping_(std::move(other.mapping_)), changed_(std::exchange(other.changed_, false)) {}

Writer::~Writer() {
  if (changed_) ::fdatasync(mapping_.descriptor());
}

// After a writer was killed: its counts may be off, and its epoch not yet have told of what it did.
void Writer::recount() {
  layout::Header& header = mapping_.header();
  std::array<std::uint32_t, kKinds> counts{};
  std::array<std::uint64_t, 3> lengths{};
  for (std::size_t slot = 0; slot < layout::kSlots; ++slot) {
    if (mapping_.tag(slot).load(std::memory_order_relaxed) == 0) continue;
    const auto record = read_record(slot);
    if (!record) {
      mapping_.tag(slot).store(0, std::memory_order_release);
      continue;
    }
    ++counts[static_cast<std::size_t>(record->kind)];
    if (record->kind != Kind::kAddress) continue;
    if (const auto network = address::parse_network(record->name)) {
      lengths[network->length / 64U] |= std::uint64_t{1} << network->length % 64U;
    }
  }
  for (std::size_t i = 0; i < kKinds; ++i) header.counts[i].store(counts[i], std::memory_order_relaxed);
  for (std::size_t i = 0; i < lengths.size(); ++i) header.lengths[i].store(lengths[i], std::memory_order_relaxed);
}

Result<Key> Writer::key_for(const Restriction& restriction) const {
  const layout::Header& header = mapping_.header();
  if (restriction.kind != Kind::kAddress) {
    if (restriction.name.empty() && restriction.kind != Kind::kIssuerIssuedBefore) {
      return failure(ErrorCode::kInvalidArgument, "there is nothing to block in an empty name");
    }
    return key_of(header, restriction.kind, restriction.issuer, restriction.name);
  }
  const auto network = address::parse_network(restriction.name);
  if (network) return key_of(header, *network);
  return failure(ErrorCode::kInvalidArgument, "\"" + printable(restriction.name) + "\" is no address and no network",
                 {}, "Examples: 192.0.2.1, 10.0.0.0/8, 2001:db8::/32");
}

std::optional<std::size_t> Writer::find(const Key& key) const {
  for (const std::size_t bucket : {first_bucket(key), second_bucket(key)}) {
    for (std::size_t i = 0; i < layout::kBucketSlots; ++i) {
      const std::size_t slot = bucket * layout::kBucketSlots + i;
      if (mapping_.tag(slot).load(std::memory_order_relaxed) == key.tag &&
          mapping_.entry(slot).key.load(std::memory_order_relaxed) == key.rest) {
        return slot;
      }
    }
  }
  return std::nullopt;
}

// Of the two buckets, a place in the emptier one.
std::optional<std::size_t> Writer::find_room(const Key& key, std::int64_t now_us) {
  std::optional<std::size_t> best;
  std::size_t most_free = 0;
  for (const std::size_t bucket : {first_bucket(key), second_bucket(key)}) {
    std::optional<std::size_t> room;
    std::size_t free = 0;
    for (std::size_t i = 0; i < layout::kBucketSlots; ++i) {
      const std::size_t slot = bucket * layout::kBucketSlots + i;
      if (mapping_.tag(slot).load(std::memory_order_relaxed) != 0) {
        if (mapping_.entry(slot).until_us.load(std::memory_order_relaxed) > now_us) continue;
        free_slot(slot);
      }
      ++free;
      if (!room) room = slot;
    }
    if (free > most_free) {
      most_free = free;
      best = room;
    }
  }
  return best;
}

Result<void> Writer::write_at(std::size_t offset, const void* bytes, std::size_t size) {
  const auto written = ::pwrite(mapping_.descriptor(), bytes, size, static_cast<off_t>(offset));
  if (written == static_cast<ssize_t>(size)) return {};
  return io_failure("cannot write the state file", mapping_.path(), written < 0 ? errno : ENOSPC);
}

Result<void> Writer::write_record(std::size_t slot, const Key& key, const Restriction& restriction) {
  layout::Record record{};
  record.tag = key.tag;
  record.created_us = restriction.created_us != 0 ? restriction.created_us : wall_us();
  record.kind = static_cast<std::uint8_t>(restriction.kind);
  std::size_t used = 0;
  const auto put = [&](std::string_view text) {
    std::ranges::copy(text, record.text.begin() + static_cast<std::ptrdiff_t>(used));
    used += text.size();
    return static_cast<std::uint8_t>(text.size());
  };
  std::string kept;
  // A token is a secret: nobody is to read it here.
  const bool secret = restriction.kind == Kind::kToken;
  record.name_size = put(cut(kept, secret ? std::string() : restriction.name, kLongestName));
  record.issuer_size = put(cut(kept, restriction.issuer, kLongestIssuer));
  record.why_size = put(cut(kept, restriction.why, kLongestWhy));
  record.by_size = put(cut(kept, restriction.by, kLongestBy));
  return write_at(layout::kRecordsAt + slot * sizeof(record), &record, sizeof(record));
}

std::optional<Restriction> Writer::read_record(std::size_t slot) const {
  const layout::Record& record = mapping_.record(slot);
  const std::uint64_t tag = mapping_.tag(slot).load(std::memory_order_relaxed);
  const std::size_t sizes[] = {record.name_size, record.issuer_size, record.why_size, record.by_size};
  if (record.tag != tag || record.kind >= kKinds || sizes[0] + sizes[1] + sizes[2] + sizes[3] > record.text.size()) {
    return std::nullopt;
  }
  const layout::Entry& entry = mapping_.entry(slot);
  Restriction restriction{.kind = static_cast<Kind>(record.kind),
                          .until_us = entry.until_us.load(std::memory_order_relaxed),
                          .issued_before_s = entry.issued_before_s.load(std::memory_order_relaxed),
                          .created_us = record.created_us,
                          .id = id_of(tag)};
  const char* at = record.text.data();
  std::string* const texts[] = {&restriction.name, &restriction.issuer, &restriction.why, &restriction.by};
  for (std::size_t i = 0; i < 4; ++i) {
    texts[i]->assign(at, sizes[i]);
    at += sizes[i];
  }
  return restriction;
}

Result<void> Writer::add(const Restriction& restriction) {
  PORTICO_TRY(const Key key, key_for(restriction));
  layout::Header& header = mapping_.header();
  begin();
  auto slot = find(key);
  const bool is_new = !slot;
  if (is_new) slot = find_room(key, wall_us());
  if (!slot) {
    end();
    return failure(ErrorCode::kLimit, "there is no room for another block among " + std::to_string(count_of(header)),
                   Place{.file = mapping_.path()}, "Lift some, or block larger networks.");
  }
  if (auto written = write_record(*slot, key, restriction); !written) {
    end();
    return written;
  }
  layout::Entry& entry = mapping_.entry(*slot);
  entry.key.store(key.rest, std::memory_order_relaxed);
  entry.issued_before_s.store(restriction.issued_before_s, std::memory_order_relaxed);
  entry.until_us.store(restriction.until_us, std::memory_order_release);
  if (is_new) {
    if (restriction.kind == Kind::kAddress) {
      const auto length = address::parse_network(restriction.name)->length;
      header.lengths[length / 64U].fetch_or(std::uint64_t{1} << length % 64U, std::memory_order_relaxed);
    }
    header.counts[static_cast<std::size_t>(restriction.kind)].fetch_add(1, std::memory_order_relaxed);
    mapping_.tag(*slot).store(key.tag, std::memory_order_release);
  }
  end();
  return {};
}

void Writer::free_slot(std::size_t slot) {
  const auto record = read_record(slot);
  mapping_.tag(slot).store(0, std::memory_order_release);
  // The next owner's words must not be read with this one's tag.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (record) mapping_.header().counts[static_cast<std::size_t>(record->kind)].fetch_sub(1, std::memory_order_relaxed);
}

Result<bool> Writer::lift(const Restriction& what) {
  PORTICO_TRY(const Key key, key_for(what));
  const auto slot = find(key);
  if (!slot) return false;
  begin();
  free_slot(*slot);
  end();
  return true;
}

bool Writer::lift_id(std::string_view id) {
  std::uint64_t tag = 0;
  const auto [end_at, error] = std::from_chars(id.data(), id.data() + id.size(), tag, 16);
  if (id.size() != 16 || error != std::errc() || end_at != id.data() + id.size() || tag == 0) return false;
  for (std::size_t slot = 0; slot < layout::kSlots; ++slot) {
    if (mapping_.tag(slot).load(std::memory_order_relaxed) != tag) continue;
    begin();
    free_slot(slot);
    end();
    return true;
  }
  return false;
}

std::vector<Restriction> Writer::list(std::int64_t now_us) const {
  std::vector<Restriction> found;
  for (std::size_t slot = 0; slot < layout::kSlots; ++slot) {
    if (mapping_.tag(slot).load(std::memory_order_relaxed) == 0) continue;
    auto restriction = read_record(slot);
    if (restriction && restriction->until_us > now_us) found.push_back(*std::move(restriction));
  }
  std::ranges::sort(found, [](const Restriction& a, const Restriction& b) {
    return std::tie(a.created_us, a.id) < std::tie(b.created_us, b.id);
  });
  return found;
}

std::size_t Writer::expire(std::int64_t now_us) {
  std::vector<std::size_t> ended;
  for (std::size_t slot = 0; slot < layout::kSlots; ++slot) {
    if (mapping_.tag(slot).load(std::memory_order_relaxed) == 0) continue;
    if (mapping_.entry(slot).until_us.load(std::memory_order_relaxed) <= now_us) ended.push_back(slot);
  }
  if (ended.empty()) return 0;
  begin();
  for (const std::size_t slot : ended) free_slot(slot);
  recount();
  end();
  return ended.size();
}

Result<bool> Writer::publish_keys(std::string_view url, std::string_view bytes) {
  if (bytes.size() > layout::kKeySetBytes) {
    return failure(ErrorCode::kLimit, "a key set larger than " + std::to_string(layout::kKeySetBytes) + " bytes");
  }
  layout::Header& header = mapping_.header();
  auto index = find_key_set(mapping_, url);
  for (std::size_t i = 0; i < layout::kKeySets && !index; ++i) {
    if (header.key_sets[i].url[0].load(std::memory_order_relaxed) == 0) index = i;
  }
  if (!index) return failure(ErrorCode::kLimit, "the state file has no room for another issuer's keys");
  layout::KeySet& keys = header.key_sets[*index];
  const Key key = key_of_url(header, url);
  const std::uint64_t generation = keys.generation.load(std::memory_order_relaxed);
  const std::uint64_t sum = checksum(header, bytes);
  if (const auto& last = keys.buffers[generation & 1];
      generation != 0 && last.size == bytes.size() && last.checksum == sum) {
    return false;
  }
  begin();
  if (auto written = write_at(layout::buffer_at(*index, generation + 1), bytes.data(), bytes.size()); !written) {
    end();
    return std::unexpected(std::move(written).error());
  }
  keys.buffers[(generation + 1) & 1] = {bytes.size(), sum};
  keys.generation.store(generation + 1, std::memory_order_release);
  keys.url[1].store(key.rest, std::memory_order_relaxed);
  keys.url[0].store(key.tag, std::memory_order_release);
  end();
  return true;
}

void Writer::publish_lists() {
  begin();
  mapping_.header().lists_epoch.fetch_add(1, std::memory_order_acq_rel);
  end();
}

}  // namespace portico::state
