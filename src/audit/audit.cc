#include "audit/audit.h"

#include <array>

#include "audit/checks.h"

namespace portico::audit {
namespace {

constexpr std::array kChecks = {
    Check{check_structure},

    Check{check_operation_security},
    Check{check_scopes},
    Check{check_security_schemes},
    Check{check_oauth_flows},
    Check{check_credential_parameters},
    Check{check_cookies},
    Check{check_static_keys},

    Check{check_identifiers},
    Check{check_personal_data},
    Check{check_account_identifiers},
    Check{check_secrets},
    Check{check_positions},
    Check{check_open_objects},

    Check{check_strings},
    Check{check_arrays},
    Check{check_numbers},
    Check{check_rate},

    Check{check_servers},
};

}  // namespace

std::vector<finding::Finding> audit(const contract::Contract& contract) {
  const SchemaUsage schemas(contract);
  const Subject subject{.contract = contract, .schemas = schemas};
  Drafts drafts;
  for (const Check check : kChecks) check(subject, drafts);
  return finish(contract, std::move(drafts));
}

}  // namespace portico::audit
