// Files, whole. Limits are bytes; a file over its limit is an Error of kLimit, not a truncated text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace portico {

// The bytes of a regular file (a FIFO or a device is refused, so that no read blocks for ever).
Result<std::string> read_file(const std::string& path, std::uint64_t limit = UINT64_C(64) << 20);

// Writes beside the target and renames, so that a reader sees the old file or the new one, never half.
Result<void> write_file(const std::string& path, std::string_view bytes, unsigned mode = 0644);

}  // namespace portico
