// Sealed ids through the guard: what one answer gives out the next request brings back, and nobody else's does.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "base/base64.h"
#include "base/file.h"
#include "guard/guard.h"
#include "identity/identity.h"
#include "seal/keys.h"
#include "seal/sealer.h"

namespace portico::guard {
namespace {

constexpr std::string_view kContract = R"yaml(
openapi: 3.0.3
info: {title: Parcels, version: "1"}
servers: [{url: "http://api.example.com/v1"}]
paths:
  /parcels:
    get:
      operationId: listParcels
      security: []
      parameters: [{name: parcelId, in: query, schema: {type: array, items: {type: integer}}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Parcel"}}}}}}
    post:
      operationId: addParcel
      security: []
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Parcel"}}, application/x-www-form-urlencoded: {schema: {type: object, properties: {parcelId: {type: integer}, note: {type: string}}}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Parcel"}}}}}
  /parcels/{parcelId}:
    get:
      operationId: getParcel
      security: []
      parameters:
        - {name: parcelId, in: path, required: true, schema: {type: integer}}
        - {name: X-User, in: header, schema: {type: string}}
        - {name: userId, in: cookie, schema: {type: string}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Parcel"}}}}, "404": {description: none, content: {application/problem+json: {}}}}
  /users/{userId}:
    get:
      operationId: getUser
      security: []
      parameters: [{name: userId, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {}}}}
  /users/me:
    get: {operationId: getMe, security: [], responses: {"200": {description: ok, content: {application/json: {}}}}}
  /status/{parcelId}:
    get:
      operationId: getStatus
      security: []
      parameters: [{name: parcelId, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: ok, content: {application/json: {}}}}
components:
  schemas:
    Parcel:
      type: object
      properties:
        id: {type: integer}
        owner: {$ref: "#/components/schemas/User"}
        related: {type: array, items: {$ref: "#/components/schemas/Parcel"}}
        self: {type: string}
        parcelIds: {type: array, items: {type: integer}}
    User: {type: object, properties: {id: {type: string}, name: {type: string}}}
)yaml";

constexpr std::string_view kPolicy = R"yaml(
version: 1
contract: contract.yaml
anonymous: ['*']
seal:
  keys: seal.yaml
  ids: [userId, parcelId]
  types:
    - {type: parcelId, names: [Parcel.id, parcelIds]}
    - {type: userId, names: [User.id, X-User]}
  links: [self]
  except: [{operations: [getStatus], names: [parcelId]}]
)yaml";

using Fields = std::vector<HeaderField>;

struct Sent {
  Decision decision;
  std::string target;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

class SealsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "portico-seals-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    ASSERT_TRUE(write_file(folder_ + "/contract.yaml", kContract));
    rotate(0);
    guard_ = opened(kPolicy);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void rotate(std::size_t kept) {
    std::vector<seal::Key> before;
    if (auto keys = seal::read_keys(folder_ + "/seal.yaml")) before = *keys;
    ASSERT_TRUE(write_file(folder_ + "/seal.yaml", seal::rotated_keys(before, kept).value(), 0640));
  }

  std::unique_ptr<Guard> opened(std::string_view policy) {
    EXPECT_TRUE(write_file(folder_ + "/portico.yaml", policy));
    auto guard = Guard::open({.policy = folder_ + "/portico.yaml"});
    EXPECT_TRUE(guard) << (guard ? "" : to_string(guard.error()));
    return guard ? std::make_unique<Guard>(*std::move(guard)) : nullptr;
  }

  // A request of `caller`, whose transaction stays at hand for the answer.
  Sent request(std::string_view caller, std::string_view method, const std::string& target, Fields headers = {},
               std::string_view body = {}) {
    transaction_ = {};
    identity_ = {.issuer = "https://id.example", .subject = caller};
    if (!caller.empty()) transaction_.identity = &identity_;
    headers_ = std::move(headers);
    target_ = target;
    if (!body.empty() && headers_.empty()) headers_.push_back({"Content-Type", "application/json"});
    const RequestHead head{
        .method = method, .target = target_, .host = "api.example.com", .headers = headers_, .has_body = !body.empty()};
    Sent sent{.decision = guard_->check_request_head(worker_, {}, transaction_, head), .target = target, .body = {}};
    const ForwardedHead& forwarded = guard_->forwarded_head(worker_);
    if (forwarded.changed) sent.target = forwarded.target;
    for (const auto& field : forwarded.headers) sent.headers.emplace_back(field.name, field.value);
    if (!sent.decision.allowed() || !guard_->needs_request_body(transaction_)) return sent;
    Repaired repaired;
    sent.decision = guard_->check_request_body(worker_, transaction_, body, repaired);
    sent.body = repaired.body;
    return sent;
  }

  std::string answer(std::string_view body, std::uint16_t status = 200, Fields more = {}) {
    answer_headers_ = {{"Content-Type", "application/json"}};
    answer_headers_.insert(answer_headers_.end(), more.begin(), more.end());
    const ResponseHead head{.status = status, .headers = answer_headers_, .has_body = true};
    Decision decision = guard_->check_response_head(worker_, transaction_, head);
    Repaired repaired;
    if (decision.allowed()) decision = guard_->check_response_body(worker_, transaction_, body, repaired);
    EXPECT_EQ(rule(decision.rule).id, "none") << decision.place << ' ' << decision.detail;
    return std::string(repaired.body);
  }

  std::string field(std::string_view name) {
    for (const FieldChange& change : guard_->answer_fields(worker_, transaction_, 200, "application/json")) {
      if (change.name == name) return std::string(change.value);
    }
    return "";
  }

  // Sealed form of an id for the caller: of what stands between the marks of the answer.
  std::string sealed(std::string_view caller, std::string_view json) {
    EXPECT_TRUE(request(caller, "GET", "/v1/users/me").decision.allowed());
    return answer(json);
  }
  std::string sealed_parcel(std::string_view caller, const std::string& id = "1042") {
    return texts(sealed(caller, "{\"parcelId\":" + id + "}")).at(1);
  }

  // All JSON strings in a text.
  static std::vector<std::string> texts(const std::string& json) {
    std::vector<std::string> found;
    static const std::regex kText("\"([^\"]*)\"");
    for (std::sregex_iterator it(json.begin(), json.end(), kText), end; it != end; ++it) found.push_back((*it)[1]);
    return found;
  }

  std::string rule_of(const Sent& sent) { return std::string(rule(sent.decision.rule).id); }

  std::string folder_;
  std::unique_ptr<Guard> guard_;
  Worker worker_;
  Transaction transaction_;
  identity::Identity identity_;
  Fields headers_;
  Fields answer_headers_;
  std::string target_;
};

constexpr std::string_view kNotIssued = "request-identifier-not-issued";

TEST_F(SealsTest, WhatIsGivenOutComesBack) {
  const std::string id = sealed_parcel("alice");
  EXPECT_EQ(id.size(), seal::Sealer::kMinSealed + 11) << id;
  const Sent sent = request("alice", "GET", "/v1/parcels/" + id);
  EXPECT_EQ(rule_of(sent), "none");
  EXPECT_EQ(sent.target, "/v1/parcels/1042");
  EXPECT_EQ(sealed_parcel("alice"), id);
}

TEST_F(SealsTest, WhatIsAnothersDoesNotOpen) {
  const std::string id = sealed_parcel("alice");
  EXPECT_EQ(rule_of(request("bob", "GET", "/v1/parcels/" + id)), kNotIssued);
  EXPECT_EQ(rule_of(request("", "GET", "/v1/parcels/" + id)), kNotIssued);
  EXPECT_EQ(rule_of(request("alice", "GET", "/v1/users/" + id)), kNotIssued) << "of another type";
  EXPECT_EQ(rule_of(request("alice", "GET", "/v1/parcels/1042")), kNotIssued);
  EXPECT_EQ(rule_of(request("bob", "POST", "/v1/parcels", {}, "{\"id\":\"" + id + "\"}")), kNotIssued);
  EXPECT_EQ(rule_of(request("alice", "POST", "/v1/parcels", {}, "{\"id\":1042}")), kNotIssued);
}

TEST_F(SealsTest, WhatIsNobodysIsEverybodys) {
  const std::string id = sealed_parcel("");
  EXPECT_EQ(request("", "GET", "/v1/parcels/" + id).target, "/v1/parcels/1042");
  EXPECT_EQ(request("alice", "GET", "/v1/parcels/" + id).target, "/v1/parcels/1042");
}

TEST_F(SealsTest, AnotherApiAndAnotherKey) {
  const std::string id = sealed_parcel("alice");
  std::string other(kPolicy);
  other.replace(other.find("  ids:"), 0, "  api: Letters\n");
  guard_ = opened(other);
  EXPECT_EQ(rule_of(request("alice", "GET", "/v1/parcels/" + id)), kNotIssued);
  rotate(1);
  guard_ = opened(kPolicy);
  EXPECT_EQ(request("alice", "GET", "/v1/parcels/" + id).target, "/v1/parcels/1042") << "an older epoch opens";
  EXPECT_NE(sealed_parcel("alice"), id);
  rotate(0);
  guard_ = opened(kPolicy);
  EXPECT_EQ(rule_of(request("alice", "GET", "/v1/parcels/" + id)), kNotIssued) << "until it is taken out";
}

TEST_F(SealsTest, ComponentsArraysAndLinks) {
  const std::string body = sealed("alice", R"({"id":9007199254740993,"x":1})");
  EXPECT_EQ(body, R"({"id":9007199254740993,"x":1})") << "no component says that this is one";
  ASSERT_TRUE(request("alice", "GET", "/v1/parcels/" + sealed_parcel("alice")).decision.allowed());
  ASSERT_TRUE(request("alice", "GET", "/v1/parcels/" + sealed_parcel("alice")).decision.allowed());
  const std::string parcel = answer(R"({"id": 1042, "owner": {"id": "u/1 ü", "name": "1042"}, "related": [{"id": 7}], )"
                                    R"("self": "/v1/parcels/1042?x=1", "parcelIds": [1042, 7]})");
  const auto all = texts(parcel);
  const std::string id = sealed_parcel("alice");
  ASSERT_EQ(all.size(), 15U) << parcel;
  EXPECT_EQ(all[1], id);
  EXPECT_EQ(all[5], "name");
  EXPECT_EQ(all[6], "1042");
  EXPECT_EQ(all[11], "/v1/parcels/" + id + "?x=1");
  EXPECT_EQ(all[13], id);
  const Sent sent = request("alice", "POST", "/v1/parcels", {}, parcel);
  EXPECT_EQ(rule_of(sent), "none") << sent.decision.detail;
  EXPECT_EQ(sent.body, R"({"id": 1042, "owner": {"id": "u/1 ü", "name": "1042"}, "related": [{"id": 7}], )"
                       R"("self": "/v1/parcels/1042?x=1", "parcelIds": [1042, 7]})");
}

TEST_F(SealsTest, QueryFormHeaderAndCookie) {
  const std::string one = sealed_parcel("alice");
  const std::string two = sealed_parcel("alice", "7");
  EXPECT_EQ(request("alice", "GET", "/v1/parcels?parcelId=" + one + "&parcelId=" + two).target,
            "/v1/parcels?parcelId=1042&parcelId=7");
  EXPECT_EQ(rule_of(request("alice", "GET", "/v1/parcels?parcelId=" + one + "&parcelId=7")), kNotIssued);
  EXPECT_EQ(rule_of(request("alice", "GET", "/v1/parcels?parcelId=")), kNotIssued);
  EXPECT_EQ(request("alice", "POST", "/v1/parcels", {{"Content-Type", "application/x-www-form-urlencoded"}},
                    "note=1&parcelId=" + one)
                .body,
            "note=1&parcelId=1042");
  EXPECT_EQ(rule_of(request("alice", "POST", "/v1/parcels", {{"Content-Type", "application/x-www-form-urlencoded"}},
                            "parcel%49d=1042")),
            kNotIssued);
  const std::string user = texts(sealed("alice", R"({"userId":"al"})")).at(1);
  const std::string cookies = "a=b; userId=" + user + "; c=d";
  const Sent sent =
      request("alice", "GET", "/v1/parcels/" + one, {{"x-user", user}, {"Accept", "*/*"}, {"cookie", cookies}});
  EXPECT_EQ(rule_of(sent), "none") << sent.decision.place << sent.decision.detail;
  ASSERT_EQ(sent.headers.size(), 3U);
  EXPECT_EQ(sent.headers[0].second, "al");
  EXPECT_EQ(sent.headers[1].second, "*/*");
  EXPECT_EQ(sent.headers[2].second, "a=b; userId=al; c=d");
  EXPECT_EQ(rule_of(request("alice", "GET", "/v1/parcels/" + one, {{"x-user", "al"}})), kNotIssued);
}

TEST_F(SealsTest, FieldsOfAnswers) {
  const std::string id = sealed_parcel("alice");
  ASSERT_TRUE(request("alice", "POST", "/v1/parcels", {}, "{}").decision.allowed());
  answer("{}", 201,
         {{"Location", "http://api.example.com/v1/parcels/1042"},
          {"Link", R"(</v1/parcels/1042>; rel="self", <https://elsewhere.example/v1/parcels/1042>; rel="x")"},
          {"Content-Location", "/elsewhere/1042"}});
  EXPECT_EQ(field("Location"), "http://api.example.com/v1/parcels/" + id);
  EXPECT_EQ(field("Link"),
            "</v1/parcels/" + id + R"(>; rel="self", <https://elsewhere.example/v1/parcels/1042>; rel="x")");
  EXPECT_EQ(field("Content-Location"), "");
}

TEST_F(SealsTest, AnIdDoesNotBecomeAnotherPath) {
  for (const std::string hostile : {"me", "..", ".", "a/b", "", "a\\u0000b"}) {
    const std::string user =
        texts(sealed("alice", "{\"userId\":\"" + (hostile == "a\\u0000b" ? "a\\tb" : hostile) + "\"}")).at(1);
    const Sent sent = request("alice", "GET", "/v1/users/" + user);
    EXPECT_EQ(rule_of(sent), "request-target-ambiguous") << hostile << ' ' << sent.target;
  }
  const std::string user = texts(sealed("alice", R"({"userId":"a, b"})")).at(1);
  EXPECT_EQ(request("alice", "GET", "/v1/users/" + user).target, "/v1/users/a%2C%20b");
  const std::string one = sealed_parcel("alice");
  EXPECT_EQ(rule_of(request("alice", "GET", "/v1/parcels/" + one, {{"x-user", user}})), kNotIssued)
      << "would end the field's value";
}

TEST_F(SealsTest, PublicByDesign) {
  EXPECT_EQ(rule_of(request("alice", "GET", "/v1/status/1042")), "none");
  EXPECT_EQ(answer(R"({"parcelId":1042,"userId":null})"), R"({"parcelId":1042,"userId":null})");
}

TEST_F(SealsTest, WhoOnlyWatchesChangesNothing) {
  const std::string id = sealed_parcel("alice");
  guard_ = opened("mode: monitor\n" + std::string(kPolicy));
  EXPECT_EQ(request("alice", "GET", "/v1/parcels/" + id).target, "/v1/parcels/1042");
  EXPECT_EQ(request("alice", "GET", "/v1/parcels/1042").target, "/v1/parcels/1042");
  EXPECT_EQ(answer(R"({"id":1042})"), R"({"id":1042})");
  EXPECT_TRUE(worker_.reports().empty());
  guard_ = opened("checks: [{rules: [request-identifier-not-issued], mode: monitor}]\n" + std::string(kPolicy));
  EXPECT_EQ(request("alice", "GET", "/v1/parcels/1042").target, "/v1/parcels/1042");
  EXPECT_EQ(worker_.reports().size(), 1U) << "clients may move one by one";
  EXPECT_EQ(texts(answer(R"({"id":1042})")).at(1), id);
}

TEST_F(SealsTest, EventsShowNeither) {
  const std::string id = sealed_parcel("alice");
  const Sent sent = request("alice", "GET", "/v1/parcels/" + id);
  for (const std::string& target : {sent.target, "/v1/parcels/" + id}) {
    std::string shown;
    guard_->append_path(shown, transaction_, target);
    EXPECT_EQ(shown, "/v1/parcels/{parcelId}");
  }
}

TEST_F(SealsTest, NothingMadeUpOpens) {
  std::mt19937 chance(7);
  const std::string id = sealed_parcel("alice");
  for (int round = 0; round < 2000; ++round) {
    std::string changed = id;
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (round % 3 == 0) {
      changed = changed.substr(0, chance() % changed.size());
    } else {
      changed[chance() % changed.size()] = kDigits[chance() % kDigits.size()];
      if (round % 3 == 1) changed += kDigits[chance() % kDigits.size()];
    }
    if (changed == id || changed.empty()) continue;
    const Sent sent = request("alice", "GET", "/v1/parcels/" + changed);
    ASSERT_FALSE(sent.decision.allowed()) << changed;
  }
}

TEST_F(SealsTest, TenIdsOfAnAnswer) {
  std::string body = R"({"x":[)";
  for (int i = 0; i < 10; ++i) body += "{\"parcelId\":" + std::to_string(1000 + i) + "},";
  body += "{}]}";
  for (int i = 0; i < 5; ++i) sealed("alice", body);
  ASSERT_TRUE(request("alice", "GET", "/v1/users/me").decision.allowed());
  Repaired repaired;
  const auto once = [&] { return guard_->check_response_body(worker_, transaction_, body, repaired).allowed(); };
  answer(body);
  ASSERT_TRUE(once());
  EXPECT_TRUE(repaired.changed);
  const auto started = std::chrono::steady_clock::now();
  constexpr int kRounds = 2000;
  for (int i = 0; i < kRounds; ++i) ASSERT_TRUE(once());
  const auto spent = std::chrono::steady_clock::now() - started;
  RecordProperty("us_for_ten_ids", static_cast<int>(spent / std::chrono::microseconds(1) / kRounds));
}

TEST_F(SealsTest, AnyIdComesBackAsItWas) {
  std::mt19937 chance(11);
  for (int round = 0; round < 500; ++round) {
    const std::string caller = chance() % 4 == 0 ? "" : "caller" + std::to_string(chance() % 5);
    std::string id = std::to_string(static_cast<std::int64_t>((std::uint64_t{chance()} << 32) | chance()));
    if (chance() % 2 == 0) {
      std::string text = "\"";
      for (auto length = chance() % 40; length > 0; --length) text += static_cast<char>('#' + chance() % 57);
      id = text + '"';
    }
    const std::string document = "{\"a\": [{\"userId\" :\n" + id + " }, " + id + "], \"userId\":[" + id + ",null]}";
    const std::string out = sealed(caller, document);
    ASSERT_EQ(out.find(": " + id), std::string::npos);
    ASSERT_TRUE(request(caller, "POST", "/v1/parcels", {}, out).decision.allowed());
    EXPECT_EQ(request(caller, "POST", "/v1/parcels", {}, out).body, document);
  }
}

TEST_F(SealsTest, SlipsArePointedOut) {
  const auto said = [&](std::string_view in_policy, std::string_view instead) {
    std::string policy(kPolicy);
    policy.replace(policy.find(in_policy), in_policy.size(), instead);
    EXPECT_TRUE(write_file(folder_ + "/portico.yaml", policy));
    const auto guard = Guard::open({.policy = folder_ + "/portico.yaml"});
    return guard ? std::string("nothing") : to_string(guard.error());
  };
  EXPECT_NE(said("Parcel.id", "Parcels.id").find("no JSON body holds the component"), std::string::npos);
  EXPECT_NE(said("seal.yaml", "seals.yaml").find("cannot read"), std::string::npos);
  EXPECT_NE(said("  ids: [userId, parcelId]", "  idz: [userId]").find("idz"), std::string::npos);
  std::string contract(kContract);
  const std::string_view path = "{name: parcelId, in: path,";
  contract.replace(contract.find(path), path.size(), "{name: parcelId, style: matrix, in: path,");
  ASSERT_TRUE(write_file(folder_ + "/contract.yaml", contract));
  EXPECT_NE(said("seal:", "seal:").find("of a style in which ids are not sealed"), std::string::npos);
}

}  // namespace
}  // namespace portico::guard
