// The reading side of a state file. Nothing here locks, waits or allocates on the request's path; a question costs some
// tens of nanoseconds, and next to nothing while there is no entry of its kind.
//
// A writer that is killed leaves what it had not finished invisible. Bytes that make no sense give no answer rather
// than a fault: every index is bounded by the layout, and key sets carry a checksum. A Reader may be used by one
// thread, and by processes after fork, which share the mapping.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "address/ip.h"
#include "state/mapping.h"
#include "state/restriction.h"

namespace portico::state {

// What the file says of one thing. Times are as in Restriction.
struct Found {
  std::int64_t until_us = 0;
  std::int64_t issued_before_s = 0;
};

class Reader {
 public:
  static Result<Reader> open(const std::string& path);

  // Changes whenever anything does: compare it to drop what was remembered of earlier answers.
  std::uint64_t epoch() const { return mapping_.header().epoch.load(std::memory_order_acquire); }
  // Changes when compiled address lists were published (address/compiled_list.h).
  std::uint64_t lists_epoch() const { return mapping_.header().lists_epoch.load(std::memory_order_acquire); }

  // The longest blocked network that holds `ip`, if one does now.
  std::optional<Found> find(address::Ip ip, std::int64_t now_us) const;

  // Asked for an issuer, this answers for entries of that issuer and for those of any.
  std::optional<Found> find(Kind kind, std::string_view issuer, std::string_view name, std::int64_t now_us) const;

  // Whether any entry of the kind may be there: spares making the name where that costs something.
  bool has(Kind kind) const {
    return mapping_.header().counts[static_cast<std::size_t>(kind)].load(std::memory_order_relaxed) != 0;
  }

  // The keys published for `url`: 0 while there are none; another number whenever they are replaced.
  std::uint64_t keys_generation(std::string_view url) const;
  // Copies them. False when there are none, or when they were replaced twice during the copy: ask again later.
  bool read_keys(std::string_view url, std::string& bytes) const;

  const std::string& path() const { return mapping_.path(); }
  // Whether somebody put another file in its place: then it should be opened anew. One look at the file system.
  bool is_replaced() const { return mapping_.is_replaced(); }

 private:
  explicit Reader(Mapping mapping) : mapping_(std::move(mapping)) {}

  Mapping mapping_;
};

}  // namespace portico::state
