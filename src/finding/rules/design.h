// Rules of the design pillar: what `portico audit` finds in a contract. One file a family, the families in the order of
// their ids. Severities are those of the usual case; a check raises or lowers them by direction (requests are the
// attacker's choice) and by what is at stake.
#pragma once

#include "finding/rules/design_access.h"
#include "finding/rules/design_auth.h"
#include "finding/rules/design_config.h"
#include "finding/rules/design_consume.h"
#include "finding/rules/design_data.h"
#include "finding/rules/design_flow.h"
#include "finding/rules/design_input.h"
#include "finding/rules/design_limit.h"
#include "finding/rules/design_schema.h"
#include "finding/rules/design_transport.h"

namespace portico::finding {

inline constexpr auto kDesignRules = concatenate(kAccessRules, kAuthRules, kConfigRules, kConsumeRules, kDataRules,
                                                 kFlowRules, kInputRules, kLimitRules, kSchemaRules, kTransportRules);
static_assert(is_well_formed(kDesignRules));

// design_rule("auth-none"): for use in checks.
consteval const Rule* design_rule(std::string_view id) { return row(kDesignRules, id); }

}  // namespace portico::finding
