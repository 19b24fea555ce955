// What the guard lets pass must not cost an allocation, once a worker has warmed up.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "../allocations.h"
#include "base/file.h"
#include "guard/guard.h"
#include "guard/limits.h"
#include "seal/keys.h"
#include "seal/sealer.h"

namespace portico::guard {
namespace {

constexpr std::string_view kContract = R"({
  "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
  "paths": {"/orders/{id}": {"post": {
    "parameters": [
      {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}},
      {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}},
      {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}}},
      {"name": "X-Trace", "in": "header", "schema": {"type": "string", "format": "uuid"}}],
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
    "responses": {"200": {"description": "ok",
      "headers": {"X-Trace": {"required": true, "schema": {"type": "string", "format": "uuid"}},
                  "X-Key": {"required": true, "schema": {"type": "string", "pattern": "^the-"}}},
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}}}}},
  "security": [{"oauth": ["orders:write"], "key": []}],
  "components": {
    "securitySchemes": {
      "oauth": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://id.example", "scopes": {"orders:write": "w"}}}},
      "key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    "schemas": {"Order": {"type": "object", "additionalProperties": false, "required": ["item"],
    "properties": {"item": {"type": "string", "maxLength": 100}, "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}}}}}
})";

constexpr std::string_view kPolicy = R"yaml(
version: 1
contract: c.json
limits:
  - {operations: ['*'], rate: 1000000/s, burst: 1000}
  - {operations: ['*'], per: "cel:token.sub + '/' + string(path.id)", rate: 1000000/s, burst: 1000}
  - {operations: ['*'], per: "cel:body.item + caller.subject", rate: 1000000/s, burst: 1000}
rules:
  - {operations: ['*'], require: "path.id > 0 && query.tag.all(t, t.upperAscii() + '.' != t)"}
  - {operations: ['*'], require: "header['x-trace'].startsWith('3f') && request.address.startsWith('192.')"}
  - {operations: ['*'], require: "body.item != '' && body.lines.map(l, l.item).join(',') == 'ink,nib'"}
  - operations: ['*']
    response: "response.status == 200 && response.body.lines.exists(l, l.item == 'nib') && path.id == 17"
repair: [{operations: ['*'], strip: true, mask: [{pointers: [/item], keep: 1}]}]
leaks: [{operations: ['*'], secrets: mask}]
injection: [{operations: ['*']}]
ownership:
  - {id: item, learn: {operations: ['*']}, unknown: allow}
  - {id: id, check: {at: [path/id]}, unknown: allow}
identity:
  tokens: [{schemes: [oauth], issuer: 'https://id.example', keys: keys.json, algorithms: [HS256]}]
  api_keys: [{schemes: [key], file: apikeys.yaml}]
)yaml";
constexpr std::string_view kKeys = R"({"kty":"oct","k":"cTdadDBWbjN4VzhlTGM1UmJZZDFHa1VvNkhzUGFKMmZNaTlULXRlc3Q"})";
constexpr std::string_view kApiKeys =
    "version: 1\nsalt: MDEyMzQ1Njc4OWFiY2RlZg\n"
    "keys: [{id: billing, hash: 8iJypijqBj0HfV5hEvWwZsJ4Bhgw8tyQ-_RFALvXzwU, owner: billing}]\n";
// For an hour from the first second of 2026; the scope is orders:write.
constexpr std::string_view kAuthorization =
    "Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC5leGFtcGxlIiwgInN1YiI6ICJhbm4iLCA"
    "iaWF0IjogMTc2NzIyNTYwMCwgImV4cCI6IDE3NjcyMjkyMDAsICJzY29wZSI6ICJvcmRlcnM6d3JpdGUifQ."
    "5zwLEnadC7YtKGNNbGy9aAfRg0diCLl_D0rjIh0GAXU";
constexpr std::int64_t kWallUs = INT64_C(1'767'225'601'000'000);

class AllocationTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "portico-guard-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    ASSERT_TRUE(write_file(folder_ + "/c.json", kContract));
    ASSERT_TRUE(write_file(folder_ + "/p.yaml", kPolicy));
    ASSERT_TRUE(write_file(folder_ + "/keys.json", kKeys));
    ASSERT_TRUE(write_file(folder_ + "/apikeys.yaml", kApiKeys));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(AllocationTest, NothingOnTheWayToAllowed) {
  auto guard = Guard::open({.policy = folder_ + "/p.yaml"});
  ASSERT_TRUE(guard) << to_string(guard.error());
  Worker worker;
  alignas(64) static std::array<std::byte, 65536> memory{};
  LimitTable limits(memory, 1);
  alignas(64) static std::array<std::byte, 65536> object_memory{};
  LimitTable objects(object_memory, 2);
  const std::array<HeaderField, 6> fields = {{{"Host", "api.example.com"},
                                              {"Content-Type", "application/json; charset=utf-8"},
                                              {"Cookie", "a=b; c=d"},
                                              {"Authorization", kAuthorization},
                                              {"X-Key", "the-billing-key"},
                                              {"X-Trace", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}}};
  const std::array<std::uint8_t, 4> address = {192, 0, 2, 1};
  const std::string_view body = R"({"item":"pen","lines":[{"item":"ink"},{"item":"nib","lines":[]}]})";
  const auto exchange = [&](std::int64_t now) {
    Transaction transaction;
    const RequestHead head{.method = "POST",
                           .target = "/orders/17?limit=10&tag=a&tag=b",
                           .host = "api.example.com",
                           .headers = fields,
                           .address = address,
                           .has_body = true,
                           .now_ns = now,
                           .wall_us = kWallUs};
    EXPECT_EQ(guard->check_request_head(worker, {.limits = &limits, .objects = &objects}, transaction, head).rule,
              RuleId::kNone);
    EXPECT_EQ(guard->caller(transaction).subject, "ann");
    EXPECT_TRUE(guard->needs_request_body(transaction));
    EXPECT_EQ(guard->check_request_body(worker, transaction, body).detail, "");
    const ResponseHead answer{.status = 200, .headers = std::span(fields).subspan(1), .has_body = true};
    EXPECT_EQ(guard->check_response_head(worker, transaction, answer).rule, RuleId::kNone);
    Repaired repaired;
    EXPECT_EQ(guard->check_response_body(worker, transaction, body, repaired).detail, "");
    guard->finish(worker, {}, transaction, {.status = 200});
  };
  for (int i = 0; i < 10; ++i) exchange(1'000'000'000 + i);
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) exchange(2'000'000'000 + i);
  EXPECT_EQ(allocations - before, 0U);
}

// Parameters in every structure, and bodies that are not JSON.
TEST_F(AllocationTest, NothingForFormsAndXml) {
  constexpr std::string_view kForms = R"({
    "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
    "paths": {"/forms{at}": {"post": {
      "parameters": [
        {"name": "at", "in": "path", "required": true, "style": "matrix", "explode": true, "schema": {"type": "array", "items": {"type": "integer"}}},
        {"name": "sort", "in": "query", "style": "deepObject", "schema": {"type": "object", "properties": {"by": {"type": "string"}}}},
        {"name": "page", "in": "query", "schema": {"type": "object", "properties": {"size": {"type": "integer"}}}},
        {"name": "id", "in": "query", "schema": {"anyOf": [{"type": "integer", "maximum": 9}, {"type": "string", "minLength": 3}]}},
        {"name": "any", "in": "query", "schema": {}},
        {"name": "X-List", "in": "header", "schema": {"type": "array", "items": {"type": "integer"}}},
        {"name": "c", "in": "cookie", "content": {"application/json": {"schema": {"type": "object"}}}}],
      "requestBody": {"content": {
        "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/T"}},
        "multipart/form-data": {"schema": {"$ref": "#/components/schemas/T"}},
        "application/xml": {"schema": {"$ref": "#/components/schemas/T"}},
        "text/plain": {"schema": {"type": "integer"}}}},
      "responses": {"204": {"description": "ok"}}}}},
    "components": {"schemas": {"T": {"type": "object", "additionalProperties": false, "properties": {
      "n": {"type": "integer"}, "s": {"type": "string"}, "l": {"type": "array", "items": {"type": "string"}},
      "o": {"type": "object", "properties": {"n": {"type": "integer"}}}, "f": {"type": "string", "format": "binary"}}}}}
  })";
  ASSERT_TRUE(write_file(folder_ + "/c.json", kForms));
  auto guard = Guard::open({.contract = folder_ + "/c.json"});
  ASSERT_TRUE(guard) << to_string(guard.error());
  Worker worker;
  const std::array<std::pair<std::string_view, std::string_view>, 4> bodies = {{
      {"application/x-www-form-urlencoded", "n=1&s=a+b&l=x&l=y&o=%7B%22n%22:1%7D"},
      {"multipart/form-data; boundary=b",
       "--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; "
       "name=\"f\"; filename=\"x\"\r\n\r\n\xFF\r\n--b--"},
      {"application/xml", "<T><n>1</n><s>a</s><l>x</l><l>y</l><o><n>2</n></o></T>"},
      {"text/plain", "12"},
  }};
  const auto exchanges = [&] {
    for (const auto& [type, body] : bodies) {
      const std::array<HeaderField, 3> fields = {
          {{"Content-Type", type}, {"X-List", "1, 2"}, {"Cookie", "c=%7B%22a%22:1%7D"}}};
      Transaction transaction;
      const RequestHead head{.method = "POST",
                             .target = "/forms;at=1;at=2?sort%5Bby%5D=name&size=5&id=1234&any=12",
                             .host = "api.example.com",
                             .headers = fields,
                             .has_body = true};
      EXPECT_EQ(guard->check_request_head(worker, {}, transaction, head).place, "");
      EXPECT_EQ(guard->check_request_body(worker, transaction, body).place, "") << type;
    }
  };
  for (int i = 0; i < 10; ++i) exchanges();
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) exchanges();
  EXPECT_EQ(allocations - before, 0U);
}

TEST_F(AllocationTest, NothingForSealedIds) {
  ASSERT_TRUE(write_file(folder_ + "/c.json", R"({"openapi": "3.0.3", "info": {"title": "t", "version": "1"},
    "paths": {"/orders/{orderId}": {"get": {"security": [],
      "parameters": [{"name": "orderId", "in": "path", "required": true, "schema": {"type": "integer"}}],
      "responses": {"200": {"description": "ok", "content": {"application/json": {}}}}}}}})"));
  ASSERT_TRUE(write_file(folder_ + "/p.yaml", "version: 1\ncontract: c.json\nseal: {keys: s.yaml, ids: [orderId]}\n"));
  ASSERT_TRUE(write_file(folder_ + "/s.yaml", seal::rotated_keys({}, 0).value(), 0640));
  auto guard = Guard::open({.policy = folder_ + "/p.yaml"});
  ASSERT_TRUE(guard) << to_string(guard.error());
  Worker worker;
  const HeaderField type{"Content-Type", "application/json"};
  const std::string ids = R"([1,"a2",3,4,5,6,7,8,9,12345678901234567])";
  const std::string answer = "{\"orderId\":" + ids + "}";
  std::string target = "/orders/";
  std::string sealed;
  const auto exchange = [&] {
    Transaction transaction;
    const bool asked = guard
                           ->check_request_head(worker, {}, transaction,
                                                {.method = "GET", .target = target, .host = "api.example.com"})
                           .allowed();
    if (!asked) return false;
    Repaired repaired;
    const bool passed =
        guard->check_response_head(worker, transaction, {.status = 200, .headers = {&type, 1}, .has_body = true})
            .allowed() &&
        guard->check_response_body(worker, transaction, answer, repaired).allowed();
    return passed && repaired.changed;
  };
  seal::Sealer sealer(seal::read_keys(folder_ + "/s.yaml").value());
  ASSERT_TRUE(sealer.seal({.api = "t", .type = "orderId"}, {.text = "7", .is_number = true}, sealed));
  target += sealed;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(exchange());
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(exchange());
  EXPECT_EQ(allocations - before, 0U);
}

}  // namespace
}  // namespace portico::guard
