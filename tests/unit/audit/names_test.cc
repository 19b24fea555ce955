#include "audit/names.h"

#include <gtest/gtest.h>

namespace portico::audit {
namespace {

TEST(Names, OfIdentifiers) {
  for (const auto* name : {"id", "ID", "_id", "userId", "user_id", "order-id", "ids", "userid", "customerUid"}) {
    EXPECT_TRUE(is_identifier(name)) << name;
  }
  for (const auto* name : {"paid", "valid", "android", "since_id", "request_id", "colorID", "width", "idle", ""}) {
    EXPECT_FALSE(is_identifier(name)) << name;
  }
}

TEST(Names, OfSerialNumbers) {
  for (const auto* name : {"number", "parcelNumber", "order_no", "invoiceNr"})
    EXPECT_TRUE(is_serial_number(name)) << name;
  for (const auto* name : {"phoneNumber", "page_number", "line_no", "houseNumber", "numberOfItems", ""}) {
    EXPECT_FALSE(is_serial_number(name)) << name;
  }
}

TEST(Names, OfMeasures) {
  for (const auto* name : {"page", "year", "z", "image_width", "version"}) EXPECT_TRUE(is_measure(name)) << name;
  for (const auto* name : {"id", "number", "slug", "issue_number"}) EXPECT_FALSE(is_measure(name)) << name;
}

TEST(Names, OfCredentials) {
  for (const auto* name :
       {"password", "token", "access_token", "accessToken", "apiKey", "api-key", "client_secret", "pin"}) {
    EXPECT_TRUE(is_credential(name)) << name;
  }
  for (const auto* name :
       {"page_token", "token_type", "tokenId", "csrf_token", "key", "sort_key", "passwordHint", "pinned", ""}) {
    EXPECT_FALSE(is_credential(name)) << name;
  }
  EXPECT_TRUE(is_session_id("JSESSIONID"));
  EXPECT_TRUE(is_session_id("sessionId"));
  EXPECT_FALSE(is_session_id("upload_session_id"));
}

contract::Operation operation(std::string_view path, contract::Method method = contract::Method::kGet) {
  contract::Operation operation;
  operation.path = path;
  operation.method = method;
  return operation;
}

TEST(Names, OfManagement) {
  for (const auto* path : {"/admin", "/v1/admin-users", "/api/debug/pprof", "/actuator/env", "/mgmt/tm/util/bash"}) {
    EXPECT_TRUE(is_management(operation(path))) << path;
  }
  for (const auto* path : {"/orders", "/administrations-of-medicine", "/repos/{admin}", "/commands", "/debugger"}) {
    EXPECT_FALSE(is_management(operation(path))) << path;
  }
}

TEST(Names, OfEntries) {
  for (const auto* path :
       {"/login", "/v1/auth/sign-in", "/users/register", "/oauth2/revoke", "/oauth2/token#refresh"}) {
    EXPECT_TRUE(is_entry(operation(path))) << path;
  }
  for (const auto* path : {"/orders", "/users/{id}/token", "/loginhistory", "/"}) {
    EXPECT_FALSE(is_entry(operation(path))) << path;
  }
}

TEST(Names, OfWhatIsPublished) {
  EXPECT_TRUE(is_published(operation("/healthz")));
  EXPECT_TRUE(is_published(operation("/.well-known/jwks.json")));
  EXPECT_TRUE(is_published(operation("/openapi.json")));
  EXPECT_FALSE(is_published(operation("/status", contract::Method::kPut)));
  EXPECT_FALSE(is_published(operation("/orders/{id}/status")));
}

}  // namespace
}  // namespace portico::audit
