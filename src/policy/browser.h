// What the policy says about browsers: cross-origin calls, forged ones, and the fields that tell a browser how to treat
// an answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/text.h"

namespace portico::policy {

// Cross-Origin Resource Sharing (Fetch, "CORS protocol"). Methods and header fields are the contract's.
struct Cors {
  std::vector<std::string> origins;  // "https://app.example", "https://*.app.example" (any subdomain), or "*" alone
  Selectors operations;              // empty: all
  std::vector<std::string> headers;  // request header fields beside those that the contract declares
  std::vector<std::string> expose;   // response header fields beside those that the contract declares
  bool credentials = false;
  std::int64_t max_age_ns = INT64_C(600'000'000'000);
};

// Cross-site request forgery. Operations that take a cookie for a credential are protected without being named.
struct Csrf {
  bool enabled = true;
  Selectors operations;              // protected whatever their credentials: who is asked from inside a network
  std::vector<std::string> origins;  // trusted beside the API's own and those of `cors`
  bool strict = false;               // refuse calls that do not say where they come from, too
};

// Response header fields. `set` replaces, `add` adds where the service sent none, `remove` removes, `keep` exempts from
// the defaults.
struct FieldRules {
  Selectors operations;               // empty: all, and answers to requests that are no operation's
  std::vector<std::string> statuses;  // "404", "5XX"; empty: all
  std::vector<std::pair<std::string, std::string>> set;
  std::vector<std::pair<std::string, std::string>> add;
  std::vector<std::string> remove;
  std::vector<std::string> keep;
};

struct Headers {
  bool defaults = true;
  FieldRules global;
  std::vector<FieldRules> rules;  // for some operations and statuses; the last that names a field wins
};

}  // namespace portico::policy
