// What is looked for and changed in the answers of an operation: repairs (repair/) and leaks (leak/), as the policy's
// sections `repair` and `leaks` and the modes of their rules have it. Made before traffic comes, immutable.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "guard/guard.h"
#include "guard/modes.h"
#include "leak/scanner.h"
#include "policy/policy.h"
#include "repair/plan.h"
#include "repair/repairer.h"
#include "schema/places.h"

namespace portico::guard {

// What was found or changed is counted by these kinds; the first four are leak::Kind's.
enum class Found : std::uint8_t { kSecret, kTrace, kError, kAddress, kContact, kFinancial, kGovernmentId, kCount };

struct Inspection {
  // What comes of something found.
  enum class Act : std::uint8_t { kIgnore, kReport, kBlock, kReplace, kMask };

  repair::Plan repair;                     // what is done
  std::unique_ptr<repair::Plan> would_do;  // where repairs are only reported
  std::shared_ptr<const schema::Places> places;
  std::shared_ptr<const leak::Scanner> scanner;  // null: no leaks are looked for
  std::array<Act, 4> acts{};                     // by Found, up to kAddress
  bool counts = false;                           // personal data

  // Whether the body may leave as another than it came.
  bool changes() const;
};

// The memory of a worker for inspections.
struct InspectionScratch {
  repair::Repairer repairer;
  repair::Counts counts;
  std::vector<repair::Redaction> redactions;
  std::string patched;
  const leak::Scanner* scanner = nullptr;  // whom `scan` is for
  std::unique_ptr<leak::Scanner::Scratch> scan;
};

// Makes the inspections of all plans, which are of the contract's operations in order, and the places that they need.
Result<void> add_inspections(std::vector<OperationPlan>& plans, const policy::Policy& policy,
                             const contract::Contract& contract);

// One inspection of one body.
struct Inspected {
  Decision decision;      // not judged: it holds the objection that `acts` or the repair's failure led to
  std::string_view body;  // to be sent on
  bool changed = false;
};

// JSON, as the worker's parser holds it.
Inspected inspect_json(Worker::State& worker, const Inspection& inspection, schema::PlaceId place,
                       std::string_view text, Transaction& transaction, std::vector<Decision>& reports);
// Any text.
Inspected inspect_text(Worker::State& worker, const Inspection& inspection, std::string_view text,
                       Transaction& transaction, std::vector<Decision>& reports);

// The credentials of an Authorization field that are long enough to be looked for in the answer.
std::string_view bearer_of(std::span<const HeaderField> headers);

}  // namespace portico::guard
