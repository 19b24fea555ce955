// Looks for injections (injection/) in what a request says, where its contract leaves strings free.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "guard/guard.h"
#include "guard/modes.h"
#include "injection/attack.h"
#include "json/tape.h"
#include "policy/policy.h"
#include "repair/plan.h"
#include "schema/place_walk.h"

namespace portico::guard {

struct InjectionPlan {
  injection::Attacks refused;  // by the modes of their rules
  injection::Attacks reported;
  std::vector<repair::PointerPattern> except;  // of places: "body", "comment"
  std::shared_ptr<const schema::Places> places;
};

// The memory of a worker.
struct InjectionScratch {
  injection::Scratch look;
  schema::PlaceScratch walk;
};

// Makes the plans of all operations, which are of the contract's in order, and the places of their parameters and
// bodies.
Result<void> add_injection_plans(std::vector<OperationPlan>& plans, const policy::Policy& policy,
                                 const contract::Contract& contract);

// A value that its schema accepted, in a `part` of the request: "query", and the parameter's `name`; "body", and no
// name. Judged.
Decision check_injection(Worker::State& worker, const InjectionPlan& plan, const Judge& judge, schema::PlaceId place,
                         json::TapeView value, std::string_view part, std::string_view name, bool one_line);

// A text that no schema describes.
Decision check_injection(Worker::State& worker, const InjectionPlan& plan, const Judge& judge, std::string_view text,
                         std::string_view where);

}  // namespace portico::guard
