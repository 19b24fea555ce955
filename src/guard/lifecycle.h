// The life of operations: what they say of their end, when they are refused, and which version answers.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "contract/model.h"
#include "guard/fields.h"
#include "guard/guard.h"
#include "policy/policy.h"

namespace portico::guard {

struct LifecyclePlan {
  // Seconds since 1970; from then on the operation is gone.
  std::int64_t sunset = std::numeric_limits<std::int64_t>::max();
};

// From the policy, and where it says nothing from the contract: `deprecated`, with `x-deprecated-at` and `x-sunset` in
// the Operation Object or its Path Item. Adds the fields Deprecation (RFC 9745), Sunset (RFC 8594) and Link. `notes`
// gets what is missing.
Result<LifecyclePlan> make_lifecycle_plan(const policy::Policy& policy, const contract::Contract& contract,
                                          const contract::Operation& operation, FieldsPlan& fields,
                                          std::vector<std::string>& notes);

// Whether a request asks for the version that answers here, by the means that the policy names.
class VersionCheck {
 public:
  VersionCheck() = default;
  VersionCheck(const policy::Version& version, std::string_view api_version);

  Decision operator()(const RequestHead& head) const;

 private:
  std::string header_;
  std::string parameter_;
  std::string value_;
  bool required_ = false;
};

}  // namespace portico::guard
