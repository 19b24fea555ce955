// What browsers make possible: calls from other sites' scripts (CORS, which the policy allows) and forged calls with
// the user's own cookies (CSRF, which nobody wants).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contract/model.h"
#include "guard/fields.h"
#include "guard/guard.h"
#include "policy/policy.h"

namespace portico::guard {

// Of one operation.
struct BrowserPlan {
  enum class Csrf : std::uint8_t {
    kNever,
    kWithCookie,  // only when one of `cookies` came
    kAlways,
  };
  bool cors = false;                      // may be called from the policy's origins
  std::string allow_headers;              // what a preflight is told
  std::vector<std::string> header_names;  // the same, in lower case
  std::string expose;
  Csrf csrf = Csrf::kNever;
  std::vector<std::string_view> cookies;  // that are credentials
};

// Everything that the checks want of a request's fields.
struct BrowserFields {
  std::string_view origin;
  std::string_view referer;
  std::string_view fetch_site;
  std::string_view cookie;
  std::string_view requested_method;   // Access-Control-Request-Method
  std::string_view requested_headers;  // Access-Control-Request-Headers
  bool has_origin = false;
  bool is_preflight = false;
};
BrowserFields browser_fields(const RequestHead& head);

// Of the API. Immutable.
class BrowserRules {
 public:
  BrowserRules() = default;
  explicit BrowserRules(const policy::Policy& policy);

  BrowserPlan plan(const policy::Policy& policy, const contract::Contract& contract,
                   const contract::Operation& operation) const;
  // The fields that are the same for all origins.
  void add_fields(FieldsPlan& plan) const;

  bool has_cors() const { return has_cors_; }

  // Who is asking by script, and may not. `allowed_origin` gets the Origin, if it is another than the API's own and the
  // policy allows it.
  Decision check_origin(const BrowserPlan& plan, const RequestHead& head, const BrowserFields& fields,
                        std::string_view& allowed_origin) const;
  // Whether the call may be a forged one.
  Decision check_site(const BrowserPlan& plan, const RequestHead& head, const BrowserFields& fields) const;
  // Whether the header fields that a preflight asks for may be sent.
  static Decision check_requested_headers(const BrowserPlan& plan, const BrowserFields& fields);

  // The fields for one origin.
  void append_changes(const BrowserPlan* plan, std::string_view allowed_origin, std::vector<FieldChange>& to) const;
  void append_preflight(const BrowserPlan& plan, std::string_view methods, std::vector<FieldChange>& to) const;

 private:
  bool allows(std::string_view origin) const;
  bool trusts(std::string_view origin, std::string_view host) const;

  bool has_cors_ = false;
  bool everybody_ = false;
  bool credentials_ = false;
  bool strict_ = false;
  std::vector<std::string> origins_;
  std::vector<std::string> trusted_;  // by `csrf` alone
  std::string max_age_;
};

}  // namespace portico::guard
