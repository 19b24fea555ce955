// The second look at what Hyperscan found. Internal to leak/.
#pragma once

#include <string_view>

#include "leak/rule.h"

namespace portico::leak {

bool belongs_to(Letters letters, char c);

// Verify functions. Tokens:
bool has_base62_checksum(Candidate& candidate);  // GitHub, npm: CRC-32 of 30 characters in the last six
bool is_jwt(Candidate& candidate);
bool is_openai_key(Candidate& candidate);       // finds its start
bool is_private_key(Candidate& candidate);      // takes in all up to its END line
bool is_url_password(Candidate& candidate);     // narrows it to the password
bool is_assigned_secret(Candidate& candidate);  // PASSWORD=..., "secret": "...": narrows it to the value
bool is_authorization(Candidate& candidate);    // Basic or Bearer with its credentials
bool is_password_hash(Candidate& candidate);

bool is_frame(Candidate& candidate);  // a line of a stack trace: "at ..."

// Addresses:
bool is_internal_ipv4(Candidate& candidate);
bool is_internal_name(Candidate& candidate);

// Personal data; candidates are taken in to both sides first:
bool is_email(Candidate& candidate);
bool is_phone(Candidate& candidate);

}  // namespace portico::leak
