#include "cli/commands.h"

#include <array>

namespace portico::cli {

std::span<const Command* const> commands() {
  static constexpr std::array kCommands = {&kContractCommand, &kAuditCommand, &kExplainCommand, &kThreatsCommand,
                                           &kValidateCommand, &kGuardCommand, &kBlockCommand,   &kServeCommand,
                                           &kKeyCommand,      &kUpCommand};
  return kCommands;
}

}  // namespace portico::cli
