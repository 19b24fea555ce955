// policy/ reads portico.yaml: what the owner of an API adds to the contract's promise. The file's keys are documented
// in docs/protection.md; load.h reads it, this header is what it says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace portico::policy {

enum class Mode : std::uint8_t {
  kBlock,    // what breaks the contract is refused
  kMonitor,  // it passes, and the event says that it would have been refused
};

struct Owner {
  std::string team;
  std::string contact;
};

// At most `rate` requests per period on average, and at most `burst` at once, for each value of the key: a token bucket
// of `burst` tokens.
struct Limit {
  std::vector<std::string> operations;  // operationId, "METHOD /path/{template}", or "*"
  std::uint64_t rate = 0;
  std::int64_t period_ns = 0;
  std::uint64_t burst = 1;
  std::string text;  // "6/minute"
  Place place;
};

struct Requests {
  std::uint64_t max_body = UINT64_C(1) << 20;  // bytes
  bool allow_undeclared_query = false;
};

struct Responses {
  std::uint64_t max_body = UINT64_C(4) << 20;  // bytes held for the verdict
  bool allow_undeclared_status = false;
};

struct Policy {
  std::string contract;  // path, already relative to the policy's own folder; empty when the file has none
  std::string upstream;  // "http://host:port"
  std::string listen;    // "address:port"
  Mode mode = Mode::kBlock;
  Owner owner;
  std::vector<std::string> hosts;            // lower case; empty: any Host is served
  std::vector<std::string> trusted_proxies;  // addresses and CIDR ranges whose X-Forwarded-For is believed
  Requests requests;
  Responses responses;
  std::vector<Limit> limits;
  std::string events;  // path of the event log; "-" is standard output; empty when the file has none
};

}  // namespace portico::policy
