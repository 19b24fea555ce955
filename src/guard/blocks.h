// Whether a caller who has said who it is was blocked (`portico block`). Asked with every request after the credentials
// were verified, so a block acts on tokens that are remembered as good, too.
#pragma once

#include <cstdint>
#include <string_view>

#include "guard/guard.h"

namespace portico::guard {

// What is known of the caller; what is not is empty.
struct CallerNames {
  std::string_view issuer;
  std::string_view subject;
  std::string_view token;        // the token or API key, all of its bytes
  std::string_view token_id;     // jti
  std::string_view credential;   // the name of an API key or certificate
  std::string_view key;          // kid
  std::int64_t issued_at_s = 0;  // iat; 0: the token does not say, which counts as before any time
};

Decision check_blocks(const Shared& shared, const CallerNames& caller, std::int64_t wall_us);

}  // namespace portico::guard
