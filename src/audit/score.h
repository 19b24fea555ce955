// How safe a contract is, from 0 to 100: the formula of docs/design.md.
//
// Security is worth 60 points, data validation 40. In each area every operation o has a sum x(o) of the weights of the
// findings that concern it, loses x/(x+1) of the area, and the area loses the mean over the operations. So
//   - an API doubled has the same score: a mean does not know how many there are;
//   - a finding less is a smaller x(o), and x/(x+1) rises with x: a repair never lowers the score;
//   - x/(x+1) is the sum of w/(x+1) over the findings: each has its own deduction, and they add up to the loss.
#pragma once

#include "audit/draft.h"
#include "contract/model.h"

namespace portico::audit {

constexpr double kSecurityPoints = 60;
constexpr double kDataValidationPoints = 40;

struct Score {
  double security = kSecurityPoints;               // points kept, of kSecurityPoints
  double data_validation = kDataValidationPoints;  // points kept, of kDataValidationPoints
  double total() const { return security + data_validation; }
};

// Whether findings of the rule weigh on data validation (limit-*, schema-*, input-*, open objects) or on security.
bool is_data_validation(const finding::Rule& rule);

// The score; sets `deduction` and `gain` of each draft.
Score weigh(const contract::Contract& contract, Drafts& drafts);

}  // namespace portico::audit
