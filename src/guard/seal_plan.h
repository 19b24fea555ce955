// Which ids of an operation are sealed (docs/seal.md): made of the policy's section `seal` before traffic comes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "policy/policy.h"
#include "repair/plan.h"
#include "seal/keys.h"

namespace portico::guard {

struct OperationPlan;

// An index into SealTable::types.
using SealedTypeId = std::uint16_t;
constexpr SealedTypeId kSealedLink = 0xffff;  // not an id, but a link to a path of the contract with ids in it

// What a guard's seal plans share.
struct SealTable {
  std::string api;
  std::vector<std::string> types;
  std::vector<seal::Key> keys;
  std::vector<std::string> hosts;  // lower case: of the service, besides the request's own
};

struct SealedParameter {
  std::string_view name;  // of the contract; of a header without case
  SealedTypeId type = 0;
  bool number = false;  // the contract says that it is one
  bool list = false;    // values are separated by commas
  bool plain = false;   // a cookie whose value is not percent-encoded
};

struct SealPlan {
  std::shared_ptr<const SealTable> table;
  std::vector<SealedParameter> path;
  std::vector<SealedParameter> query;
  std::vector<SealedParameter> header;
  std::vector<SealedParameter> cookie;
  std::map<std::string, SealedTypeId, std::less<>> names;  // of fields of forms, and of header fields of answers
  std::shared_ptr<const repair::Plan> body;  // JSON of media types that have none of their own (MediaPlan::seal)
  bool seals = true;                         // false: who only watches changes nothing; what is sealed is opened
};

// Gives the plans, which are of the contract's operations in order, their SealPlan. Reads the key file. An Error for
// parameters whose style cannot be sealed, and for names that the contract does not have.
Result<void> add_seals(std::vector<OperationPlan>& plans, const policy::Policy& policy,
                       const contract::Contract& contract, std::vector<std::string>& notes);

}  // namespace portico::guard
