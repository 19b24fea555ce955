// Where a request comes from: the client's address, as the peer or as trusted proxies tell it, and whether that address
// may call at all. Made before anything is read that the caller could make expensive.
#pragma once

#include "address/forwarded.h"
#include "address/set.h"
#include "base/result.h"
#include "guard/guard.h"
#include "policy/policy.h"

namespace portico::guard {

class Origin {
 public:
  // Reads the policy's lists. An Error names the file and the line.
  static Result<Origin> make(const policy::Policy& policy);

  // Finds the client, and refuses it if its address is on the wrong list or blocked. `client` is set in any case.
  Decision check(const Shared& shared, const RequestHead& head, address::Ip& client) const;

 private:
  // False: what a trusted proxy says cannot be read.
  bool find_client(const RequestHead& head, address::Ip& client) const;

  address::Set trusted_;
  address::ForwardedSyntax syntax_{};
  std::string_view field_;
  bool has_allowed_ = false;
  address::Set allowed_;
  address::Set denied_;
};

}  // namespace portico::guard
