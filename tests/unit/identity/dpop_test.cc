#include "identity/dpop.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "identity/digest.h"
#include "identity/jwk.h"
#include "json/reader.h"
#include "signing/signer.h"

namespace portico::identity {
namespace {

using signing::Signer;

constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::string_view kToken = "the.access.token";

std::string thumbprint_of(const Signer& signer) {
  json::Documents documents;
  json::Document& document = documents.add("k", "");
  EXPECT_TRUE(json::read_json(signer.jwk(), document).has_value());
  return thumbprint(*document.root);
}

class DpopTest : public ::testing::Test {
 protected:
  DpopTest() : thumbprint_(thumbprint_of(signer_)) { token_.key_thumbprint = thumbprint_; }

  static std::string hash(std::string_view token = kToken) { return signing::base64url(as_text(sha256(token))); }
  std::string header(std::string_view more = "") const {
    return R"({"typ":"dpop+jwt","alg":")" + std::string(name(signer_.algorithm())) + R"(","jwk":)" + signer_.jwk() +
           std::string(more) + "}";
  }
  static std::string claims(std::string_view id, std::string_view more = "") {
    return R"({"jti":")" + std::string(id) +
           R"(","htm":"POST","htu":"https://api.example/orders","iat":1800000000,"ath":")" + hash() + '"' +
           std::string(more) + "}";
  }
  DpopRequest request() {
    return {.method = "POST",
            .uri = "https://api.example/orders?page=2",
            .access_token = kToken,
            .token = &token_,
            .now_s = kNow,
            .replay = &window_};
  }
  std::string_view verify(std::string_view proof) { return verify(proof, request()); }
  std::string_view verify(std::string_view proof, const DpopRequest& request) {
    return name(verifier_.verify(proof, request));
  }
  std::string changed(std::string_view from, std::string_view to) {
    std::string text = claims("x" + std::to_string(++count_));
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return signer_.token(header(), text);
  }

  Signer signer_{Algorithm::kEs256};
  std::string thumbprint_;
  Identity token_;
  alignas(64) std::array<std::byte, ReplayWindow::kSmallest> memory_{};
  ReplayWindow window_{memory_, 1, kNow};
  DpopVerifier verifier_;
  int count_ = 0;
};

TEST_F(DpopTest, TakesAProofOnce) {
  const std::string proof = signer_.token(header(), claims("a"));
  EXPECT_EQ(verify(proof), "none");
  EXPECT_EQ(verify(proof), "replayed");
  EXPECT_EQ(verify(signer_.token(header(), claims("a", R"(,"n":1)"))), "replayed");
  EXPECT_EQ(verify(signer_.token(header(), claims("b"))), "none");
  DpopRequest forgetful = request();
  forgetful.replay = nullptr;
  EXPECT_EQ(verify(signer_.token(header(), claims("c")), forgetful), "replay-unknown");
}

TEST_F(DpopTest, IsForOneRequest) {
  EXPECT_EQ(verify(changed("POST", "GET")), "method");
  EXPECT_EQ(verify(changed("POST", "post")), "method");
  EXPECT_EQ(verify(changed("/orders", "/orders/7")), "uri");
  EXPECT_EQ(verify(changed("https:", "http:")), "uri");
  EXPECT_EQ(verify(changed("api.example", "api.example.evil")), "uri");
  EXPECT_EQ(verify(changed("api.example", "x@api.example")), "uri");
  EXPECT_EQ(verify(changed("api.example", "API.example:443")), "none");
  EXPECT_EQ(verify(changed("/orders", "/%6frders?any#thing")), "none");
  EXPECT_EQ(verify(changed("https://api.example/orders", "/orders")), "uri");
  EXPECT_EQ(verify(changed(hash(), hash("another"))), "token");
}

TEST_F(DpopTest, HasItsTime) {
  EXPECT_EQ(verify(changed("1800000000", "1799999940")), "none");
  EXPECT_EQ(verify(changed("1800000000", "1799999939")), "time");
  EXPECT_EQ(verify(changed("1800000000", "1800000030")), "none");
  EXPECT_EQ(verify(changed("1800000000", "1800000031")), "time");
}

TEST_F(DpopTest, HasItsClaims) {
  for (const std::string_view name : {"jti", "htm", "htu", "iat", "ath"}) {
    EXPECT_EQ(verify(changed("\"" + std::string(name) + "\"", "\"other\"")), "malformed") << name;
  }
  EXPECT_EQ(verify(changed("1800000000", "\"1800000000\"")), "malformed");
  EXPECT_EQ(verify(changed("\"POST\"", "[\"POST\"]")), "malformed");
  EXPECT_EQ(verify(changed("\"POST\"", "\"POST\",\"htm\":\"GET\"")), "malformed");
  EXPECT_EQ(verify(signer_.token(header(), claims(std::string(600, 'j')))), "malformed");
  EXPECT_EQ(verify(""), "malformed");
  EXPECT_EQ(verify(std::string(5000, 'x')), "malformed");
  EXPECT_EQ(verify(signer_.token(header(), "[]")), "malformed");
}

TEST_F(DpopTest, HasTheKeyThatTheTokenIsBoundTo) {
  const Signer other(Algorithm::kEs256);
  const std::string foreign = R"({"typ":"dpop+jwt","alg":"ES256","jwk":)" + other.jwk() + "}";
  EXPECT_EQ(verify(other.token(foreign, claims("a"))), "token");
  EXPECT_EQ(verify(other.token(header(), claims("a"))), "signature");
  EXPECT_EQ(verify(signer_.token(header(), claims("a"))), "none") << "what was refused has not used up its id";
  DpopRequest bearer = request();
  const Identity unbound;
  bearer.token = &unbound;
  EXPECT_EQ(verify(signer_.token(header(), claims("b")), bearer), "token");
  bearer.token = nullptr;
  EXPECT_EQ(verify(signer_.token(header(), claims("b")), bearer), "token");
}

TEST_F(DpopTest, HasAHeaderOfItsKind) {
  const std::string jwk = signer_.jwk();
  const auto with = [&](const std::string& text) { return verify(signer_.token(text, claims("h"))); };
  EXPECT_EQ(with(R"({"alg":"ES256","jwk":)" + jwk + "}"), "malformed");
  EXPECT_EQ(with(R"({"typ":"JWT","alg":"ES256","jwk":)" + jwk + "}"), "malformed");
  EXPECT_EQ(with(R"({"typ":"dpop+jwt","alg":"ES256"})"), "key");
  EXPECT_EQ(with(R"({"typ":"dpop+jwt","alg":"none","jwk":)" + jwk + "}"), "key");
  EXPECT_EQ(with(R"({"typ":"dpop+jwt","alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}})"), "key");
  EXPECT_EQ(with(R"({"typ":"dpop+jwt","alg":"ES384","jwk":)" + jwk + "}"), "key");
  EXPECT_EQ(with(R"({"typ":"dpop+jwt","alg":"EdDSA","jwk":)" + jwk + "}"), "key");
  EXPECT_EQ(with(R"({"typ":"dpop+jwt","alg":"ES256","jwk":)" + signer_.jwk(R"("d":"AAAA")") + "}"), "key");
  EXPECT_EQ(with(R"({"typ":"dpop+jwt","alg":"ES256","jwk":"x"})"), "key");
  EXPECT_EQ(with(R"({"typ":"dpop+jwt","alg":"ES256","crit":["jwk"],"jwk":)" + jwk + "}"), "malformed");
  EXPECT_EQ(with(R"({"typ":"dpop+jwt","alg":"ES256","jku":"https://x","jwk":)" + jwk + "}"), "malformed");
  EXPECT_EQ(with(header()), "none");
}

TEST_F(DpopTest, TakesTheAlgorithmsThatAreAllowed) {
  for (const Algorithm algorithm : {Algorithm::kEd25519, Algorithm::kPs256, Algorithm::kRs256}) {
    const Signer other(algorithm);
    const std::string print = thumbprint_of(other);
    token_.key_thumbprint = print;
    const std::string text =
        R"({"typ":"dpop+jwt","alg":")" + std::string(name(algorithm)) + R"(","jwk":)" + other.jwk() + "}";
    EXPECT_EQ(verify(other.token(text, claims("alg"))), algorithm == Algorithm::kRs256 ? "key" : "none");
  }
}

TEST_F(DpopTest, NeedsANonceWhereThereIsOne) {
  DpopRequest asked = request();
  const std::array<std::string_view, 2> nonces = {"now", "before"};
  asked.nonces = nonces;
  EXPECT_EQ(verify(signer_.token(header(), claims("a")), asked), "nonce");
  EXPECT_EQ(verify(signer_.token(header(), claims("a", R"(,"nonce":"x")")), asked), "nonce");
  EXPECT_EQ(verify(signer_.token(header(), claims("a", R"(,"nonce":1)")), asked), "malformed");
  EXPECT_EQ(verify(signer_.token(header(), claims("a", R"(,"nonce":"before")")), asked), "none");
}

TEST(NormalizedTarget, IsWhatRfc3986LetsBeCompared) {
  EXPECT_EQ(normalized_target("HTTPS://API.Example:443/a%7Eb%2f?x#y"), "https://api.example/a~b%2F");
  EXPECT_EQ(normalized_target("http://h:80"), "http://h/");
  EXPECT_EQ(normalized_target("http://h:443/"), "http://h:443/");
  EXPECT_EQ(normalized_target("http://[2001:DB8::1]:80/x"), "http://[2001:db8::1]/x");
  EXPECT_EQ(normalized_target("https://h/a/../b/./c"), "https://h/b/c");
  for (const std::string_view none : {"", "/a", "ftp://h/", "https:///a", "https://u@h/a", "//h/a", "https:"}) {
    EXPECT_EQ(normalized_target(none), "") << none;
  }
}

}  // namespace
}  // namespace portico::identity
