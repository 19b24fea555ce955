// The JSON form of an Event: one object on one line (docs/formats/event.md).
#pragma once

#include <string>

#include "event/event.h"

namespace portico::event {

// Appends the line, with its line feed. Texts that a client chose are scrubbed and bounded; a line stays under 8 KiB.
// Does not allocate when `line` has capacity.
void append_line(std::string& line, const Transaction& transaction);

}  // namespace portico::event
