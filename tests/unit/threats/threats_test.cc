#include "threats/threats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "audit/audit.h"
#include "contract/load.h"
#include "finding/catalogue.h"
#include "policy/load.h"
#include "threats/difference.h"
#include "threats/writers/writers.h"

namespace portico::threats {
namespace {

Model model_of_text(const std::string& text, const std::string& policy_text = {}) {
  const auto contract = contract::load_text(text, "api.yaml");
  EXPECT_TRUE(contract) << (contract ? "" : to_string(contract.error()));
  policy::Policy policy;
  if (!policy_text.empty()) {
    auto loaded = policy::load_text(policy_text, "portico.yaml");
    EXPECT_TRUE(loaded) << (loaded ? "" : to_string(loaded.error()));
    policy = *std::move(loaded);
  }
  return model_of(*contract, policy, audit::audit(*contract).findings);
}

Model model_of_lab(const std::string& path) {
  const auto contract = contract::load(PORTICO_SOURCE_DIR "/labs/" + path);
  EXPECT_TRUE(contract) << path;
  return model_of(*contract, {}, audit::audit(*contract).findings);
}

// The severity of an open threat of that kind at an operation of that title; nothing when there is none.
std::optional<finding::Severity> open_threat(const Model& model, std::string_view title, KindId kind) {
  for (const Threat& threat : model.threats) {
    const bool meant = threat.kind->id == kind && model.surface[threat.operation].title == title;
    if (meant && threat.open()) return threat.severity();
  }
  return {};
}

constexpr std::string_view kShop = R"(openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: "https://shop.example"}]
security: [{login: [orders:read]}]
paths:
  /orders/{orderId}:
    parameters: [{name: orderId, in: path, required: true, schema: {type: string, format: uuid}}]
    get:
      operationId: getOrder
      responses: {"200": {description: ok, content: {application/json: {schema: {
        type: object, additionalProperties: false, properties: {email: {type: string}}}}}}}
    delete:
      operationId: deleteOrder
      responses: {"204": {description: gone}}
  /health:
    get: {operationId: health, security: [], responses: {"204": {description: up}}}
components:
  securitySchemes:
    login: {type: openIdConnect, openIdConnectUrl: "https://id.example/.well-known/openid-configuration"}
)";

TEST(Threats, DecideEveryOperationAgainstEveryClass) {
  constexpr std::array kLabs = {"parcel", "door",     "brewery", "exchange", "dating", "seo",
                                "social", "balancer", "router",  "scale",    "plant",  "buildlogs"};
  for (const std::string name : kLabs) {
    for (const char* variant : {"/contract.yaml", "/contract.fixed.yaml"}) {
      const Model model = model_of_lab(name + variant);
      ASSERT_FALSE(model.surface.empty());
      EXPECT_EQ(model.by_rank.size(), model.surface.size());
      for (const Surface& surface : model.surface) {
        for (const Decision& decision : surface.decisions) {
          const auto is_open = [&](auto index) { return model.threats[index].open(); };
          EXPECT_EQ(std::ranges::any_of(decision.threats, is_open), decision.status == Status::kThreat);
          EXPECT_EQ(decision.threats.empty(), decision.status == Status::kNotApplicable);
          if (decision.status != Status::kThreat) {
            EXPECT_NE(decision.reason, "") << name << " " << surface.title;
          }
        }
      }
    }
  }
}

TEST(Threats, NameOnlyRulesThatExistAndUniqueIds) {
  for (const Kind& kind : kinds()) {
    for (const auto rule : kind.rules) EXPECT_TRUE(rule.empty() || finding::find_rule(rule) != nullptr) << rule;
  }
  const Model model = model_of_lab("scale/contract.yaml");
  std::set<std::string> ids;
  for (const Threat& threat : model.threats) EXPECT_TRUE(ids.insert(threat.id).second) << threat.id;
  for (const Assumption& assumption : model.assumptions) {
    EXPECT_TRUE(ids.insert(assumption.id).second) << assumption.question;
  }
}

TEST(Threats, GiveTheSameBytes) {
  const Model first = model_of_lab("scale/contract.yaml");
  const Model second = model_of_lab("scale/contract.yaml");
  for (const auto write : {write_html, write_gherkin, write_threat_dragon, write_otm, write_threagile}) {
    EXPECT_EQ(write(first), write(second));
  }
}

// What the twelve incidents were.
TEST(Threats, SeeTheIncidents) {
  struct Case {
    const char* lab;
    const char* operation;
    KindId kind;
  };
  const std::array cases = {
      Case{"parcel", "GET /parcels/{number}", KindId::kEnumeration},
      Case{"parcel", "GET /parcels/{number}", KindId::kPinGuessing},
      Case{"door", "POST /doors/{doorId}/open", KindId::kForgedFact},
      Case{"door", "GET /users/{userId}", KindId::kEnumeration},
      Case{"brewery", "GET /customers/{customerId}", KindId::kForeignObject},
      Case{"exchange", "POST /orders", KindId::kForeignObject},
      Case{"dating", "GET /users/{userId}", KindId::kPositionTracking},
      Case{"social", "POST /onboarding/task", KindId::kAccountEnumeration},
      Case{"balancer", "POST /util/bash", KindId::kCommandExecution},
      Case{"balancer", "POST /util/bash", KindId::kManagementInterface},
      Case{"router", "POST /debug", KindId::kCrossSiteRequest},
      Case{"scale", "PUT /password-resets", KindId::kPinGuessing},
      Case{"scale", "POST /users/{userId}/children", KindId::kSecretReturned},
      Case{"plant", "POST /system/scripts/run", KindId::kCommandExecution},
      Case{"buildlogs", "GET /jobs/{jobId}/log.txt", KindId::kEnumeration},
  };
  for (const Case& c : cases) {
    const Model model = model_of_lab(c.lab + std::string("/contract.yaml"));
    EXPECT_TRUE(open_threat(model, c.operation, c.kind)) << c.lab << " " << kind(c.kind).name;
  }
}

TEST(Threats, AreMitigatedByWhatContractAndPolicySay) {
  const Model bare = model_of_text(std::string(kShop));
  EXPECT_FALSE(open_threat(bare, "GET /orders/{orderId}", KindId::kAnonymousCall));
  EXPECT_FALSE(open_threat(bare, "GET /orders/{orderId}", KindId::kEnumeration)) << "a UUID cannot be counted up";
  EXPECT_TRUE(open_threat(bare, "GET /orders/{orderId}", KindId::kForeignObject));
  EXPECT_TRUE(open_threat(bare, "GET /orders/{orderId}", KindId::kFlooding));
  EXPECT_TRUE(open_threat(bare, "DELETE /orders/{orderId}", KindId::kFunctionLevelAccess)) << "a read scope deletes";
  EXPECT_FALSE(open_threat(bare, "GET /orders/{orderId}", KindId::kFunctionLevelAccess));

  const Model guarded = model_of_text(std::string(kShop), R"(version: 1
upstream: http://127.0.0.1:9001
owner: {team: Shop team}
limits: [{operations: ["*"], rate: 6/minute}]
rules: [{operations: [getOrder], name: own orders, require: "true"}]
)");
  EXPECT_FALSE(open_threat(guarded, "GET /orders/{orderId}", KindId::kForeignObject));
  EXPECT_TRUE(open_threat(guarded, "DELETE /orders/{orderId}", KindId::kForeignObject));
  EXPECT_FALSE(open_threat(guarded, "GET /orders/{orderId}", KindId::kFlooding));
  for (const Assumption& assumption : guarded.assumptions) EXPECT_EQ(assumption.owner, "Shop team");
}

TEST(Threats, TakeAnswersFromThePolicy) {
  const Model bare = model_of_text(std::string(kShop));
  const auto asks = [](const Assumption& assumption) { return assumption.question.contains("orderId"); };
  const auto question = std::ranges::find_if(bare.assumptions, asks);
  ASSERT_NE(question, bare.assumptions.end());
  EXPECT_EQ(question->status, "open");
  const Model answered = model_of_text(
      std::string(kShop), "version: 1\nassumptions: [{id: " + question->id + ", owner: Ann, answer: Yes}]\n");
  const auto answer = std::ranges::find(answered.assumptions, question->id, &Assumption::id);
  ASSERT_NE(answer, answered.assumptions.end());
  EXPECT_EQ(answer->status, "answered");
  EXPECT_EQ(answer->owner, "Ann");
  EXPECT_EQ(answer->answer, "Yes");
}

TEST(Threats, KnowWhatBelongsToWhom) {
  const Model model = model_of_text(R"(openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /users/{userId}/orders: {get: {responses: {"200": {description: ok}}}}
  /users/{userId}/orders/{orderId}: {get: {responses: {"200": {description: ok}}}}
  /users/{userId}/orders/{orderId}/refund:
    post:
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {type: object, properties: {orderId: {type: string}}}}}
  /ping: {get: {responses: {"204": {description: ok}}}}
)");
  const auto order = std::ranges::find(model.resources, "/users/{userId}/orders/{orderId}", &Resource::path);
  ASSERT_NE(order, model.resources.end());
  EXPECT_EQ(order->name, "order");
  EXPECT_EQ(order->operations, (std::vector<std::uint32_t>{0, 1, 2})) << "its collection, itself, what is done to it";
  EXPECT_EQ(order->owner, "user");
  EXPECT_EQ(order->given_by, (std::vector<std::uint32_t>{2}));
  ASSERT_GE(order->parent, 0);
  EXPECT_EQ(model.resources[static_cast<std::size_t>(order->parent)].path, "/users/{userId}");
}

TEST(ThreatDifference, SaysWhatAChangeAdds) {
  const Model before = model_of_text(std::string(kShop));
  EXPECT_TRUE(difference_of(before, before).empty());
  std::string text(kShop);
  text.insert(text.find("operationId: getOrder"), "security: []\n      ");
  text.insert(text.find("  /health:"),
              "  /exports: {post: {operationId: export, responses: {\"202\": {description: ok}}}}\n");
  const Model after = model_of_text(text);
  const Difference difference = difference_of(before, after);
  ASSERT_EQ(difference.added.size(), 1U);
  EXPECT_EQ(difference.added[0].title, "POST /exports");
  ASSERT_EQ(difference.changed.size(), 1U);
  EXPECT_EQ(difference.changed[0].title, "GET /orders/{orderId}");
  EXPECT_GT(difference.changed[0].after, difference.changed[0].before);
  const auto is_personal = [](const ThreatChange& change) { return change.title.contains("personal data"); };
  EXPECT_TRUE(std::ranges::any_of(difference.opened, is_personal));
  EXPECT_TRUE(difference.widens());
}

// Names of the contract are the attacker's as much as anyone's.
TEST(ThreatWriters, EscapeWhatTheContractSays) {
  const Model model = model_of_text(R"(openapi: 3.1.0
info: {title: "<script>alert(1)</script>|x", version: "1"}
paths:
  /a/{b}:
    get:
      summary: "</td><script>alert(2)</script>\n| new | row |"
      parameters: [{name: b, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: ok}}
)");
  EXPECT_EQ(write_html(model).find("<script>"), std::string::npos);
  const std::string markdown = write_markdown(model);
  EXPECT_EQ(markdown.find("<script>"), std::string::npos);
  EXPECT_EQ(markdown.find("| new | row |"), std::string::npos);
  EXPECT_EQ(write_gherkin(model).find("\n| new"), std::string::npos);
}

}  // namespace
}  // namespace portico::threats
