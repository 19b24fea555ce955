// Whether a client's address belongs to a group that may call: countries, and networks of providers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "address/database.h"
#include "base/result.h"
#include "policy/addresses.h"

namespace portico::guard {

class CountryGroups {
 public:
  static Result<CountryGroups> make(const policy::AddressGroups& groups);
  // An address that the database does not know is in no country: denied where some are allowed.
  bool denies(address::Ip ip) const;

 private:
  address::Database database_;
  std::vector<std::string> allow_;  // capitals
  std::vector<std::string> deny_;
};

class NetworkGroups {
 public:
  static Result<NetworkGroups> make(const policy::AddressGroups& groups);
  bool denies(address::Ip ip) const;

 private:
  address::Database database_;
  std::vector<std::uint32_t> allow_;  // numbers of autonomous systems
  std::vector<std::uint32_t> deny_;
};

}  // namespace portico::guard
