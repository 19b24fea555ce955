#include "identity/token_verifier.h"

#include <gtest/gtest.h>

#include <string>

#include "identity/cache.h"
#include "identity/replay_window.h"
#include "signing/signer.h"

namespace portico::identity {
namespace {

using signing::Signer;

constexpr std::int64_t kNow = 1'800'000'000;

class Revocations final : public RevocationView {
 public:
  std::uint64_t epoch() const override { return number; }
  bool revoked(const Identity& identity, std::int64_t) const override {
    ++asked;
    return identity.subject == subject || (identity.digest == digest && digest != Digest{});
  }
  std::uint64_t number = 1;
  std::string subject = "nobody";
  Digest digest{};
  mutable int asked = 0;
};

class Published final : public KeySource {
 public:
  std::uint64_t epoch() const override { return number; }
  bool read(std::string& to) const override {
    ++reads;
    to = text;
    return available;
  }
  std::uint64_t number = 1;
  std::string text;
  bool available = true;
  mutable int reads = 0;
};

class TokenVerifierTest : public ::testing::Test {
 protected:
  IssuerOptions options(const Signer& signer, std::string issuer = "i") {
    auto keys = KeySet::parse(signer.jwk("\"alg\":\"" + std::string(name(signer.algorithm())) + "\""), {});
    return {.issuer = std::move(issuer), .keys = std::make_shared<const KeySet>(*std::move(keys))};
  }
  void use(std::vector<IssuerOptions> issuers, TokenLimits limits = {}) {
    auto made = TokenVerifier::make(std::move(issuers), limits);
    ASSERT_TRUE(made.has_value()) << to_string(made.error());
    verifier_.emplace(*std::move(made));
  }
  std::string token(std::string_view more = "", std::string_view issuer = "i", std::string_view subject = "ada") {
    return signer_.token(R"({"iss":")" + std::string(issuer) + R"(","sub":")" + std::string(subject) +
                         R"(","exp":1800000060)" + std::string(more) + "}");
  }
  // The problem's name; identities are given back.
  std::string_view verify(std::string_view text, TokenContext context = {.now_s = kNow}) {
    const auto verdict = verifier_->verify(worker_, text, context);
    release(verdict.identity);
    return name(verdict.problem);
  }

  Signer signer_{Algorithm::kEs256, "k"};
  std::optional<TokenVerifier> verifier_;
  TokenWorker worker_;
};

TEST_F(TokenVerifierTest, KeepsWhatItVerified) {
  use({options(signer_)});
  const std::string text = token();
  const auto first = verifier_->verify(worker_, text, {.now_s = kNow});
  const auto second = verifier_->verify(worker_, text, {.now_s = kNow});
  EXPECT_EQ(first.identity, second.identity);
  EXPECT_EQ(worker_.hits(), 1U);
  EXPECT_EQ(worker_.misses(), 1U);
  EXPECT_EQ(second.identity->subject, "ada");
  EXPECT_EQ(second.identity->digest, token_digest(text));
  release(first.identity);
  release(second.identity);
  // The same signature with another payload, and the same payload with another signature, are other tokens.
  std::string other = text;
  other[text.find('.') + 3] ^= 1;
  EXPECT_NE(verify(other), "none");
  other = text;
  other[text.rfind('.') + 3] = other[text.rfind('.') + 3] == 'A' ? 'B' : 'A';
  EXPECT_EQ(verify(other), "signature");
  EXPECT_EQ(verify(text), "none");
}

TEST_F(TokenVerifierTest, AsksForTheTimeAtEachHit) {
  use({options(signer_)});
  const std::string text = token();
  EXPECT_EQ(verify(text), "none");
  EXPECT_EQ(verify(text, {.now_s = kNow + 89}), "none");
  EXPECT_EQ(verify(text, {.now_s = kNow + 90}), "expired");
  EXPECT_EQ(verify(text, {.now_s = kNow + 89}), "none");
  const std::string later = token(R"(,"nbf":1800000000)");
  EXPECT_EQ(verify(later), "none");
  EXPECT_EQ(verify(later, {.now_s = kNow - 31}), "not-yet-valid");
}

TEST_F(TokenVerifierTest, AnIdentityOutlivesItsCache) {
  use({options(signer_)}, {.cache_entries = 4});
  const auto kept = verifier_->verify(worker_, token(), {.now_s = kNow});
  for (int i = 0; i < 50; ++i) EXPECT_EQ(verify(token(R"(,"n":)" + std::to_string(i))), "none");
  worker_ = TokenWorker();
  EXPECT_EQ(share(kept.identity), kept.identity);
  release(kept.identity);
  EXPECT_EQ(kept.identity->subject, "ada");
  EXPECT_EQ(kept.identity->key_id, "k");
  release(kept.identity);
}

TEST_F(TokenVerifierTest, RevocationsCountAtOnceForCachedTokensToo) {
  use({options(signer_)});
  Revocations revocations;
  const TokenContext context{.now_s = kNow, .revocations = &revocations};
  const std::string text = token();
  EXPECT_EQ(verify(text, context), "none");
  EXPECT_EQ(verify(text, context), "none");
  EXPECT_EQ(revocations.asked, 1) << "a hit asks for the epoch only";
  revocations.subject = "ada";
  revocations.number = 2;
  EXPECT_EQ(verify(text, context), "revoked");
  EXPECT_EQ(verify(text, context), "revoked");
  revocations.subject = "nobody";
  revocations.number = 3;
  EXPECT_EQ(verify(text, context), "none");
  revocations.digest = token_digest(text);
  revocations.number = 4;
  EXPECT_EQ(verify(text, context), "revoked");
}

// s and n - s make two valid signatures of one token: a revocation must know both.
TEST_F(TokenVerifierTest, ATokensOtherSignatureIsTheSameToken) {
  const std::string text = token();
  EXPECT_EQ(token_digest(text), token_digest(text.substr(0, text.rfind('.')) + ".AAAA"));
  EXPECT_NE(token_digest(text), token_digest("A" + text));
}

TEST_F(TokenVerifierTest, KeysThatWerePublishedAnewReplaceTheOldOnes) {
  auto source = std::make_shared<Published>();
  source->text = "{\"keys\":[" + signer_.jwk() + "]}";
  use({{.issuer = "i", .source = source}});
  const std::string text = token();
  EXPECT_EQ(verify(text), "none");
  EXPECT_EQ(verify(text), "none");
  EXPECT_EQ(source->reads, 1);
  const Signer next(Algorithm::kEd25519, "n");
  source->text = "{\"keys\":[" + next.jwk() + "," + signer_.jwk() + "]}";
  source->number = 2;
  EXPECT_EQ(verify(text), "none");
  EXPECT_EQ(source->reads, 2);
  source->text = "{\"keys\":[" + next.jwk() + "]}";
  source->number = 3;
  EXPECT_EQ(verify(text), "key") << "in the cache, and yet its key is gone";
  source->available = false;
  source->number = 4;
  EXPECT_EQ(verify(next.token(R"({"iss":"i","exp":1800000060})")), "none")
      << "not to be had for a moment: the old ones";
  source->available = true;
  source->text = "no keys";
  EXPECT_EQ(verify(next.token(R"({"iss":"i","exp":1800000061})")), "key");
  source->number = 0;
  EXPECT_EQ(verify(text), "key");
}

TEST_F(TokenVerifierTest, EachIssuerHasItsOwnKeys) {
  const Signer other(Algorithm::kEs256, "k");  // the same kid, another key
  use({options(signer_, "i"), options(other, "j")});
  EXPECT_EQ(verify(token()), "none");
  EXPECT_EQ(verify(token("", "j")), "signature");
  EXPECT_EQ(verify(other.token(R"({"iss":"j","exp":1800000060})")), "none");
  EXPECT_EQ(verify(other.token(R"({"iss":"x","exp":1800000060})")), "issuer");
}

TEST_F(TokenVerifierTest, OneTimeTokensAreTakenOnce) {
  IssuerOptions once = options(signer_);
  once.one_time = true;
  use({once});
  alignas(64) std::array<std::byte, ReplayWindow::kSmallest> memory{};
  ReplayWindow window(memory, 1, kNow);
  const TokenContext context{.now_s = kNow, .replay = &window};
  const std::string text = token(R"(,"jti":"a")");
  EXPECT_EQ(verify(text, context), "none");
  EXPECT_EQ(verify(text, context), "replayed");
  EXPECT_EQ(verify(token(R"(,"jti":"a","n":1)"), context), "replayed") << "the id counts, not the token";
  EXPECT_EQ(verify(token(R"(,"jti":"b")"), context), "none");
  EXPECT_EQ(verify(text), "replay-unknown");
  EXPECT_EQ(verify(token(), context), "claim-missing");
  // Refused for another reason: not used up.
  const std::string late = token(R"(,"jti":"c","nbf":1800000050)");
  EXPECT_EQ(verify(late, context), "not-yet-valid");
  EXPECT_EQ(verify(late, {.now_s = kNow + 50, .replay = &window}), "none");
}

TEST_F(TokenVerifierTest, HugeTokensAreNotEvenDecoded) {
  use({options(signer_)}, {.max_token_bytes = 1000});
  EXPECT_EQ(verify(token(R"(,"x":")" + std::string(2000, 'x') + "\"")), "too-long");
  EXPECT_EQ(verify(std::string(1 << 20, '.')), "too-long");
  EXPECT_EQ(verify(""), "malformed");
}

TEST_F(TokenVerifierTest, AWorkerOfAnotherVerifierStartsAnew) {
  use({options(signer_)});
  const std::string text = token();
  EXPECT_EQ(verify(text), "none");
  use({options(Signer(Algorithm::kEs256, "k"))});
  EXPECT_EQ(verify(text), "signature") << "its cache is another's";
}

TEST(TokenVerifier, RefusesOptionsThatMakeNoSense) {
  const Signer signer(Algorithm::kEs256);
  const auto keys = std::make_shared<const KeySet>(*KeySet::parse(signer.jwk(), {}));
  const auto makes = [](std::vector<IssuerOptions> issuers) {
    return TokenVerifier::make(std::move(issuers)).has_value();
  };
  EXPECT_TRUE(makes({{.issuer = "i", .keys = keys}}));
  EXPECT_TRUE(makes({{.keys = keys}}));
  EXPECT_FALSE(makes({}));
  EXPECT_FALSE(makes({{.issuer = "i"}}));
  EXPECT_FALSE(makes({{.issuer = "i", .keys = keys}, {.keys = keys}}));
  EXPECT_FALSE(makes({{.issuer = "i", .keys = keys}, {.issuer = "i", .keys = keys}}));
  EXPECT_FALSE(makes({{.issuer = "i", .keys = keys, .skew_s = 301}}));
  EXPECT_FALSE(makes({{.issuer = "i", .keys = keys, .max_lifetime_s = -1}}));
  EXPECT_FALSE(makes({{.issuer = "i", .keys = keys, .max_lifetime_s = 0, .one_time = true}}));
}

const Record* record(const std::string& credential) {
  auto* made = new Record;
  made->credential = credential;
  return made;
}

TEST(Cache, StaysWithinItsBounds) {
  Cache cache(64, 20'000);
  for (int i = 0; i < 1000; ++i) {
    const Record* made = record(std::to_string(i) + std::string(300, 'x') + std::to_string(i * 7919));
    cache.insert(made);
    EXPECT_NE(cache.find(made->credential), nullptr);
    release(made);
    EXPECT_LE(cache.bytes(), 20'000U);
    EXPECT_LE(cache.size(), 64U);
  }
  EXPECT_GT(cache.size(), 20U);
  const Record* huge = record(std::string(10'000, 'y'));
  cache.insert(huge);
  EXPECT_EQ(cache.find(huge->credential), nullptr);
  release(huge);
}

TEST(Cache, KeepsWhatIsUsed) {
  Cache cache(64, 1 << 20);
  const Record* wanted = record("wanted");
  cache.insert(wanted);
  ASSERT_EQ(cache.find("wanted"), wanted);
  for (int i = 0; i < 500; ++i) {
    const Record* other = record(std::to_string(i));
    cache.insert(other);
    release(other);
    ASSERT_EQ(cache.find("wanted"), wanted) << i;
  }
  release(wanted);
}

TEST(Cache, ComparesWholeCredentials) {
  Cache cache(64, 1 << 20);
  const std::string tail(64, 't');
  const Record* one = record("one" + tail);
  const Record* two = record("two" + tail);  // the same length and the same end: the same hash
  cache.insert(one);
  EXPECT_EQ(cache.find(two->credential), nullptr);
  cache.insert(two);
  EXPECT_EQ(cache.find(one->credential), one);
  EXPECT_EQ(cache.find(two->credential), two);
  cache.erase(one);
  EXPECT_EQ(cache.find("one" + tail), nullptr);
  EXPECT_EQ(cache.find("two" + tail), two);
  release(one);
  release(two);
}

}  // namespace
}  // namespace portico::identity
