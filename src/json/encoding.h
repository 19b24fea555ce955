// What stands between the bytes of a document and its text: its encoding.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace portico::json {

// `bytes` without a UTF-8 byte order mark (RFC 8259, section 8.1, lets readers of files tolerate one). UTF-16 and
// UTF-32, told by their marks or by the zero bytes that the first two characters of any document then have, are an
// Error of kUnsupported. Whether the rest is well-formed UTF-8 is checked by the readers.
Result<std::string_view> document_text(std::string_view bytes, const std::string& name);

// Line and column (in bytes) of an offset, both from 1.
Place place_at(std::string_view text, std::size_t offset, const std::string& name);

}  // namespace portico::json
