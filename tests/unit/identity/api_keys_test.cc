#include "identity/api_keys.h"

#include <gtest/gtest.h>

#include <set>

#include "signing/signer.h"

namespace portico::identity {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

std::string hash_text(std::string_view salt, std::string_view key) {
  const Digest digest = api_key_hash(salt, key);
  return signing::base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string file(std::string_view salt, std::string_view entries) {
  return "version: 1\nsalt: \"" + signing::base64url(salt) + "\"\nkeys:\n" + std::string(entries);
}

std::string why_not(std::string_view text) {
  const auto keys = ApiKeys::parse(text, "keys.yaml");
  return keys ? "it was taken" : to_string(keys.error());
}

TEST(ApiKeys, KnowsItsKeysAndNoOthers) {
  const std::string salt = generate_salt();
  const std::string one = generate_api_key();
  const std::string two = generate_api_key();
  const std::string text =
      file(salt, "  - {id: billing, hash: \"" + hash_text(salt, one) +
                     "\", owner: team-b, scopes: [orders.read, orders.write], issued: 2027-01-01, expires: "
                     "2027-01-15T08:00:01Z}\n  - {id: batch, hash: \"" +
                     hash_text(salt, two) + "\", owner: team-c}\n");
  const auto keys = ApiKeys::parse(text, "keys.yaml");
  ASSERT_TRUE(keys.has_value()) << to_string(keys.error());
  EXPECT_EQ(keys->size(), 2U);
  const auto verdict = keys->verify(one, kNow);
  ASSERT_NE(verdict.identity, nullptr);
  EXPECT_EQ(verdict.identity->method, Method::kApiKey);
  EXPECT_EQ(verdict.identity->subject, "team-b");
  EXPECT_EQ(verdict.identity->id, "billing");
  EXPECT_TRUE(verdict.identity->has_scope("orders.write"));
  EXPECT_FALSE(verdict.identity->has_scope("orders"));
  EXPECT_EQ(verdict.identity->digest, api_key_hash(salt, one));
  EXPECT_EQ(verdict.identity->issued_at_s, 1'798'761'600);
  release(verdict.identity);
  EXPECT_EQ(keys->verify(one, kNow + 1).problem, ApiKeyProblem::kExpired);
  EXPECT_EQ(keys->verify(two, kNow * 2).identity->subject, "team-c");
  for (const std::string& other : {one + "x", one.substr(0, one.size() - 1), std::string(), generate_api_key(),
                                   std::string(1000, 'x'), hash_text(salt, one)}) {
    EXPECT_EQ(keys->verify(other, kNow).problem, ApiKeyProblem::kUnknown);
  }
}

TEST(ApiKeys, AreMadeOfChance) {
  std::set<std::string> keys;
  std::set<char> characters;
  for (int i = 0; i < 200; ++i) {
    const std::string key = generate_api_key();
    EXPECT_EQ(key.size(), 51U);
    EXPECT_TRUE(key.starts_with("portico_"));
    characters.insert(key.begin() + 8, key.end());
    keys.insert(key);
  }
  EXPECT_EQ(keys.size(), 200U);
  EXPECT_EQ(characters.size(), 62U);
  EXPECT_NE(generate_salt(), generate_salt());
}

TEST(ApiKeys, SayWhatIsWrongAndWhere) {
  const std::string salt = generate_salt();
  const std::string hash = hash_text(salt, "k");
  const auto has = [](const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  const auto entry = [&](std::string_view more) {
    return file(salt, "  - {id: a, hash: \"" + hash + "\", owner: o" + std::string(more) + "}\n");
  };
  EXPECT_EQ(why_not(entry("")), "it was taken");
  has(why_not(entry(", scope: [x]")), "keys.yaml:4:76: unknown key \"scope\"");
  has(why_not(entry(", scope: [x]")), "Did you mean \"scopes\"?");
  has(why_not(entry(", scopes: x")), "list");
  has(why_not(entry(", scopes: ['a b']")), "a word");
  has(why_not(entry(", expires: soon")), "date");
  has(why_not(entry(", expires: 2027-02-30")), "date");
  has(why_not(entry("}\n  - {id: a, hash: \"" + hash_text(salt, "l") + "\", owner: o")), "two keys have this id");
  has(why_not(entry("}\n  - {id: b, hash: \"" + hash + "\", owner: o")), "same key");
  has(why_not(file(salt, "  - {id: a, hash: abd, owner: o}\n")), "base64url");
  has(why_not(file(salt, "  - {id: a, hash: abcd, owner: o}\n")), "32 bytes");
  has(why_not(file(salt, "  - {hash: \"" + hash + "\", owner: o}\n")), "\"id\" is missing");
  has(why_not(file(salt, "  - plain-key\n")), "mapping");
  has(why_not(file("short", "  []\n")), "16 to 64");
  has(why_not("version: 2\n"), "version: 1");
  has(why_not("keys: []\n"), "version: 1");
  has(why_not("version: 1\nkeys: []\n"), "\"salt\" is missing");
  EXPECT_FALSE(ApiKeys::parse("", "keys.yaml").has_value());
  EXPECT_EQ(why_not(R"({"version": 1, "salt": ")" + signing::base64url(salt) + R"(", "keys": []})"), "it was taken");
}

TEST(ApiKeys, FindsOneAmongMany) {
  const std::string salt = generate_salt();
  std::string entries;
  for (int i = 0; i < 2000; ++i) {
    entries += "  - {id: k" + std::to_string(i) + ", hash: \"" + hash_text(salt, "key" + std::to_string(i)) +
               "\", owner: o}\n";
  }
  const auto keys = ApiKeys::parse(file(salt, entries), "keys.yaml");
  ASSERT_TRUE(keys.has_value()) << to_string(keys.error());
  for (int i = 0; i < 2000; ++i) {
    const auto verdict = keys->verify("key" + std::to_string(i), kNow);
    ASSERT_NE(verdict.identity, nullptr) << i;
    EXPECT_EQ(verdict.identity->id, "k" + std::to_string(i));
  }
  EXPECT_EQ(keys->verify("key2000", kNow).identity, nullptr);
}

}  // namespace
}  // namespace portico::identity
