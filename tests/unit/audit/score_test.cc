// The promises of the score: scale, monotony, addition (docs/design.md).
#include "audit/score.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "audit/audit.h"
#include "contract/load.h"

namespace portico::audit {
namespace {

Audit audit_text(const std::string& text) {
  const auto contract = contract::load_text(text, "api.yaml");
  EXPECT_TRUE(contract.has_value()) << (contract ? "" : to_string(contract.error()));
  return contract ? audit(*contract) : Audit{};
}

// Operations with defects that a bit mask chooses, each operation under its own prefix.
std::string api(std::span<const unsigned> defects) {
  std::string text = R"(openapi: 3.1.0
info: {title: T, version: "1"}
servers: [{url: "https://api.example"}]
security: [{token: [read]}]
components:
  securitySchemes:
    token: {type: oauth2, description: RFC 8725, flows: {clientCredentials: {tokenUrl: "https://id.example/t", scopes: {read: r, write: w}}}}
  schemas:
    Error: {type: object, additionalProperties: false, properties: {title: {type: string, maxLength: 9, pattern: "^[a-z]+$"}}}
paths:
)";
  for (std::size_t i = 0; i < defects.size(); ++i) {
    const unsigned d = defects[i];
    const auto has = [&](unsigned bit) { return (d >> bit & 1) != 0; };
    text +=
        "  /p" + std::to_string(i) + "/things/{thingId}:\n    put:\n      operationId: put" + std::to_string(i) + "\n";
    text += has(0) ? "      security: []\n" : "      security: [{token: [write]}]\n";
    text += std::string("      parameters: [{name: thingId, in: path, required: true, schema: {type: ") +
            (has(1) ? "integer, minimum: 1, maximum: 9}}]\n" : "string, format: uuid}}]\n");
    text += "      requestBody: {content: {application/json: {schema: {type: object" +
            std::string(has(2) ? "" : ", additionalProperties: false") + ", properties: {code: {type: string" +
            (has(3) ? "" : ", maxLength: 9") + (has(4) ? ", pattern: \"^(a+)+$\"" : ", pattern: \"^[a-z]+$\"") +
            "}, role: {type: boolean" + (has(5) ? "" : ", readOnly: true") + "}}}}}}\n";
    text +=
        "      responses: {\"204\": {description: ok}, \"400\": {description: n}, \"403\": {description: n}, "
        "\"404\": {description: n}, \"415\": {description: n}, default: {description: n}" +
        std::string(has(6) ? "" : ", \"401\": {description: n}") + (has(7) ? "" : ", \"429\": {description: n}") +
        "}\n";
  }
  return text;
}

double sum_of_deductions(const Audit& audit) {
  return std::accumulate(audit.findings.begin(), audit.findings.end(), 0.0,
                         [](double sum, const auto& finding) { return sum + finding.deduction; });
}

class ScoreProperties : public ::testing::TestWithParam<unsigned> {
 protected:
  std::vector<unsigned> some_defects() {
    std::mt19937 random(GetParam());
    std::vector<unsigned> defects(1 + random() % 12);
    for (auto& d : defects) d = random() & 0xff & random();
    return defects;
  }
};

TEST_P(ScoreProperties, DeductionsAddUpToTheLoss) {
  const auto done = audit_text(api(some_defects()));
  EXPECT_NEAR(sum_of_deductions(done), 100 - done.score.total(), 1e-9);
  EXPECT_GE(done.score.total(), 0);
}

TEST_P(ScoreProperties, AnApiDoubledScoresTheSame) {
  auto defects = some_defects();
  const double once = audit_text(api(defects)).score.total();
  const auto copy = defects;
  defects.insert(defects.end(), copy.begin(), copy.end());
  EXPECT_NEAR(audit_text(api(defects)).score.total(), once, 0.5);
}

TEST_P(ScoreProperties, ARepairNeverLowersAndGainsWhatWasSaid) {
  const auto defects = some_defects();
  const auto before = audit_text(api(defects));
  for (std::size_t i = 0; i < defects.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      if ((defects[i] >> bit & 1) == 0) continue;
      auto repaired = defects;
      repaired[i] &= ~(1U << bit);
      const auto after = audit_text(api(repaired));
      EXPECT_GE(after.score.total(), before.score.total() - 1e-9) << "operation " << i << " defect " << bit;
      EXPECT_GE(after.score.security, before.score.security - 1e-9) << "operation " << i << " defect " << bit;
      EXPECT_GE(after.score.data_validation, before.score.data_validation - 1e-9);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Random, ScoreProperties, ::testing::Range(1U, 25U));

TEST(Score, GainOfOneFindingIsTheDifferenceThatItsRepairMakes) {
  const std::vector<unsigned> open = {0b1000, 0};
  const std::vector<unsigned> repaired = {0, 0};
  const auto before = audit_text(api(open));
  const auto found =
      std::ranges::find(before.findings, "limit-string-length", [](const auto& f) { return f.rule->id; });
  ASSERT_NE(found, before.findings.end());
  EXPECT_NEAR(audit_text(api(repaired)).score.total() - before.score.total(), found->gain, 0.02);
}

TEST(Score, IsFullWhereNothingIsWrong) {
  const std::vector<unsigned> none = {0, 0, 0};
  const auto done = audit_text(api(none));
  for (const auto& finding : done.findings) EXPECT_EQ(finding.severity, finding::Severity::kInfo) << finding.message;
  EXPECT_EQ(done.score.total(), 100);
}

}  // namespace
}  // namespace portico::audit
