// Where a request comes from: the client's address, as the peer or as trusted proxies tell it, and whether that address
// may call at all. Made before anything is read that the caller could make expensive.
#pragma once

#include <vector>

#include "address/forwarded.h"
#include "address/lists.h"
#include "address/set.h"
#include "base/result.h"
#include "guard/groups.h"
#include "guard/guard.h"
#include "policy/policy.h"

namespace portico::guard {

class Origin;

// Lists that were compiled after the guard was made; of one guard, in one worker.
struct NewerLists {
  const Origin* origin = nullptr;
  std::uint64_t epoch = 0;
  address::Lists lists;
  bool usable = false;
};

class Origin {
 public:
  // Reads the policy's lists. An Error names the file and the line.
  static Result<Origin> make(const policy::Policy& policy);

  // Finds the client, and refuses it if its address is on the wrong list or blocked. `client` is set in any case.
  Decision check(Worker::State& worker, const Shared& shared, const RequestHead& head, address::Ip& client) const;

 private:
  // False: what a trusted proxy says cannot be read.
  bool find_client(const RequestHead& head, address::Ip& client) const;

  const address::Lists& lists(Worker::State& worker, const Shared& shared) const;
  bool is_denied(Worker::State& worker, const Shared& shared, address::Ip client) const;

  address::Set trusted_;
  address::ForwardedSyntax syntax_{};
  std::string_view field_;
  bool has_allowed_ = false;
  bool has_files_ = false;
  std::uint64_t sources_ = 0;  // of the lists
  address::Lists lists_;
  CountryGroups countries_;
  NetworkGroups networks_;
};

}  // namespace portico::guard
