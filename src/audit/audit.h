// audit/ is the design pillar: it reads a contract and says what in it is unsafe. The checks are listed in audit.cc, in
// families (check_*.cc); they look at the typed model and at schemas as they apply (composition.h, schema_usage.h),
// never at text, so that an example, an extension or a property called "type" is never mistaken for a schema.
#pragma once

#include <vector>

#include "contract/model.h"
#include "finding/finding.h"

namespace portico::audit {

// Everything that is wrong with the contract, its structural problems included: sorted, each weakness once at the place
// that defines it. Linear in the size of the contract but for the flow of operations along references. Safe from
// several threads; the findings do not point into the contract.
std::vector<finding::Finding> audit(const contract::Contract& contract);

}  // namespace portico::audit
