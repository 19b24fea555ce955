// The request target (RFC 9112, section 3.2; RFC 3986): path and query, percent-encoding, and what makes a path
// ambiguous: read one way by one server and another way by the next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace portico::http {

struct Target {
  std::string_view path;
  std::string_view query;  // without '?'
  bool has_query = false;
};

// Splits an origin-form target.
Target split_target(std::string_view target);

// What is wrong with a path, as a stable kebab-case code, or empty. Refused are: what does not start with '/', control
// and non-ASCII bytes, '#', backslashes, malformed percent-encoding, encoded '/', '\' and NUL, encoded control
// characters, dot segments (plain or encoded) and empty segments inside of the path. After this check a path has one
// reading only: segments between slashes, each decoded once.
std::string_view path_ambiguity(std::string_view path);

// The same for a query: control, space and non-ASCII bytes, '#' and '\\'. Other bytes that a URI has only
// percent-encoded (quotes, braces) have one reading; malformed escapes are for whoever decodes.
std::string_view query_ambiguity(std::string_view query);

// Appends `text` with its percent-encoding undone, once. False when an escape is malformed; `out` then holds a part.
// `plus_is_space` is for application/x-www-form-urlencoded, where '+' stands for a space.
bool append_percent_decoded(std::string& out, std::string_view text, bool plus_is_space = false);

}  // namespace portico::http
