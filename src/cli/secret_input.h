// Secrets that a command takes from standard input, since arguments are seen by other users of the machine.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace portico::cli {

// All of standard input, without line ends at its end. More than `limit` bytes are an Error (kLimit) that calls it
// `what`: "the key".
Result<std::string> secret_from_input(std::string_view what, std::size_t limit);

}  // namespace portico::cli
