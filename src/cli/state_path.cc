#include "cli/state_path.h"

#include "policy/load.h"

namespace portico::cli {

Result<std::string> state_path(const Arguments& arguments) {
  if (arguments.has("--state")) return arguments.text("--state");
  const std::string path = arguments.text("--policy");
  PORTICO_TRY(const policy::Policy policy, policy::load(path));
  if (!policy.state.empty()) return policy.state;
  return failure(ErrorCode::kInvalidArgument, "the policy names no state file", Place{.file = path},
                 "Add a line such as \"state: /var/lib/portico/orders.state\", and reload the guard.");
}

}  // namespace portico::cli
