// URI references (RFC 3986): taking apart, resolving against a base, percent-encoding, and `file:` URIs (RFC 8089).
// In base because several languages need it: contracts and schemas name their parts by URIs, HTTP its targets.
// Nothing here validates beyond what it must to take a reference apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace portico {

// Views into the text that was split. A part that is absent and a part that is empty differ: "a?" has a query.
struct Uri {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};

// RFC 3986, appendix B. Whatever comes before the first ':' counts as a scheme only if it is spelt like one.
Uri split_uri(std::string_view reference);

// RFC 3986, section 5.2 (strict). `base` should be absolute; with a relative one the result is relative, too.
std::string resolve_uri(std::string_view base, std::string_view reference);

// The URI without its fragment.
std::string_view without_fragment(std::string_view uri);

// RFC 3986, section 5.2.4.
std::string remove_dot_segments(std::string_view path);

// Percent-encoding undone, once; nothing when an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text);

// `text` with all bytes percent-encoded that a URI's path does not take as they are. '/' stays.
std::string percent_encode_path(std::string_view text);

// "file:///..." of an absolute path, and back; nothing for other schemes, other hosts and encoded NUL bytes.
std::string file_uri(std::string_view absolute_path);
std::optional<std::string> file_path(std::string_view uri);

}  // namespace portico
