#include "contract/data_class.h"

#include <gtest/gtest.h>

#include <string>

#include "yaml/reader.h"

namespace portico::contract {
namespace {

std::string class_of(std::string_view property, std::string_view schema = {}, std::string_view parent = {}) {
  json::Documents documents;
  json::Document& document = documents.add("a", "");
  if (!schema.empty()) {
    EXPECT_TRUE(yaml::read_yaml(schema, document));
  }
  return std::string(name(classify(property, document.root, parent)));
}

struct Example {
  std::string_view property;
  std::string_view data_class;
  std::string_view parent = {};
};

TEST(DataClass, ReadsNames) {
  constexpr Example kExamples[] = {
      {"email", "contact"},
      {"userEmail", "contact"},
      {"email_addresses", "contact"},
      {"phoneNumber", "contact"},
      {"firstName", "personal"},
      {"last_name", "personal"},
      {"dateOfBirth", "personal"},
      {"ssn", "government-id"},
      {"passportNumber", "government-id"},
      {"creditCardNumber", "financial"},
      {"IBAN", "financial"},
      {"bloodType", "health"},
      {"diagnoses", "health"},
      {"diagnosis", "health"},
      {"allergies", "health"},
      {"sexual_orientation", "special"},
      {"ipAddress", "online"},
      {"password", "credential"},
      {"newPassword", "credential"},
      {"password_confirmation", "credential"},
      {"passwordHash", "credential"},
      {"pin", "credential"},
      {"cvv2", "credential"},
      {"otp", "credential"},
      {"accessToken", "secret"},
      {"X-Api-Key", "secret"},
      {"clientSecret", "secret"},
      {"private_key", "secret"},
      {"sessionId", "secret"},
      {"Authorization", "secret"},
      {"latitude", "location"},
      {"geoLocation", "location"},
  };
  for (const auto& [property, data_class, parent] : kExamples) EXPECT_EQ(class_of(property), data_class) << property;
}

TEST(DataClass, ReadsFromTheEnd) {
  for (const std::string_view property : {"emailVerified",
                                          "email_count",
                                          "passwordPolicy",
                                          "password_reset_url",
                                          "tokenType",
                                          "token_expires_at",
                                          "secretName",
                                          "nextPageToken",
                                          "page_token",
                                          "publicKey",
                                          "phoneRequired",
                                          "address_type",
                                          "fileName",
                                          "errorCode",
                                          "name",
                                          "id",
                                          "status",
                                          "spin",
                                          "shipping",
                                          "opinion",
                                          "category",
                                          "description",
                                          "country_code",
                                          "encoding",
                                          "pingUrl",
                                          "",
                                          "_",
                                          "123"}) {
    EXPECT_EQ(class_of(property), "none") << property;
  }
}

TEST(DataClass, ReadsWeakNamesWithTheirParents) {
  constexpr Example kExamples[] = {
      {"name", "personal", "Customer"},
      {"name", "personal", "users"},
      {"customer_name", "personal"},
      {"name", "none", "Product"},
      {"name", "none", "company"},
      {"full_name", "none", "repository"},
      {"full_name", "personal", "author"},
      {"full_name", "personal"},
      {"number", "financial", "creditCard"},
      {"number", "government-id", "passport"},
      {"number", "none", "order"},
      {"city", "contact", "address"},
      {"city", "none", "weather"},
      {"address", "contact", "Patient"},
      {"address", "none", "contract"},
      {"day", "personal", "dateOfBirth"},
      {"value", "secret", "access_token"},
      {"id", "none", "session"},
      {"key", "none", "license"},
      {"latitude", "none", "store"},
      {"balance", "financial", "customer"},
  };
  for (const auto& [property, data_class, parent] : kExamples) {
    EXPECT_EQ(class_of(property, {}, parent), data_class) << parent << '.' << property;
  }
}

TEST(DataClass, HearsTheOwnerFirst) {
  EXPECT_EQ(class_of("color", "{x-data-classification: {category: health, sensitivity: restricted}}"), "health");
  EXPECT_EQ(class_of("color", "{x-data-classification: PII}"), "personal");
  EXPECT_EQ(class_of("color", "{x-data-classification: [our-own, financial]}"), "financial");
  EXPECT_EQ(class_of("email", "{x-data-classification: {category: none}}"), "none");
  EXPECT_EQ(class_of("email", "{x-data-classification: {category: other, sensitivity: public}}"), "none");
  EXPECT_EQ(class_of("color", "{x-sensitive-data: true}"), "personal");
  EXPECT_EQ(class_of("email", "{x-sensitive-data: false}"), "none");
  EXPECT_EQ(class_of("color", "{x-sensitive-data: secret}"), "secret");
}

TEST(DataClass, HearsFormatsAndTypesNext) {
  EXPECT_EQ(class_of("login", "{type: string, format: email}"), "contact");
  EXPECT_EQ(class_of("x", "{type: string, format: password}"), "credential");
  EXPECT_EQ(class_of("email", "{type: boolean}"), "none");
  EXPECT_EQ(class_of("password", "{type: boolean}"), "none");
  EXPECT_EQ(class_of("token", "{type: integer}"), "none");
  EXPECT_EQ(class_of("pin", "{type: integer}"), "credential");
  EXPECT_EQ(class_of("latitude", "{type: number}"), "location");
  EXPECT_EQ(class_of("token", "{type: string, enum: [a, b]}"), "none");
  EXPECT_EQ(class_of("gender", "{type: string, enum: [a, b]}"), "personal");
  EXPECT_EQ(class_of("email", "{type: [string, 'null']}"), "contact");
  EXPECT_EQ(class_of("email", "{type: [boolean, 'null']}"), "none");
  EXPECT_EQ(class_of("email", "{}"), "contact");
}

}  // namespace
}  // namespace portico::contract
