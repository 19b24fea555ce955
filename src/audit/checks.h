// All checks, by family. Each says in one line what it finds; why that matters is in the rule catalogue.
#pragma once

#include "audit/subject.h"

namespace portico::audit {

// check_contract.cc
void check_structure(const Subject& subject, Drafts& drafts);  // contract-invalid, auth-scheme-undefined

// check_authentication.cc
void check_operation_security(const Subject& subject, Drafts& drafts);  // auth-none, -disabled, -optional, -admin-open
void check_scopes(const Subject& subject, Drafts& drafts);              // auth-scope-undefined

// check_schemes.cc
void check_security_schemes(const Subject& subject, Drafts& drafts);       // auth-basic, -key-in-url, -scheme-obsolete
void check_oauth_flows(const Subject& subject, Drafts& drafts);            // auth-oauth-*, transport-oauth-plain-http
void check_credential_parameters(const Subject& subject, Drafts& drafts);  // auth-credential-in-url

// check_sessions.cc
void check_cookies(const Subject& subject, Drafts& drafts);      // auth-cookie-csrf
void check_static_keys(const Subject& subject, Drafts& drafts);  // auth-no-framework

// check_transport.cc
void check_servers(const Subject& subject, Drafts& drafts);  // transport-plain-http, transport-credentials-in-server

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
void check_rate(const Subject& subject, Drafts& drafts);     // limit-rate-undeclared
void check_numbers(const Subject& subject, Drafts& drafts);  // limit-integer-range, limit-number-range

}  // namespace portico::audit
