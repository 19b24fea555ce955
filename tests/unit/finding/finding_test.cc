#include "finding/finding.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "finding/fingerprint.h"
#include "finding/mask.h"
#include "finding/rules/design.h"

namespace portico::finding {
namespace {

Finding at(std::uint32_t line, const Rule* rule, std::string fingerprint = {}) {
  return {.rule = rule,
          .severity = rule->severity,
          .location = {.place = {"api.yaml", line, 5}},
          .message = "message",
          .fingerprint = std::move(fingerprint)};
}

TEST(Findings, AreSortedByPlaceThenRule) {
  std::vector<Finding> findings = {at(9, design_rule("auth-none"), "1"), at(2, design_rule("limit-array-items"), "2"),
                                   at(2, design_rule("auth-none"), "3")};
  sort_and_merge(findings);
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[0].fingerprint, "3");
  EXPECT_EQ(findings[1].fingerprint, "2");
  EXPECT_EQ(findings[2].fingerprint, "1");
}

TEST(Findings, OfOneRuleAndFingerprintAreOne) {
  std::vector<Finding> findings = {at(9, design_rule("auth-none"), "1"), at(2, design_rule("auth-none"), "1"),
                                   at(3, design_rule("auth-optional"), "1")};
  sort_and_merge(findings);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].location.place.line, 2U);
  EXPECT_EQ(findings[1].rule->id, "auth-optional");
}

TEST(Findings, WithoutFingerprintAreAllKept) {
  std::vector<Finding> findings = {at(1, design_rule("auth-none")), at(2, design_rule("auth-none"))};
  sort_and_merge(findings);
  EXPECT_EQ(findings.size(), 2U);
}

TEST(Gate, IsReachedAtItsSeverityAndAbove) {
  const std::vector<Finding> findings = {at(1, design_rule("limit-array-items"))};
  EXPECT_TRUE(reaches(findings, Severity::kLow));
  EXPECT_TRUE(reaches(findings, Severity::kMedium));
  EXPECT_FALSE(reaches(findings, Severity::kHigh));
  EXPECT_FALSE(reaches({}, Severity::kInfo));
  EXPECT_EQ(count_by_severity(findings)[static_cast<std::size_t>(Severity::kMedium)], 1U);
}

TEST(Fingerprint, IsThirtyTwoHexadecimalDigits) {
  const auto print = fingerprint("auth-none", {"GET /orders"});
  EXPECT_EQ(print.size(), 32U);
  EXPECT_TRUE(std::ranges::all_of(print, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }));
}

// The format is a promise: baselines and exceptions of users hold these values.
TEST(Fingerprint, NeverChanges) {
  EXPECT_EQ(fingerprint("auth-none", {"operation", "getOrder"}), "90e4f6ea787ea7d98652a93de31d6ac2");
}

TEST(Fingerprint, KeepsPartsApart) {
  EXPECT_NE(fingerprint("auth-none", {"ab", "c"}), fingerprint("auth-none", {"a", "bc"}));
  EXPECT_NE(fingerprint("auth-none", {"a"}), fingerprint("auth-none", {"a", ""}));
  EXPECT_NE(fingerprint("auth-none", {"a"}), fingerprint("auth-optional", {"a"}));
}

TEST(Mask, ShowsAPrefixOfLongValuesOnly) {
  EXPECT_EQ(masked("ghp_0123456789abcdef"), "ghp_***");
  EXPECT_EQ(masked("hunter2"), "***");
  EXPECT_EQ(masked(""), "***");
}

TEST(Mask, TakesUserInformationOutOfUris) {
  EXPECT_EQ(without_user_information("https://root:pw@api.example/v1"), "https://***@api.example/v1");
  EXPECT_EQ(without_user_information("https://a@b@api.example"), "https://***@api.example");
  EXPECT_EQ(without_user_information("https://api.example/@me"), "https://api.example/@me");
  EXPECT_EQ(without_user_information("/v1"), "/v1");
}

}  // namespace
}  // namespace portico::finding
