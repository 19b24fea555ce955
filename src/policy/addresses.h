// Which addresses may call at all, as the policy says it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace portico::policy {

// Groups of addresses that a database (MaxMind's format) knows: countries, or networks of providers.
struct AddressGroups {
  std::string database;            // a file; empty: nothing is asked
  std::vector<std::string> allow;  // empty: all
  std::vector<std::string> deny;
};

// A caller must be on an allow list, where there is one, and on no deny list.
struct Addresses {
  std::vector<std::string> allow;  // addresses and networks
  std::vector<std::string> deny;
  std::vector<std::string> allow_files;  // lists of them (address/list_file.h)
  std::vector<std::string> deny_files;
  AddressGroups countries;  // "DE", by ISO 3166-1
  AddressGroups networks;   // "AS64500"
};

// The field by which trusted proxies tell who called them.
enum class ProxyField : std::uint8_t {
  kXForwardedFor,
  kForwarded,  // RFC 7239
};

}  // namespace portico::policy
