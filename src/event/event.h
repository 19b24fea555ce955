// event/ is what happened at run time: the Event (this header), its JSON form (codec.h), the scrubbing of secrets
// (scrub.h) and the log that carries it (log.h).
//
// An Event is one API transaction. Its host (the nginx module, a replay) fills it in from the exchange and from the
// guard's decisions. The field names in JSON are documented in docs/formats/event.md and are stable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace portico::event {

enum class Verdict : std::uint8_t {
  kAllowed,
  kRefused,   // the guard answered in place of the service or of the service's answer
  kReported,  // would have been refused; monitor mode let it pass
};

std::string_view name(Verdict verdict);  // "allowed", ...

// One reason for the verdict.
struct Reason {
  std::string_view rule;      // the guard's rule id
  std::string_view place;     // where in the message: "query/limit", "body/items/0/price"; never a value
  std::string_view detail;    // what was expected there; never a value
  std::string_view contract;  // what says so: "orders.yaml:14:9"
  bool reported = false;      // it passed all the same: the rule's mode is monitor
};

// Whom a request came from. What is empty is not known, or not verified.
struct Caller {
  std::string_view method;  // "token", "api-key", "certificate"
  std::string_view issuer;
  std::string_view subject;              // scrubbed by the codec
  std::string_view id;                   // of the credential: `jti`, an API key's id, a certificate's serial number
  std::span<const std::uint8_t> digest;  // of the credential; its first eight bytes are written
  bool unverified = false;               // credentials were asked for and there, and left to the service to verify
};

// So many of something: {"masked", 2}.
struct Count {
  std::string_view name;
  std::uint32_t count;
};

// All views must outlive the call they are passed to; nothing is owned.
struct Transaction {
  std::int64_t time_us = 0;  // start, microseconds since 1970 UTC
  std::string_view request_id;
  std::string_view api;        // the contract's title
  std::string_view operation;  // operation id; empty when none was found
  std::string_view method;
  std::string_view path_template;  // empty when none was found
  std::string_view path;           // as sent, scrubbed by the codec; without query
  std::string_view host;
  std::string_view protocol;  // "HTTP/1.1"
  std::string_view user_agent;
  std::string_view address;  // the client's
  Caller caller;
  std::uint16_t status = 0;           // what the client got
  std::uint16_t upstream_status = 0;  // what the service said; 0 when it was not asked
  Verdict verdict = Verdict::kAllowed;
  std::span<const Reason> reasons;
  std::uint64_t request_bytes = 0;   // body
  std::uint64_t response_bytes = 0;  // body sent to the client
  std::uint64_t duration_us = 0;     // from the request's first byte to the log
  std::uint64_t upstream_us = 0;     // waiting for the service
  std::uint64_t guard_us = 0;        // spent deciding
  std::span<const Count> repairs;    // how the answer was changed before it left: "stripped", "masked", ...
  std::span<const Count> personal;   // personal data that left, by class
  bool client_gone = false;          // the client closed before it had its answer
};

}  // namespace portico::event
