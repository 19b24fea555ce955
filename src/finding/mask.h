// Evidence without the secret. A report travels further than the system it is about: what could be a credential or a
// personal value is shown only so far that its owner recognises it.
#pragma once

#include <string>
#include <string_view>

namespace portico::finding {

// The first four characters of a long value (the vendor's prefix of a token: "ghp_"), nothing of one with fewer than 16
// characters, then "***" whatever its length: neither the rest nor the length is told.
std::string masked(std::string_view value);

// A URI whose user information (RFC 3986, section 3.2.1) is replaced by "***"; others unchanged.
std::string without_user_information(std::string_view uri);

}  // namespace portico::finding
