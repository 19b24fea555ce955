// The rules of the design pillar: what `portico audit` finds in a contract. Sorted by id; the families are
//   access-*     who may reach which object or function
//   auth-*       how callers prove who they are
//   contract-*   the contract as a document
//   data-*       what is given away or taken in
//   limit-*      how much of it
//   transport-*  on which way
#pragma once

#include "finding/rule_table.h"

namespace portico::finding {

inline constexpr Rule kDesignRules[] = {
    {
        .id = "access-id-sequential",
        .title = "Objects are addressed by sequential numbers",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 1,
        .owasp_2023 = 1,
        .cwe = {340, 639},
        .asvs = "8.2.2",
        .why =
            "An integer key can be counted up. One missing ownership check then gives away every object there is, and "
            "even with all checks in place the numbers tell how many objects exist and how fast they grow.",
        .remedy =
            "Address objects by random identifiers (`type: string`, `format: uuid`), keep the number inside of the "
            "service, and check on every access that the object belongs to the caller.",
    },
    {
        .id = "auth-admin-open",
        .title = "Management operation is open to anyone",
        .pillar = Pillar::kDesign,
        .severity = Severity::kCritical,
        .precision = Precision::kHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {306, 749},
        .asvs = "8.2.1, 8.4.2",
        .why = "Administration, diagnosis and debugging operations run with the service's own rights. Without "
               "authentication whoever reaches the port owns the service.",
        .remedy = "Require a security scheme that only operators can satisfy, or take the operation out of the public "
                  "contract and off the public listener.",
    },
    {
        .id = "auth-basic",
        .title = "HTTP Basic authentication",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {522},
        .why =
            "Basic (RFC 7617) sends the password itself with every request. It does not expire, cannot be limited to a "
            "scope, and every proxy and log on the way may keep it.",
        .remedy = "Use short-lived tokens: `type: oauth2` or `openIdConnect`, or mutual TLS between machines.",
    },
    {
        .id = "auth-cookie-csrf",
        .title = "Cookie authentication without protection against cross-site requests",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 7,
        .owasp_2023 = 8,
        .cwe = {352},
        .asvs = "3.5.1",
        .why = "Browsers attach cookies by themselves. A page of the attacker's makes a visitor's browser send the "
               "request, with the visitor's session, and forms need no permission of the service for that.",
        .remedy = "Require a header field that a form cannot set (an anti-forgery token, such as `X-CSRF-Token`), or "
                  "take `application/json` only, and set the cookie with `SameSite`.",
    },
    {
        .id = "auth-credential-in-url",
        .title = "Credential is sent in the URL",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {598},
        .asvs = "14.2.1",
        .why = "URLs are kept by access logs, proxies, browser histories and Referer fields. A password or token in a "
               "path "
               "or query parameter is readable in all of them.",
        .remedy = "Send credentials in the Authorization header field or in the request body.",
    },
    {
        .id = "auth-disabled",
        .title = "Authentication is switched off for the operation",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {306},
        .asvs = "8.2.1",
        .why = "`security: []` takes away whatever the document requires elsewhere: anyone can call the operation. "
               "That is "
               "right for a login and for published data, and a hole for all else.",
        .remedy = "Remove the empty list, or name a requirement. Where the operation is public on purpose, have the "
                  "decision reviewed and recorded as an exception.",
    },
    {
        .id = "auth-key-in-url",
        .title = "API key is sent in the query string",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {598},
        .asvs = "14.2.1",
        .why = "URLs are kept by access logs, proxies, browser histories and Referer fields, and the key with them.",
        .remedy = "Send the key in a header field (`in: header`), better yet use short-lived tokens.",
    },
    {
        .id = "auth-no-framework",
        .title = "Personal data behind a credential of unknown origin",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {287, 613},
        .asvs = "10.3.1",
        .why = "The contract says that callers show a key or token, but not who issues it, for how long and for whom. "
               "In practice that is a constant: built into an app, the same for all customers, and not revocable.",
        .remedy = "Describe an OAuth 2 or OpenID Connect server (`type: oauth2`, `openIdConnect`), with scopes, and "
                  "accept its short-lived tokens only.",
    },
    {
        .id = "auth-none",
        .title = "Operation without authentication",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {306},
        .asvs = "8.2.1",
        .why = "Neither the operation nor the document has a `security` requirement, so the contract allows anyone to "
               "call "
               "it, and no tool can tell a public operation from a forgotten one.",
        .remedy =
            "Define a scheme under `components.securitySchemes` and require it, best for the whole document. Mark "
            "what is public on purpose with `security: []`.",
    },
    {
        .id = "auth-oauth-implicit",
        .title = "OAuth 2 implicit flow",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {1390, 522},
        .asvs = "10.4.4",
        .why = "The implicit flow hands the access token to the browser in a URL, where histories, scripts and "
               "redirects can "
               "read it, and binds it to no client (RFC 9700, section 2.1.2).",
        .remedy = "Use `authorizationCode` with PKCE (RFC 7636).",
    },
    {
        .id = "auth-oauth-password",
        .title = "OAuth 2 password flow",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {1390, 522},
        .asvs = "10.4.4",
        .why = "The password flow teaches users to give their password to every client and rules out a second factor "
               "(RFC 9700, section 2.4: must not be used).",
        .remedy = "Use `authorizationCode` with PKCE for people and `clientCredentials` for machines.",
    },
    {
        .id = "auth-optional",
        .title = "Authentication is optional",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {306},
        .asvs = "8.2.1",
        .why = "An empty requirement (`{}`) among the alternatives lets callers choose to show no credentials. An "
               "attacker "
               "always chooses that one.",
        .remedy = "Remove the empty requirement, or split the operation into a public and a protected one.",
    },
    {
        .id = "auth-scheme-obsolete",
        .title = "Obsolete or unknown HTTP authentication scheme",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {287, 327},
        .why =
            "Digest rests on MD5, Negotiate and NTLM authenticate connections instead of requests and can be relayed, "
            "OAuth 1.0 was replaced in 2012, and a scheme that is not registered has had no public review.",
        .remedy = "Use `bearer` with tokens of an OAuth 2 or OpenID Connect server, or `mutualTLS`.",
    },
    {
        .id = "auth-scheme-undefined",
        .title = "Required security scheme is not defined",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {1059, 306},
        .why = "A requirement that names a scheme nobody defined cannot be enforced: gateways and generated servers "
               "skip it "
               "or refuse everything.",
        .remedy = "Define the scheme under `components.securitySchemes`, or correct its name in the requirement.",
    },
    {
        .id = "auth-scope-undefined",
        .title = "Required OAuth 2 scope is not defined",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 5,
        .owasp_2023 = 5,
        .cwe = {285, 1059},
        .asvs = "8.1.1",
        .why = "A scope that no flow of the scheme offers can never be granted. The check is then dropped in practice, "
               "and "
               "with it the line between functions.",
        .remedy = "Add the scope to the scheme's flows, or correct its name in the requirement.",
    },
    {
        .id = "contract-invalid",
        .title = "The contract is broken",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 9,
        .owasp_2023 = 9,
        .cwe = {1059},
        .asvs = "2.1.1",
        .why = "Where a contract is ambiguous or broken, every tool reads it in its own way: what one of them enforces "
               "is not "
               "what another one promises.",
        .remedy = "Correct the document at the place named; the message says what the standard expects.",
    },
    {
        .id = "data-account-id-public",
        .title = "Account identifier is returned to anyone",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {204, 359, 213},
        .asvs = "8.2.3, 15.3.1",
        .why = "The operation needs no credentials and answers with the identifier of an account. Together with an "
               "e-mail address or telephone number that the caller names, it tells who has an account, and which one: "
               "millions of such pairs can be collected.",
        .remedy = "Answer alike for known and unknown people, and carry the attempt in a random value instead of the "
                  "account's identifier.",
    },
    {
        .id = "data-location-precise",
        .title = "Position or distance is returned with full precision",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {359, 213},
        .asvs = "14.2.6, 15.3.1",
        .why = "Three exact distances, or one exact position, lead to a person's door. Rounding in the client hides "
               "nothing: the exact value is in the response.",
        .remedy = "Round in the service, and say so in the contract with `multipleOf` and bounds.",
    },
    {
        .id = "data-object-open",
        .title = "Request object accepts undeclared properties",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kHigh,
        .owasp_2019 = 6,
        .owasp_2023 = 3,
        .cwe = {915},
        .asvs = "15.3.3",
        .why = "What the contract does not forbid reaches the service: a client adds `isAdmin` or `balance` to the "
               "body, and a "
               "framework that binds all it gets stores it (mass assignment).",
        .remedy =
            "Close the object: `additionalProperties: false`, or `unevaluatedProperties: false` (OpenAPI 3.1) where "
            "schemas are composed. OpenAPI 3.0 cannot close an `allOf`: write the properties into one schema.",
    },
    {
        .id = "data-personal-public",
        .title = "Personal data is returned to anyone",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kHigh,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {213, 359, 306},
        .asvs = "8.2.3, 14.2.6, 15.3.1",
        .why = "The operation needs no credentials and its response carries personal data. Whoever finds or guesses "
               "the URL "
               "can collect it, one record or all of them.",
        .remedy =
            "Require authentication and check that the data is the caller's own, or take the properties out of the "
            "response. What a caller knows (a postcode, a number on a card) is no authentication.",
    },
    {
        .id = "data-response-open",
        .title = "Response object allows undeclared properties",
        .pillar = Pillar::kDesign,
        .severity = Severity::kLow,
        .precision = Precision::kHigh,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {213},
        .asvs = "15.3.1",
        .why = "A response that may hold anything cannot be checked: a column added to a table tomorrow leaves the "
               "service "
               "unnoticed.",
        .remedy =
            "Close the object: `additionalProperties: false`, or `unevaluatedProperties: false` (OpenAPI 3.1) where "
            "schemas are composed. OpenAPI 3.0 cannot close an `allOf`: write the properties into one schema.",
    },
    {
        .id = "data-secret-returned",
        .title = "Secret is returned in a response",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kMedium,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {200, 522},
        .asvs = "14.2.6, 15.3.1",
        .why = "Responses are cached, logged and shown. A password, PIN, token or key that the caller did not come for "
               "is one more copy to steal; that of somebody else is a way into their account.",
        .remedy = "Take the property out of the response, or mark it `writeOnly`. Where a secret must be handed out, "
                  "do it once, by an operation of its own.",
    },
    {
        .id = "limit-array-items",
        .title = "Array without a greatest length",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kHigh,
        .owasp_2019 = 4,
        .owasp_2023 = 4,
        .cwe = {770},
        .asvs = "2.1.1, 2.2.1",
        .why = "A caller decides how many elements the service has to read, keep and work through. One request with a "
               "million "
               "of them costs the attacker nothing.",
        .remedy = "Set `maxItems` to what the use case needs.",
    },
    {
        .id = "limit-integer-range",
        .title = "Integer without bounds",
        .pillar = Pillar::kDesign,
        .severity = Severity::kLow,
        .precision = Precision::kHigh,
        .owasp_2019 = 4,
        .owasp_2023 = 4,
        .cwe = {1284, 190},
        .asvs = "2.1.1, 2.2.1",
        .why = "Negative quantities, page sizes of two thousand million and overflows in what is computed from them "
               "begin with "
               "an integer that may be anything.",
        .remedy =
            "Set `minimum` and `maximum` to what the value means. A `format` of int32 or int64 names the machine word, "
            "not a sensible range.",
    },
    {
        .id = "limit-number-range",
        .title = "Number without bounds",
        .pillar = Pillar::kDesign,
        .severity = Severity::kLow,
        .precision = Precision::kHigh,
        .owasp_2019 = 4,
        .owasp_2023 = 4,
        .cwe = {1284},
        .asvs = "2.1.1, 2.2.1",
        .why = "A number that may be anything lets negative prices, impossible positions and values like 1e308 through "
               "to code "
               "that computes with them.",
        .remedy = "Set `minimum` and `maximum` to what the value means.",
    },
    {
        .id = "limit-rate-undeclared",
        .title = "No rate limit is declared",
        .pillar = Pillar::kDesign,
        .severity = Severity::kLow,
        .precision = Precision::kHigh,
        .owasp_2019 = 4,
        .owasp_2023 = 4,
        .cwe = {770, 799},
        .asvs = "2.4.1",
        .why = "Without a limit a client can guess, scrape and flood as fast as the network allows. Clients that are "
               "never told of a limit do not slow down when they meet one.",
        .remedy = "Declare the response 429 (RFC 6585) with `Retry-After`, and enforce a limit.",
    },
    {
        .id = "limit-string-length",
        .title = "String without a greatest length",
        .pillar = Pillar::kDesign,
        .severity = Severity::kMedium,
        .precision = Precision::kHigh,
        .owasp_2019 = 4,
        .owasp_2023 = 4,
        .cwe = {770, 1284},
        .asvs = "2.1.1, 2.2.1",
        .why = "A caller decides how many bytes the service has to keep, log, index and match against patterns; and a "
               "field "
               "that takes anything of any length is where injected code fits in.",
        .remedy = "Set `maxLength` (with a `pattern` where the value has a form), or list the values in an `enum`.",
    },
    {
        .id = "transport-credentials-in-server",
        .title = "Server URL contains credentials",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 7,
        .owasp_2023 = 8,
        .cwe = {798, 522},
        .asvs = "14.2.1",
        .why = "Everybody who reads the contract can use the account. RFC 3986, section 3.2.1 deprecates passwords in "
               "URLs.",
        .remedy = "Remove the user information from the URL, and change the password: it is published.",
    },
    {
        .id = "transport-oauth-plain-http",
        .title = "Token or authorization URL without TLS",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {319},
        .asvs = "12.2.1",
        .why = "Whoever listens on the way reads the tokens and client secrets, or answers in the server's place "
               "(RFC 6749, sections 3.1 and 3.2 require TLS).",
        .remedy = "Use an https URL.",
    },
    {
        .id = "transport-plain-http",
        .title = "Server without TLS",
        .pillar = Pillar::kDesign,
        .severity = Severity::kHigh,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 7,
        .owasp_2023 = 8,
        .cwe = {319},
        .asvs = "12.2.1",
        .why = "Whoever is on the way reads and changes requests and responses, credentials and personal data with "
               "them. A "
               "redirect to https comes too late: the request was already sent.",
        .remedy = "List https servers only, and have the plain port closed or answer with an error.",
    },
};
static_assert(is_well_formed(kDesignRules));

// design_rule("auth-none"): for use in checks.
consteval const Rule* design_rule(std::string_view id) { return row(kDesignRules, id); }

}  // namespace portico::finding
