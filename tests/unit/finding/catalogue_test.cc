#include "finding/catalogue.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "finding/rule_table.h"
#include "finding/writers/rule_page.h"

namespace portico::finding {
namespace {

TEST(RuleId, IsWordsWithHyphensBetween) {
  EXPECT_TRUE(is_rule_id("auth-none"));
  EXPECT_TRUE(is_rule_id("auth-oauth2-implicit"));
  EXPECT_FALSE(is_rule_id("auth"));
  EXPECT_FALSE(is_rule_id("-auth"));
  EXPECT_FALSE(is_rule_id("auth-"));
  EXPECT_FALSE(is_rule_id("auth--none"));
  EXPECT_FALSE(is_rule_id("Auth-none"));
  EXPECT_FALSE(is_rule_id(""));
}

TEST(Catalogue, FindsRulesById) {
  ASSERT_NE(find_rule("auth-none"), nullptr);
  EXPECT_EQ(find_rule("auth-none")->id, "auth-none");
  EXPECT_EQ(find_rule("auth-nothing"), nullptr);
  EXPECT_EQ(find_rule(""), nullptr);
}

TEST(Catalogue, HasNoIdTwiceOverAllPillars) {
  std::set<std::string_view> ids;
  for (const Rule* rule : all_rules()) EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
}

TEST(Catalogue, KeepsTheRulesOfAPillarInItsTable) {
  for (const Rule& rule : rules_of(Pillar::kDesign)) EXPECT_EQ(rule.pillar, Pillar::kDesign) << rule.id;
  EXPECT_FALSE(rules_of(Pillar::kDesign).empty());
}

TEST(Owasp, NamesCategoriesOfBothEditions) {
  EXPECT_EQ(owasp_category(OwaspEdition::k2019, 6).title, "Mass Assignment");
  EXPECT_EQ(owasp_category(OwaspEdition::k2023, 7).title, "Server Side Request Forgery");
  EXPECT_EQ(owasp_category(OwaspEdition::k2023, 10).id, "API10:2023");
  EXPECT_EQ(owasp_category(OwaspEdition::k2023, 0).id, "");
  EXPECT_EQ(owasp_category(OwaspEdition::k2023, 11).id, "");
}

TEST(Severity, HasNamesBothWays) {
  for (const auto severity :
       {Severity::kInfo, Severity::kLow, Severity::kMedium, Severity::kHigh, Severity::kCritical}) {
    EXPECT_EQ(severity_of(name(severity)), severity);
  }
  EXPECT_EQ(severity_of("High"), std::nullopt);
  EXPECT_EQ(severity_of("none"), std::nullopt);
}

// docs/rules.md and docs/rules/ hold exactly the pages that the catalogue makes. PORTICO_RENEW=1 writes them
// (tools/rule-pages).
class RulePages : public testing::Test {
 protected:
  const std::filesystem::path folder_ = std::filesystem::path(PORTICO_SOURCE_DIR) / "docs" / "rules";
  const bool renew_ = std::getenv("PORTICO_RENEW") != nullptr;

  void expect_page(const std::string& file, const std::string& text) {
    if (renew_) {
      ASSERT_TRUE(write_file((folder_ / file).string(), text).has_value());
      return;
    }
    const auto page = read_file((folder_ / file).string());
    ASSERT_TRUE(page.has_value()) << file << " is missing; run tools/rule-pages";
    EXPECT_EQ(*page, text) << file << " is stale; run tools/rule-pages";
  }
};

TEST_F(RulePages, AreWhatTheCatalogueSays) {
  std::set<std::string> expected;
  if (renew_) std::filesystem::create_directories(folder_);
  expect_page("../rules.md", write_rule_index(all_rules()));
  for (const Rule* rule : all_rules()) {
    const std::string file = std::string(rule->id) + ".md";
    EXPECT_EQ(page_of(*rule), "rules/" + file);
    expected.insert(file);
    expect_page(file, write_rule_page(*rule));
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string file = entry.path().filename().string();
    if (expected.contains(file)) continue;
    if (renew_) {
      std::filesystem::remove(entry.path());
    } else {
      ADD_FAILURE() << file << " belongs to no rule; run tools/rule-pages";
    }
  }
}

}  // namespace
}  // namespace portico::finding
