// All checks, by family. Each says in one line what it finds; why that matters is in the rule catalogue.
#pragma once

#include "audit/subject.h"

namespace portico::audit {

// check_contract.cc
void check_structure(const Subject& subject,
                     Drafts& drafts);  // contract-invalid, auth-scheme-undefined, consume-reference-*, ...

// check_authentication.cc
void check_operation_security(const Subject& subject, Drafts& drafts);  // auth-none, -disabled, -optional, -admin-open
void check_scopes(const Subject& subject, Drafts& drafts);              // auth-scope-undefined

// check_schemes.cc
void check_security_schemes(const Subject& subject, Drafts& drafts);       // auth-basic, -key-in-url, -scheme-obsolete
void check_oauth_flows(const Subject& subject, Drafts& drafts);            // auth-oauth-*, transport-oauth-plain-http
void check_credential_parameters(const Subject& subject, Drafts& drafts);  // auth-credential-in-url

// check_tokens.cc
void check_token_schemes(const Subject& subject, Drafts& drafts);      // auth-jwt-*, -oidc-discovery, -token-no-refresh
void check_algorithm_choices(const Subject& subject, Drafts& drafts);  // auth-jwt-none
void check_requirements(const Subject& subject, Drafts& drafts);       // auth-scopes-empty, auth-scope-on-key
void check_scope_breadth(const Subject& subject, Drafts& drafts);      // access-scope-broad
void check_lone_keys(const Subject& subject, Drafts& drafts);          // auth-key-alone
void check_revocation(const Subject& subject, Drafts& drafts);         // auth-revocation-missing
void check_credential_headers(const Subject& subject, Drafts& drafts);  // auth-header-parameter

// check_sessions.cc
void check_cookies(const Subject& subject, Drafts& drafts);      // auth-cookie-csrf
void check_static_keys(const Subject& subject, Drafts& drafts);  // auth-no-framework

// check_passwords.cc
void check_passwords(const Subject& subject, Drafts& drafts);            // auth-password-short, -capped, -unmarked
void check_short_codes(const Subject& subject, Drafts& drafts);          // auth-secret-low-entropy
void check_default_credentials(const Subject& subject, Drafts& drafts);  // auth-credential-default
void check_token_lifetime(const Subject& subject, Drafts& drafts);       // auth-token-lifetime

// check_authorization.cc
void check_write_scopes(const Subject& subject, Drafts& drafts);       // access-write-read-scope
void check_weaker_writes(const Subject& subject, Drafts& drafts);      // access-write-weaker
void check_shared_management(const Subject& subject, Drafts& drafts);  // access-admin-shared
void check_single_scope(const Subject& subject, Drafts& drafts);       // access-scope-single
void check_alternatives(const Subject& subject, Drafts& drafts);       // auth-weaker-alternative

// check_operations.cc, check_flows.cc: tables
void check_operations(const Subject& subject, Drafts& drafts);
void check_flows(const Subject& subject, Drafts& drafts);  // flow-*

// check_names.cc: a table, and what does not fit in
void check_names(const Subject& subject, Drafts& drafts);
void check_urls(const Subject& subject, Drafts& drafts);           // url-parameter, url-property
void check_redirects(const Subject& subject, Drafts& drafts);      // url-redirect-open
void check_jsonp(const Subject& subject, Drafts& drafts);          // config-jsonp
void check_personal_urls(const Subject& subject, Drafts& drafts);  // data-personal-in-url

// check_transport.cc
void check_servers(const Subject& subject, Drafts& drafts);  // transport-plain-http, transport-credentials-in-server

// check_inventory.cc
void check_server_names(const Subject& subject, Drafts& drafts);     // transport-server-*, inventory-server-*
void check_server_missing(const Subject& subject, Drafts& drafts);   // transport-undeclared
void check_versions(const Subject& subject, Drafts& drafts);         // inventory-version-old, inventory-version-drift
void check_sensitive_lists(const Subject& subject, Drafts& drafts);  // data-sensitive-in-list

// check_callbacks.cc
void check_callbacks(const Subject& subject, Drafts& drafts);  // url-callback-chosen, consume-callback-*

// check_identifiers.cc
void check_identifiers(const Subject& subject, Drafts& drafts);  // access-id-sequential

// check_personal_data.cc
void check_personal_data(const Subject& subject, Drafts& drafts);  // data-personal-public

// check_disclosure.cc
void check_secrets(const Subject& subject, Drafts& drafts);              // data-secret-returned
void check_positions(const Subject& subject, Drafts& drafts);            // data-location-precise
void check_account_identifiers(const Subject& subject, Drafts& drafts);  // data-account-id-public

// check_objects.cc
void check_open_objects(const Subject& subject, Drafts& drafts);  // data-object-open, data-response-open

// check_limits.cc
void check_strings(const Subject& subject, Drafts& drafts);  // limit-string-length
void check_arrays(const Subject& subject, Drafts& drafts);   // limit-array-items
void check_numbers(const Subject& subject, Drafts& drafts);  // limit-integer-range, limit-number-range, limit-page-size

// check_bodies.cc
void check_media_types(const Subject& subject, Drafts& drafts);  // input-xml, schema-missing, limit-upload-type, ...
void check_uploads(const Subject& subject, Drafts& drafts);      // limit-upload-size
void check_batches(const Subject& subject, Drafts& drafts);      // limit-batch-size
void check_graphql(const Subject& subject, Drafts& drafts);      // limit-graphql
void check_pagination(const Subject& subject, Drafts& drafts);   // limit-pagination-missing

// check_schemas.cc
void check_schemas(const Subject& subject, Drafts& drafts);          // schema-*, a table
void check_patterns(const Subject& subject, Drafts& drafts);         // limit-pattern-*, schema-pattern-invalid
void check_recursion(const Subject& subject, Drafts& drafts);        // limit-recursion
void check_read_write_only(const Subject& subject, Drafts& drafts);  // schema-read-write-only
void check_shared_schemas(const Subject& subject, Drafts& drafts);   // data-schema-shared

// check_responses.cc
void check_declared_responses(const Subject& subject, Drafts& drafts);  // config-error-*, limit-rate-*, a table
void check_retry_after(const Subject& subject, Drafts& drafts);         // limit-retry-after
void check_response_headers(const Subject& subject, Drafts& drafts);    // config-cors-*, config-version-header, ...
void check_error_details(const Subject& subject, Drafts& drafts);       // config-error-leak

// check_texts.cc
void check_texts(const Subject& subject, Drafts& drafts);  // config-markdown-script, config-example-secret

}  // namespace portico::audit
