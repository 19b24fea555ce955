// What crosses the border to other parties, and the contract as a document (OWASP API10).
#pragma once

#include "finding/rule_table.h"

namespace portico::finding {

inline constexpr Rule kConsumeRules[] = {
    {
        .id = "consume-callback-data",
        .title = "Callbacks carry secrets or sensitive data",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 3,
        .owasp_2023 = 10,
        .cwe = {201, 359},
        .asvs = "14.2.6",
        .why = "The message goes to a URL that the subscriber named: to the wrong one after a typing error, a takeover "
               "or an attack.",
        .remedy = "Send an identifier, and let the receiver fetch the data with its own credentials.",
    },
    {
        .id = "consume-callback-unverified",
        .title = "Receivers cannot tell who sent the message",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 2,
        .owasp_2023 = 10,
        .cwe = {345, 306},
        .asvs = "4.1.5",
        .why = "The callback or webhook has neither a security requirement nor a signature header: whoever finds the "
               "receiver's URL sends it messages.",
        .remedy = "Sign messages (a header with an HMAC or RFC 9421 signature and a time), and say so in the contract.",
    },
    {
        .id = "consume-reference-escapes",
        .title = "A reference leads out of the contract's folder",
        .severity = Severity::kHigh,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 7,
        .owasp_2023 = 10,
        .cwe = {22, 73},
        .asvs = "1.3.6",
        .why = "Whoever writes the contract makes a tool read any file of the machine that it runs on.",
        .remedy = "Keep all parts of the contract in one folder.",
    },
    {
        .id = "consume-reference-remote",
        .title = "A part of the contract lies on another host",
        .severity = Severity::kHigh,
        .precision = Precision::kVeryHigh,
        .owasp_2019 = 7,
        .owasp_2023 = 10,
        .cwe = {829, 494},
        .asvs = "15.2.4",
        .why = "The contract is what that host answers today. Whoever controls it, or the way to it, changes what is "
               "enforced.",
        .remedy = "Keep a copy beside the contract, reviewed and versioned.",
    },
    {
        .id = "consume-webhook-unsigned",
        .title = "Messages of a third party are taken unverified",
        .severity = Severity::kHigh,
        .precision = Precision::kMedium,
        .owasp_2019 = 2,
        .owasp_2023 = 10,
        .cwe = {345, 306},
        .asvs = "4.1.5",
        .why = "The operation receives webhooks, needs no credentials and takes no signature: anybody can report a "
               "payment or a delivery that never was.",
        .remedy = "Require the sender's signature in a header (and check it before anything else), or mutual TLS.",
    },
    {
        .id = "contract-invalid",
        .title = "The contract is broken",
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
};

}  // namespace portico::finding
