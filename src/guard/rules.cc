#include "guard/rules.h"

#include <array>

namespace portico::guard {
namespace {

// In the order of RuleId. An answer of the service that breaks the contract is a bad gateway (RFC 9110, 15.6.3): the
// client did nothing wrong.
constexpr std::array<Rule, static_cast<std::size_t>(RuleId::kCount)> kRules = {{
    {"none", "No objection", 200},
    {"request-target-ambiguous", "The request target can be read in more than one way", 400},
    {"request-header-malformed", "A header field has bytes that it must not have", 400},
    {"request-host-unknown", "This host is not served here", 421},
    {"request-forwarded-malformed", "What proxies say of the caller's address cannot be read", 400},
    {"request-address-denied", "The API is not open to this address", 403},
    {"request-address-blocked", "This address is blocked", 403},
    {"request-caller-blocked", "This caller is blocked", 403},
    {"request-path-unknown", "The API has no such resource", 404},
    {"request-method-undeclared", "The resource does not have this method", 405},
    {"request-operation-retired", "The operation is no longer offered", 410},
    {"request-version-undeclared", "This version of the API is not offered here", 400},
    {"request-origin-unknown", "Scripts of this origin may not call the API", 403},
    {"request-cross-site", "The request may have been made by another site", 403},
    {"request-limit-exceeded", "Too many requests", 429},
    {"request-caller-locked", "Too many failed attempts", 429},
    {"request-enumeration", "Too many different things were asked for", 429},
    {"request-credentials-missing", "Credentials are needed", 401},
    {"request-credentials-invalid", "The credentials are not valid", 401},
    {"request-scope-missing", "The credentials do not reach so far", 403},
    {"request-operation-closed", "Nobody may use this operation", 403},
    {"request-token-in-query", "Tokens do not belong in a URL", 400},
    {"request-identifier-not-issued", "There is no such object", 404},
    {"request-parameter-missing", "A required parameter is missing", 400},
    {"request-parameter-invalid", "A parameter does not meet the API's contract", 400},
    {"request-parameter-repeated", "A parameter that takes one value is given more than once", 400},
    {"request-parameter-undeclared", "The operation has no such parameter", 400},
    {"request-header-repeated", "A header field that takes one value is given more than once", 400},
    {"request-media-type-undeclared", "The operation does not take this media type", 415},
    {"request-content-coding", "The content coding of the request cannot be read", 415},
    {"request-body-missing", "The operation needs a request body", 400},
    {"request-body-undeclared", "The operation takes no request body", 400},
    {"request-body-too-large", "The request body is too large", 413},
    {"request-body-malformed", "The request body is not well-formed", 400},
    {"request-body-invalid", "The request body does not meet the API's contract", 400},
    {"request-injection-sql", "The request holds syntax that could do harm", 400},
    {"request-injection-nosql", "The request holds syntax that could do harm", 400},
    {"request-injection-command", "The request holds syntax that could do harm", 400},
    {"request-injection-path", "The request holds syntax that could do harm", 400},
    {"request-injection-template", "The request holds syntax that could do harm", 400},
    {"request-injection-xxe", "The request holds syntax that could do harm", 400},
    {"request-injection-ssrf", "The request holds syntax that could do harm", 400},
    {"request-injection-header", "The request holds syntax that could do harm", 400},
    {"request-object-foreign", "The request names an object that the caller was not given", 403},
    {"request-rule-denied", "The request is not allowed", 403},
    {"response-status-undeclared", "The service gave an answer that its contract does not declare", 502},
    {"response-media-type-undeclared", "The service gave an answer that its contract does not declare", 502},
    {"response-header-missing", "The service gave an answer that its contract does not declare", 502},
    {"response-header-invalid", "The service gave an answer that its contract does not declare", 502},
    {"response-content-coding", "The service gave an answer that cannot be read", 502},
    {"response-body-missing", "The service gave an answer that its contract does not declare", 502},
    {"response-body-undeclared", "The service gave an answer that its contract does not declare", 502},
    {"response-body-too-large", "The service gave an answer that is too large to be checked", 502},
    {"response-body-malformed", "The service gave an answer that cannot be read", 502},
    {"response-body-invalid", "The service gave an answer that its contract does not declare", 502},
    {"response-rule-denied", "The answer is not for this caller", 403},
    {"response-partial", "The service gave a part of an answer that can only be checked as a whole", 502},
    {"response-repaired", "The service gave an answer with what should not leave it", 502},
    {"response-repair-impossible", "The service gave an answer with what should not leave it", 502},
    {"response-identifier-unsealed", "The service gave an answer with what should not leave it", 502},
    {"response-secret-leaked", "The service gave an answer with what should not leave it", 502},
    {"response-trace-leaked", "The service failed", 502},
    {"response-address-leaked", "The service gave an answer with what should not leave it", 502},
    {"service-unavailable", "The service cannot be reached", 502},
    {"server-refused", "The server cannot process this request", 400},
}};

}  // namespace

const Rule& rule(RuleId id) { return kRules[static_cast<std::size_t>(id)]; }

std::span<const Rule> rules() { return kRules; }

}  // namespace portico::guard
