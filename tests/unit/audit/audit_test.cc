#include "audit/audit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "contract/load.h"

namespace portico::audit {
namespace {

std::vector<finding::Finding> audit_text(const std::string& text) {
  const auto contract = contract::load_text(text, "api.yaml");
  EXPECT_TRUE(contract.has_value()) << (contract ? "" : to_string(contract.error()));
  return contract ? audit(*contract).findings : std::vector<finding::Finding>();
}

std::set<std::string> fingerprints(const std::vector<finding::Finding>& findings) {
  std::set<std::string> all;
  for (const auto& finding : findings) all.insert(finding.fingerprint);
  return all;
}

constexpr std::string_view kSmall = R"(openapi: 3.0.3
info: {title: T, version: "1"}
servers: [{url: "http://api.example"}]
paths:
  /orders/{orderId}:
    get:
      operationId: getOrder
      parameters:
        - {name: orderId, in: path, required: true, schema: {type: integer}}
        - {name: q, in: query, schema: {type: string}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
components:
  schemas:
    Order: {type: object, properties: {email: {type: string}}}
)";

// The same API after a day's work: comments, other order, another server, parameter, operation and property; the path
// moved, which the operationId outlives.
constexpr std::string_view kEdited = R"(# A day later
openapi: 3.0.3
info: {title: Orders, version: "2", description: Orders of customers}
components:
  schemas:
    Item: {type: object, properties: {code: {type: string}}}
    Order:
      description: One order
      type: object
      properties:
        items: {type: array, items: {$ref: "#/components/schemas/Item"}}
        email:
          description: Whom to tell
          type: string
paths:
  /new:
    get: {responses: {"204": {description: ok}}}
  /v2/orders/{orderId}:
    get:
      parameters:
        - {name: lang, in: query, schema: {type: string}}
        - {name: q, in: query, schema: {type: string}}
        - {name: orderId, in: path, required: true, schema: {type: integer}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
      operationId: getOrder
servers: [{url: "http://test.example"}, {url: "http://api.example"}]
)";

TEST(Audit, KeepsFingerprintsWhereOnlyOtherThingsChange) {
  const auto before = fingerprints(audit_text(std::string(kSmall)));
  const auto after = fingerprints(audit_text(std::string(kEdited)));
  EXPECT_GE(before.size(), 7U);
  EXPECT_TRUE(std::ranges::includes(after, before));
  EXPECT_GT(after.size(), before.size());
}

TEST(Audit, GivesEachFindingAFingerprintOfItsOwn) {
  const auto findings = audit_text(std::string(kEdited));
  EXPECT_EQ(fingerprints(findings).size(), findings.size());
}

TEST(Audit, PlacesEveryFinding) {
  for (const auto& finding : audit_text(std::string(kEdited))) {
    EXPECT_EQ(finding.location.place.file, "api.yaml") << finding.message;
    EXPECT_NE(finding.location.place.line, 0U) << finding.message;
    EXPECT_FALSE(finding.location.pointer.empty()) << finding.message;
  }
}

TEST(Audit, RepeatsWhatManyOperationsInheritOnlyOnce) {
  const auto findings = audit_text(R"(openapi: 3.0.3
info: {title: T, version: "1"}
security: [{oauth: [write]}]
paths:
  /a: {get: {responses: {"204": {description: ok}}}}
  /b: {get: {responses: {"204": {description: ok}}}}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://id.example/token", scopes: {read: Read}}}}
)");
  EXPECT_EQ(std::ranges::count(findings, "auth-scope-undefined", [](const auto& f) { return f.rule->id; }), 1);
}

// Three levels of a hundred alternatives each are a million ways down, but three hundred questions.
TEST(Audit, AsksEachAlternativeOnce) {
  std::string text = R"(openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {$ref: '#/components/schemas/L0'}}]
      responses: {'204': {description: ok}}
components:
  schemas:
    L4: {type: string, maxLength: 3}
)";
  for (int level = 0; level < 4; ++level) {
    text += "    L" + std::to_string(level) + ": {type: string, anyOf: [";
    for (int i = 0; i < 100; ++i) text += "{$ref: '#/components/schemas/L" + std::to_string(level + 1) + "'}, ";
    text += "]}\n";
  }
  const auto start = std::chrono::steady_clock::now();
  const auto findings = audit_text(text);
  EXPECT_TRUE(std::ranges::none_of(findings, [](const auto& f) { return f.rule->id == "limit-string-length"; }));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

// Recursion through allOf makes positions of ever more parts; the number of merged positions is limited.
TEST(Audit, SurvivesCompositionsThatMultiply) {
  std::string text = R"(openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a: {post: {requestBody: {content: {application/json: {schema: {allOf: [)";
  constexpr int kSchemas = 12;
  for (int i = 0; i < kSchemas; ++i) text += "{$ref: '#/components/schemas/S" + std::to_string(i) + "'}, ";
  text += "]}}}}, responses: {'204': {description: ok}}}}\ncomponents:\n  schemas:\n";
  for (int i = 0; i < kSchemas; ++i) {
    const auto reference = [&](int j) {
      return "{$ref: '#/components/schemas/S" + std::to_string(j % kSchemas) + "'}";
    };
    text += "    S" + std::to_string(i) + ": {type: object, properties: {a: " + reference(i + 1) + ", b: {allOf: [" +
            reference(2 * i) + ", " + reference(3 * i + 1) + "]}, c: " + reference(i * i) + "}}\n";
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(audit_text(text).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

}  // namespace
}  // namespace portico::audit
