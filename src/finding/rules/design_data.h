// What requests may set and responses tell (OWASP API3).
#pragma once

#include "finding/rule_table.h"

namespace portico::finding {

inline constexpr Rule kDataRules[] = {
    {
        .id = "data-account-enumeration",
        .title = "The answer tells whether an account exists",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {204, 203},
        .asvs = "6.3.8",
        .why = "Login, registration or recovery answers differently for known and unknown people: lists of addresses "
               "become lists of customers.",
        .remedy = "Answer alike in both cases, in status, body and time; tell the rest by e-mail.",
    },
    {
        .id = "data-account-id-public",
        .title = "Account identifier is returned to anyone",
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
        .id = "data-card-returned",
        .title = "Full card data is returned",
        .severity = Severity::kHigh,
        .precision = Precision::kHigh,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {312, 359},
        .asvs = "14.2.6",
        .why = "A full card number, or a security code that must never be kept, is one more copy to steal (PCI DSS "
               "3.3, 3.4).",
        .remedy = "Return a token and the last four digits.",
    },
    {
        .id = "data-field-selection-open",
        .title = "Callers choose which fields are returned",
        .severity = Severity::kLow,
        .precision = Precision::kMedium,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {213, 770},
        .asvs = "15.3.1",
        .why = "A free list of fields or relations lets a caller pull data that no screen shows, and as much of it as "
               "there is.",
        .remedy = "List the names that may be chosen in an `enum`, and bound their number.",
    },
    {
        .id = "data-internal-exposed",
        .title = "Internal fields are returned",
        .severity = Severity::kLow,
        .precision = Precision::kMedium,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {213, 497},
        .asvs = "15.3.1",
        .why = "Fields that are marked internal help attackers and nobody else; they leave because the whole record is "
               "returned.",
        .remedy = "Return a schema of its own with what clients need.",
    },
    {
        .id = "data-location-precise",
        .title = "Position or distance is returned with full precision",
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
        .id = "data-owner-writable",
        .title = "Clients set whose object it is",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 6,
        .owasp_2023 = 3,
        .cwe = {915, 639},
        .asvs = "15.3.3",
        .why = "The body names the owner, author or tenant. A caller who writes somebody else's id creates or moves "
               "objects in their name.",
        .remedy = "Take the owner from the token; mark the property `readOnly`.",
    },
    {
        .id = "data-personal-in-url",
        .title = "Personal data in the URL",
        .severity = Severity::kMedium,
        .precision = Precision::kHigh,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {598, 359},
        .asvs = "14.2.1",
        .why = "URLs are kept in histories, logs of every proxy on the way, and analytics.",
        .remedy = "Send the value in the body of a POST, or use an opaque identifier.",
    },
    {
        .id = "data-personal-public",
        .title = "Personal data is returned to anyone",
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
        .id = "data-price-writable",
        .title = "Clients set a price or balance",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 6,
        .owasp_2023 = 3,
        .cwe = {915, 472},
        .asvs = "2.2.2, 15.3.3",
        .why = "A client that sends the price, discount or balance decides what it pays.",
        .remedy = "Compute it in the service; mark the property `readOnly`.",
    },
    {
        .id = "data-privilege-writable",
        .title = "Clients set rights or status of an account",
        .severity = Severity::kHigh,
        .precision = Precision::kMedium,
        .owasp_2019 = 6,
        .owasp_2023 = 3,
        .cwe = {915, 269},
        .asvs = "15.3.3",
        .why = "A property like `isAdmin`, `role` or `verified` in a body that ordinary users send gives them what it "
               "names.",
        .remedy = "Take it out of the request's schema or mark it `readOnly`; change rights by a management operation.",
    },
    {
        .id = "data-response-open",
        .title = "Response object allows undeclared properties",
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
        .id = "data-schema-shared",
        .title = "One schema for request and response",
        .severity = Severity::kLow,
        .precision = Precision::kMedium,
        .owasp_2019 = 6,
        .owasp_2023 = 3,
        .cwe = {915, 213},
        .asvs = "15.3.1, 15.3.3",
        .why = "What is returned can be sent and the other way round: every column added for one direction is open in "
               "the other.",
        .remedy = "Use one schema a direction, or mark properties `readOnly` and `writeOnly`.",
    },
    {
        .id = "data-secret-returned",
        .title = "Secret is returned in a response",
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
        .id = "data-sensitive-in-list",
        .title = "A list returns sensitive data of many",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 3,
        .owasp_2023 = 3,
        .cwe = {359, 213},
        .asvs = "14.2.6, 15.3.1",
        .why = "One call returns identity numbers, account data or health data of many people: what is stolen with one "
               "token is the whole table.",
        .remedy = "Return a summary in lists, and the sensitive fields for one object, to those who need them.",
    },
    {
        .id = "data-server-field-writable",
        .title = "Clients set what the service keeps",
        .severity = Severity::kLow,
        .precision = Precision::kMedium,
        .owasp_2019 = 6,
        .owasp_2023 = 3,
        .cwe = {915},
        .asvs = "15.3.3",
        .why = "Identifiers and times that the service makes can be overwritten by the client: records are forged, "
               "replaced, back-dated.",
        .remedy = "Mark the property `readOnly`.",
    },
};

}  // namespace portico::finding
