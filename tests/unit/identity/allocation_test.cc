// What is asked for every request must not cost an allocation: a token that is known, an API key, a certificate.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "../allocations.h"
#include "identity/api_keys.h"
#include "identity/token_verifier.h"
#include "signing/signer.h"

namespace portico::identity {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

TEST(Allocations, AKnownTokenCostsNone) {
  const signing::Signer signer(Algorithm::kEs256, "k");
  const auto keys = std::make_shared<const KeySet>(*KeySet::parse(signer.jwk(), {}));
  const auto verifier = TokenVerifier::make({{.issuer = "i", .keys = keys}});
  const std::string token = signer.token(R"({"iss":"i","sub":"ada","exp":1800000060,"scope":"a b c"})");
  TokenWorker worker;
  const auto verify = [&] {
    const auto verdict = verifier->verify(worker, token, {.now_s = kNow});
    const bool good = verdict.identity != nullptr;
    release(verdict.identity);
    return good;
  };
  ASSERT_TRUE(verify());
  const std::size_t before = allocations;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(verify());
  EXPECT_EQ(allocations, before);
}

TEST(Allocations, AnApiKeyCostsNone) {
  const std::string salt = generate_salt();
  const std::string key = generate_api_key();
  const Digest digest = api_key_hash(salt, key);
  const std::string hash = signing::base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
  const auto keys = ApiKeys::parse(
      "version: 1\nsalt: \"" + signing::base64url(salt) + "\"\nkeys: [{id: a, hash: \"" + hash + "\", owner: o}]\n",
      "keys.yaml");
  ASSERT_TRUE(keys.has_value());
  const std::size_t before = allocations;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_NE(keys->verify(key, kNow).identity, nullptr);
    ASSERT_EQ(keys->verify("another", kNow).identity, nullptr);
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace portico::identity
