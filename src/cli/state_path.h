// Which state file a command is about.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/command.h"

namespace portico::cli {

constexpr Option kStatePolicy = {"--policy", "FILE", "portico.yaml, whose state file it is", "portico.yaml"};
constexpr Option kState = {"--state", "FILE", "The state file itself, where there is no policy at hand"};

// --state, or the `state` of the policy.
Result<std::string> state_path(const Arguments& arguments);

}  // namespace portico::cli
