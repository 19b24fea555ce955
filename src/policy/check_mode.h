// How strictly checks are meant, as the policy says it: for all of the API, and finer.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

enum class Mode : std::uint8_t {
  kBlock,    // what breaks the contract is refused
  kMonitor,  // it passes, and the event says that it would have been refused
  kOff,      // it is not looked for
};

enum class Direction : std::uint8_t { kBoth, kRequest, kResponse };

// One entry of `checks`. Of several that match, the last one wins.
struct CheckMode {
  Selectors operations;  // empty: all of them, and requests that are no operation's
  Direction direction = Direction::kBoth;
  std::vector<Text> rules;  // ids of the guard's rules; empty: all of the direction
  Mode mode = Mode::kBlock;
  Place place;
};

}  // namespace portico::policy
