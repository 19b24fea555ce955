// audit/ is the design pillar: it reads a contract and says what in it is unsafe. The checks are listed in audit.cc, in
// families (check_*.cc); they look at the typed model and at schemas as they apply (composition.h, schema_usage.h),
// never at text, so that an example, an extension or a property called "type" is never mistaken for a schema. Names are
// read by vocabulary.h, named values are gathered by fields.h, operations judged once by traits.h; score.h weighs what
// was found.
#pragma once

#include <vector>

#include "audit/score.h"
#include "contract/model.h"
#include "finding/finding.h"

namespace portico::audit {

class UserRules;

struct Audit {
  std::vector<finding::Finding> findings;  // sorted, each weakness once at the place that defines it
  Score score;
};

// Everything that is wrong with the contract, its structural problems included. Linear in the size of the contract but
// for the flow of operations along references. Safe from several threads; the findings do not point into the contract.
// `own`: rules of the user's own (user_rules.h), which must outlive the findings.
Audit audit(const contract::Contract& contract, const UserRules* own = nullptr);

}  // namespace portico::audit
