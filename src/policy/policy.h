// policy/ reads portico.yaml: what the owner of an API adds to the contract's promise. The file's keys are documented
// in docs/protection.md and docs/formats/policy.schema.json; load.h reads it, this header is what it says. A section
// that is more than a few keys has its model in a header of its own (limit.h) and is read in a file of its own
// (load_limits.cc), by the means of reader.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/addresses.h"
#include "policy/assumption.h"
#include "policy/browser.h"
#include "policy/check_mode.h"
#include "policy/identity.h"
#include "policy/injection.h"
#include "policy/lifecycle.h"
#include "policy/limit.h"
#include "policy/ownership.h"
#include "policy/repair.h"
#include "policy/rule.h"
#include "policy/seal.h"
#include "policy/server.h"
#include "policy/text.h"
#include "policy/uniform.h"
#include "policy/waiver.h"

namespace portico::policy {

struct Owner {
  std::string team;
  std::string contact;
};

struct Requests {
  std::uint64_t max_body = UINT64_C(1) << 20;  // bytes
  bool allow_undeclared_query = false;
  bool canonical = false;  // the service gets JSON bodies written anew from what was validated
};

struct Responses {
  std::uint64_t max_body = UINT64_C(4) << 20;  // bytes held for the verdict
  bool allow_undeclared_status = false;
};

struct Policy {
  std::string file;      // the policy's own path; empty: there is none, and these are all defaults
  std::string contract;  // path, already relative to the policy's own folder; empty when the file has none
  Upstream upstream;
  Listen listen;
  Mode mode = Mode::kBlock;
  std::vector<CheckMode> checks;  // exceptions from `mode`
  bool only_reports = false;      // set by who runs the guard: whatever the policy refuses is only reported
  Owner owner;
  std::vector<std::string> hosts;            // lower case; empty: any Host is served
  std::vector<std::string> trusted_proxies;  // addresses and CIDR ranges whose proxy_field is believed
  ProxyField proxy_field = ProxyField::kXForwardedFor;
  Addresses addresses;
  Requests requests;
  Responses responses;
  Identity identity;
  // Operations that nobody has to say who they are for, besides those of which the contract says so.
  Selectors anonymous;
  std::vector<Rule> rules;
  std::vector<Limit> limits;
  std::vector<Ownership> ownership;
  std::vector<Uniform> uniform;
  std::vector<Repair> repair;
  std::vector<Leaks> leaks;
  std::vector<Injection> injection;
  std::optional<Seal> seal;
  std::string state;         // path of the file shared with `portico block` and `portico serve`; empty: none
  std::optional<Cors> cors;  // nothing: the service's own affair
  Csrf csrf;
  Headers headers;
  Lifecycle lifecycle;
  std::vector<Answer> assumptions;
  std::vector<Waiver> waivers;
  std::string events;   // path of the event log; "-" is standard output; empty when the file has none
  Selectors selectors;  // all of all sections
};

}  // namespace portico::policy
