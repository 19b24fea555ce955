// The commands, each defined in src/cli/<name>_command.cc.
#pragma once

#include "cli/command.h"

namespace portico::cli {

extern const Command kAuditCommand;
extern const Command kExplainCommand;
extern const Command kBlockCommand;
extern const Command kServeCommand;
extern const Command kContractCommand;
extern const Command kGuardCommand;
extern const Command kThreatsCommand;
extern const Command kKeyCommand;
extern const Command kUpCommand;
extern const Command kValidateCommand;

}  // namespace portico::cli
