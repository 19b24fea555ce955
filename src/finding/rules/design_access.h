// Who may do what, with which object (OWASP API1 and API5).
#pragma once

#include "finding/rule_table.h"

namespace portico::finding {

inline constexpr Rule kAccessRules[] = {
    {
        .id = "access-admin-shared",
        .title = "Management needs no more than ordinary use",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 5,
        .owasp_2023 = 5,
        .cwe = {285, 269},
        .asvs = "8.2.1",
        .why = "A management operation asks for the same scheme and scopes as ordinary ones. Every user's token then "
               "opens it, unless the service checks in some way that the contract does not know.",
        .remedy = "Require a scheme or a scope of its own for management operations.",
    },
    {
        .id = "access-collection-deleted",
        .title = "A whole collection can be deleted at once",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 5,
        .owasp_2023 = 5,
        .cwe = {285, 862},
        .asvs = "8.2.1",
        .why = "DELETE on a collection takes everything with one request: by mistake, or with one stolen token.",
        .remedy = "Delete single objects, or require a filter and a scope of its own.",
    },
    {
        .id = "access-id-sequential",
        .title = "Objects are addressed by sequential numbers",
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
        .id = "access-identity-header",
        .title = "The caller says in a header who it is",
        .severity = Severity::kHigh,
        .precision = Precision::kMedium,
        .owasp_2019 = 2,
        .owasp_2023 = 2,
        .cwe = {290, 639},
        .asvs = "8.2.1, 8.3.1",
        .why = "A header or cookie names the user, tenant or role. What the client writes, the client chooses: whoever "
               "sends another value is somebody else.",
        .remedy =
            "Take identity, tenant and role from the verified token only, and have the gateway strip such fields.",
    },
    {
        .id = "access-location-asserted",
        .title = "A position that the client claims decides",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 1,
        .owasp_2023 = 1,
        .cwe = {290, 807},
        .asvs = "8.2.2",
        .why = "The operation opens or confirms something by coordinates that the caller sends. A client can send any "
               "position.",
        .remedy = "Prove presence by something that only the place knows (a beacon's code, a reader), not by "
                  "coordinates from the client.",
    },
    {
        .id = "access-method-override",
        .title = "The method can be overridden",
        .severity = Severity::kMedium,
        .precision = Precision::kHigh,
        .owasp_2019 = 5,
        .owasp_2023 = 5,
        .cwe = {436, 285},
        .asvs = "4.1.4",
        .why = "A header or parameter replaces the method of the request. A gateway that authorizes GET lets a DELETE "
               "through.",
        .remedy = "Remove the override; use the method itself.",
    },
    {
        .id = "access-object-unchecked",
        .title = "No refusal is declared for an object named by the caller",
        .severity = Severity::kLow,
        .precision = Precision::kMedium,
        .owasp_2019 = 1,
        .owasp_2023 = 1,
        .cwe = {639, 285},
        .asvs = "8.2.2",
        .why = "The path names an object, but the contract knows neither 403 nor 404: nothing in it says what a caller "
               "gets who asks for somebody else's.",
        .remedy = "Check that the object is the caller's own, and declare the answer 404 (or 403) for all others.",
    },
    {
        .id = "access-privilege-parameter",
        .title = "A parameter asks for privileges",
        .severity = Severity::kHigh,
        .precision = Precision::kMedium,
        .owasp_2019 = 5,
        .owasp_2023 = 5,
        .cwe = {269, 639},
        .asvs = "8.3.1",
        .why = "Whoever adds `admin=true` or a role to the request decides about their own rights.",
        .remedy = "Take rights from the verified token only; remove the parameter.",
    },
    {
        .id = "access-scope-broad",
        .title = "One scope allows everything",
        .severity = Severity::kLow,
        .precision = Precision::kHigh,
        .owasp_2019 = 5,
        .owasp_2023 = 5,
        .cwe = {250, 269},
        .asvs = "8.1.1",
        .why = "A scope like `*` or `admin` in the hands of an ordinary client is all rights at once when its token is "
               "stolen.",
        .remedy = "Split the scope by resource and action, and require the smallest one.",
    },
    {
        .id = "access-scope-single",
        .title = "Reading and writing need the same scope",
        .severity = Severity::kInfo,
        .precision = Precision::kMedium,
        .owasp_2019 = 5,
        .owasp_2023 = 5,
        .cwe = {269, 285},
        .asvs = "8.1.1",
        .why = "All operations, reads and writes alike, ask for the same scope. A client that only has to read is able "
               "to change and delete.",
        .remedy = "Define scopes for reading and for writing, and require the right one.",
    },
    {
        .id = "access-write-read-scope",
        .title = "A change is allowed by a scope for reading",
        .severity = Severity::kHigh,
        .precision = Precision::kHigh,
        .owasp_2019 = 5,
        .owasp_2023 = 5,
        .cwe = {285, 863},
        .asvs = "8.2.1",
        .why = "The operation changes something, but its scopes say that they are for reading. Tokens are given away "
               "freely for reading.",
        .remedy = "Require a scope for writing.",
    },
    {
        .id = "access-write-weaker",
        .title = "Changing is guarded weaker than reading",
        .severity = Severity::kMedium,
        .precision = Precision::kHigh,
        .owasp_2019 = 5,
        .owasp_2023 = 5,
        .cwe = {285, 306},
        .asvs = "8.2.1",
        .why = "On the same path, reading asks for more proof than changing. The attacker takes the weaker way in, and "
               "it is the one that does harm.",
        .remedy = "Require for a change at least what reading requires.",
    },
};

}  // namespace portico::finding
