// The writing side of a state file. A Writer holds the file's lock as long as it lives, so there is one at a time; it
// should live for as long as one change takes. A change is visible to all readers when its call returns, and on the
// disk when the Writer is gone. Where a Writer is killed, what it had begun is not visible, and the next one tidies up.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/key.h"
#include "state/mapping.h"
#include "state/restriction.h"

namespace portico::state {

class Writer {
 public:
  // Opens the file, or makes it first (`group` may then read it; see create_if_missing). Waits some seconds for another
  // writer, then gives up with an Error.
  static Result<Writer> open(const std::string& path, gid_t group = static_cast<gid_t>(-1));

  Writer(Writer&& other) noexcept;
  Writer& operator=(Writer&&) = delete;
  ~Writer();

  // Adds, or replaces what is there for the same thing. An Error says that the name is none of its kind, or that the
  // table is full.
  Result<void> add(const Restriction& restriction);

  // Lifts what is there for the thing that `what` names by kind, name and issuer, or by its id. False: nothing was.
  Result<bool> lift(const Restriction& what);
  bool lift_id(std::string_view id);

  // All that have not ended at `now_us`, in the order in which they were made.
  std::vector<Restriction> list(std::int64_t now_us) const;

  // Gives back the room of those that have ended. How many there were.
  std::size_t expire(std::int64_t now_us);

  // Publishes the keys of `url` (a JWKS document) to all readers. False: they were the same already.
  Result<bool> publish_keys(std::string_view url, std::string_view bytes);

  // Tells readers that compiled address lists have changed.
  void publish_lists();

 private:
  explicit Writer(Mapping mapping) : mapping_(std::move(mapping)) {}

  Result<Key> key_for(const Restriction& restriction) const;
  std::optional<std::size_t> find(const Key& key) const;
  std::optional<std::size_t> find_room(const Key& key, std::int64_t now_us);
  Result<void> write_record(std::size_t slot, const Key& key, const Restriction& restriction);
  Result<void> write_at(std::size_t offset, const void* bytes, std::size_t size);
  std::optional<Restriction> read_record(std::size_t slot) const;
  void free_slot(std::size_t slot);
  void recount();
  void begin();
  void end();

  Mapping mapping_;
  bool changed_ = false;
};

}  // namespace portico::state
