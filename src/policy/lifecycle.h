// What the policy says about versions and the end of operations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/text.h"

namespace portico::policy {

// Operations that are to go (RFC 9745, RFC 8594). Times are seconds since 1970.
struct Deprecation {
  Selectors operations;
  std::optional<std::int64_t> deprecated;
  std::optional<std::int64_t> sunset;  // from then on they are refused
  std::string documentation;           // URI of what to do instead
  std::string successor;               // URI of the version that follows
};

// How callers say which version they mean, beside the base path.
struct Version {
  std::string header;      // name of a request header field
  std::string media_type;  // name of a media type's parameter, in Content-Type and Accept
  std::string value;       // the version that answers; empty: the contract's info.version
  bool required = false;   // of the header field
};

struct Lifecycle {
  std::vector<Deprecation> deprecations;
  Version version;
};

}  // namespace portico::policy
