#include <gtest/gtest.h>

#include "finding/catalogue.h"
#include "finding/rules/design.h"
#include "finding/writers/json.h"
#include "finding/writers/sarif.h"
#include "finding/writers/text.h"

namespace portico::finding {
namespace {

std::vector<Finding> sample() {
  Finding open{
      .rule = design_rule("auth-none"),
      .severity = Severity::kHigh,
      .location = {.place = {"api/my api.yaml", 12, 5}, .pointer = "/paths/~1orders/post", .operation = "addOrder"},
      .message = "POST /orders can be called without credentials",
      .fingerprint = "0123"};
  Finding credentials{.rule = design_rule("transport-credentials-in-server"),
                      .severity = Severity::kHigh,
                      .location = {.place = {"api/my api.yaml", 4, 9}, .pointer = "/servers/0"},
                      .message = "the server's URL contains a password",
                      .evidence = "https://***@api.example",
                      .fingerprint = "4567"};
  credentials.related.push_back(
      {{.place = {"api/my api.yaml", 20, 5}, .operation = "getOrder"}, "used by GET /orders"});
  return {credentials, open};
}

Report report_of(const std::vector<Finding>& findings) {
  return {.command = "audit",
          .target = "api/my api.yaml",
          .version = "1.2.3",
          .root = "/home/me",
          .findings = findings,
          .rules = rules_of(Pillar::kDesign),
          .operations = 1};
}

TEST(TextWriter, WritesALineAFindingAndASummary) {
  const auto findings = sample();
  EXPECT_EQ(write_text(report_of(findings)),
            "api/my api.yaml:4:9: high transport-credentials-in-server: the server's URL contains a password "
            "[https://***@api.example]\n"
            "api/my api.yaml:12:5: high auth-none: POST /orders can be called without credentials\n"
            "\n"
            "      1  high      auth-none: Operation without authentication\n"
            "      1  high      transport-credentials-in-server: Server URL contains credentials\n"
            "\n"
            "api/my api.yaml: 2 findings in 1 operation (2 high)\n");
}

TEST(TextWriter, SaysThatThereIsNothing) {
  EXPECT_EQ(write_text(report_of({})), "api/my api.yaml: no findings in 1 operation\n");
}

TEST(TextWriter, ColoursOnlyWhenAsked) {
  const auto findings = sample();
  EXPECT_EQ(write_text(report_of(findings)).find('\x1b'), std::string::npos);
  EXPECT_NE(write_text(report_of(findings), Colour::kOn).find("\x1b[1;31mhigh\x1b[0m"), std::string::npos);
}

TEST(TextWriter, LetsNoControlCharacterThrough) {
  auto findings = sample();
  findings[0].message = "property \"\x1b[2Jname\"";
  EXPECT_NE(write_text(report_of(findings)).find("property \"\\x1b[2Jname\""), std::string::npos);
}

TEST(JsonWriter, WritesWhatProgramsNeed) {
  const auto findings = sample();
  const auto text = write_json(report_of(findings));
  for (const std::string_view part :
       {"\"format\": \"portico-findings/1\"", "\"high\": 2", "\"rule\": \"auth-none\"", "\"API2:2023\"",
        "\"pointer\": \"/paths/~1orders/post\"", "\"operation\": \"addOrder\"", "\"line\": 12",
        "\"evidence\": \"https://***@api.example\"", "\"fingerprint\": \"4567\"",
        "\"message\": \"used by GET /orders\""}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(SarifWriter, GivesRelativeUrisToFilesBelowTheRoot) {
  EXPECT_EQ(artifact_uri("api/my api.yaml", "/home/me"), "api/my%20api.yaml");
  EXPECT_EQ(artifact_uri("./a.yaml", "/home/me"), "a.yaml");
  EXPECT_EQ(artifact_uri("/home/me/a.yaml", "/home/me"), "a.yaml");
  EXPECT_EQ(artifact_uri("/home/me/a.yaml", "/home/me/"), "a.yaml");
  EXPECT_EQ(artifact_uri("/home/meadow/a.yaml", "/home/me"), "file:///home/meadow/a.yaml");
  EXPECT_EQ(artifact_uri("c:odd.yaml", ""), "c%3Aodd.yaml");
  EXPECT_EQ(artifact_uri("gr\xC3\xBC.yaml", ""), "gr%C3%BC.yaml");
  EXPECT_EQ(artifact_uri("https://api.example/openapi.json", "/home/me"), "https://api.example/openapi.json");
}

TEST(SarifWriter, PointsResultsAtTheirRules) {
  const auto findings = sample();
  const auto text = write_sarif(report_of(findings));
  for (const std::string_view part :
       {"\"version\": \"2.1.0\"", "\"ruleId\": \"auth-none\"", "\"uri\": \"api/my%20api.yaml\"", "\"startLine\": 12",
        "\"portico/v1\": \"0123\"", "\"security-severity\": \"8.0\"", "\"external/cwe/cwe-306\"",
        "\"level\": \"error\""}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST(Writers, GiveTheSameBytesForTheSameFindings) {
  const auto findings = sample();
  EXPECT_EQ(write_sarif(report_of(findings)), write_sarif(report_of(findings)));
  EXPECT_EQ(write_json(report_of(findings)), write_json(report_of(findings)));
}

}  // namespace
}  // namespace portico::finding
