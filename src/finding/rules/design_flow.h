// Business flows that are worth automating (OWASP API6).
#pragma once

#include "finding/rule_table.h"

namespace portico::finding {

inline constexpr Rule kFlowRules[] = {
    {
        .id = "flow-posting-unprotected",
        .title = "Posting is open to robots",
        .severity = Severity::kLow,
        .precision = Precision::kMedium,
        .owasp_2019 = 4,
        .owasp_2023 = 6,
        .cwe = {799, 770},
        .asvs = "2.4.1",
        .why = "Messages, comments and reviews without a limit are spam at the speed of the network.",
        .remedy = "Declare and enforce limits (429), and ask for proof of a human where it is abused.",
    },
    {
        .id = "flow-promotion-unprotected",
        .title = "Promotions are open to robots",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 4,
        .owasp_2023 = 6,
        .cwe = {799, 841},
        .asvs = "2.4.1",
        .why =
            "Coupons, gift cards, invitations and votes are worth money: programs guess codes and invite themselves.",
        .remedy = "Declare and enforce limits (429) per account and device, and ask for proof of a human.",
    },
    {
        .id = "flow-purchase-unprotected",
        .title = "Purchases are open to robots",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 4,
        .owasp_2023 = 6,
        .cwe = {799, 837},
        .asvs = "2.4.1",
        .why = "Programs buy or reserve what is scarce in the first second, and block stock without paying.",
        .remedy = "Declare and enforce limits (429) per customer, and ask for proof of a human.",
    },
    {
        .id = "flow-recovery-unprotected",
        .title = "Recovery and codes can be tried without limit",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 2,
        .owasp_2023 = 6,
        .cwe = {307, 799},
        .asvs = "6.3.1",
        .why = "One-time codes and resets without a limit are guessed, and every message sent costs money.",
        .remedy = "Declare and enforce a limit per account and address (429), and lock out.",
    },
    {
        .id = "flow-registration-unprotected",
        .title = "Registration is open to robots",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 4,
        .owasp_2023 = 6,
        .cwe = {799, 837},
        .asvs = "2.4.1",
        .why = "Accounts made by the thousand carry spam, fraud and votes.",
        .remedy = "Declare and enforce limits (429), verify addresses, and ask for proof of a human.",
    },
    {
        .id = "flow-transfer-unprotected",
        .title = "Moving money is open to robots",
        .severity = Severity::kMedium,
        .precision = Precision::kMedium,
        .owasp_2019 = 4,
        .owasp_2023 = 6,
        .cwe = {799, 841},
        .asvs = "2.4.1",
        .why = "Payments and transfers without a limit let a thief empty an account, or test stolen cards, in one run.",
        .remedy = "Declare and enforce limits (429) and amounts, and ask for a second factor.",
    },
};

}  // namespace portico::finding
