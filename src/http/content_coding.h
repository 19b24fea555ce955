// Content codings (RFC 9110, section 8.4.1): what a coded body says, within a budget.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace portico::http {

enum class Decoding { kDone, kUnsupported, kMalformed, kTooLarge };

// Decodes a body of coding gzip, x-gzip or deflate (zlib format) into `out`, which is cleared first and never grows
// beyond `limit` bytes: a bomb ends as kTooLarge. "identity" and "" copy. Anything else, also a list, is kUnsupported.
// Trailing bytes after the coded stream are malformed: another reader might take them for a second member.
Decoding decode_content(std::string_view coding, std::string_view body, std::size_t limit, std::string& out);

}  // namespace portico::http
