#include "audit/audit.h"

#include <array>

#include "audit/checks.h"
#include "audit/user_rules.h"

namespace portico::audit {
namespace {

constexpr std::array kChecks = {
    Check{check_structure},
    Check{check_operation_security},
    Check{check_scopes},
    Check{check_security_schemes},
    Check{check_oauth_flows},
    Check{check_credential_parameters},
    Check{check_token_schemes},
    Check{check_algorithm_choices},
    Check{check_requirements},
    Check{check_scope_breadth},
    Check{check_lone_keys},
    Check{check_revocation},
    Check{check_credential_headers},
    Check{check_cookies},
    Check{check_static_keys},
    Check{check_passwords},
    Check{check_short_codes},
    Check{check_default_credentials},
    Check{check_token_lifetime},
    Check{check_write_scopes},
    Check{check_weaker_writes},
    Check{check_shared_management},
    Check{check_single_scope},
    Check{check_alternatives},
    Check{check_operations},
    Check{check_flows},
    Check{check_names},
    Check{check_urls},
    Check{check_redirects},
    Check{check_jsonp},
    Check{check_personal_urls},
    Check{check_servers},
    Check{check_server_names},
    Check{check_server_missing},
    Check{check_versions},
    Check{check_sensitive_lists},
    Check{check_callbacks},
    Check{check_identifiers},
    Check{check_personal_data},
    Check{check_secrets},
    Check{check_positions},
    Check{check_account_identifiers},
    Check{check_open_objects},
    Check{check_strings},
    Check{check_arrays},
    Check{check_numbers},
    Check{check_media_types},
    Check{check_uploads},
    Check{check_batches},
    Check{check_graphql},
    Check{check_pagination},
    Check{check_schemas},
    Check{check_patterns},
    Check{check_recursion},
    Check{check_read_write_only},
    Check{check_shared_schemas},
    Check{check_declared_responses},
    Check{check_retry_after},
    Check{check_response_headers},
    Check{check_error_details},
    Check{check_texts},
};

}  // namespace

Audit audit(const contract::Contract& contract, const UserRules* own) {
  const SchemaUsage schemas(contract);
  const Fields fields(contract, schemas);
  const std::vector<Traits> traits = traits_of(contract);
  const Subject subject{.contract = contract, .schemas = schemas, .fields = fields, .traits = traits};
  Drafts drafts;
  for (const Check check : kChecks) check(subject, drafts);
  if (own != nullptr) own->check(subject, drafts);
  drop_repeated(drafts);
  Audit done;
  done.score = weigh(contract, drafts);
  done.findings = finish(contract, std::move(drafts));
  return done;
}

}  // namespace portico::audit
