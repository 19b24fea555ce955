#include <array>

#include "cli/command.h"

namespace portico::cli {

// One line a command; its table and its code are in src/cli/<name>_command.cc.

std::span<const Command* const> commands() {
  static constexpr std::array<const Command*, 0> kCommands = {};
  return kCommands;
}

}  // namespace portico::cli
