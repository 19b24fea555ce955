// Asks the owner's rules about an exchange.
#pragma once

#include "guard/checks.h"
#include "guard/modes.h"
#include "guard/operation_rules.h"

namespace portico::guard {

// The decision of all rules whose phase it is, judged. `body` is the validated body that they may read, null where
// there is none: rules that read it then cannot be decided, which denies.
Decision check_rules(Worker::State& worker, const Judge& judge, const Transaction& transaction, RulePhase phase,
                     const json::TapeView* body);

// What an expression says of a request. Text points to the inputs, the body, the program or the worker's scratch
// memory, and is good until the next evaluation; what is no scalar is an error.
cel::Value evaluate_scalar(Worker::State& worker, const Transaction& transaction, const cel::Program& program,
                           const json::TapeView* body);

}  // namespace portico::guard
