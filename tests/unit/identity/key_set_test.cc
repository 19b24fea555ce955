#include "identity/key_set.h"

#include <gtest/gtest.h>

#include "identity/jwk.h"
#include "identity/jws.h"
#include "json/reader.h"
#include "signing/signer.h"

namespace portico::identity {
namespace {

using signing::base64url;
using signing::Signer;

constexpr std::array kAlgorithms = {Algorithm::kHs256,   Algorithm::kHs384, Algorithm::kHs512, Algorithm::kRs256,
                                    Algorithm::kRs384,   Algorithm::kRs512, Algorithm::kPs256, Algorithm::kPs384,
                                    Algorithm::kPs512,   Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEs512,
                                    Algorithm::kEd25519, Algorithm::kEd448};

Result<KeySet> parse(std::string_view text, std::vector<Algorithm> algorithms = {}) {
  return KeySet::parse(text, {.algorithms = std::move(algorithms), .name = "keys.json"});
}

std::string why_not(std::string_view text, std::vector<Algorithm> algorithms = {}) {
  const auto set = parse(text, std::move(algorithms));
  return set ? "it was taken" : set.error().message + "|" + set.error().remedy;
}

bool verifies(const KeySet& set, std::string_view token) {
  JwsDecoder decoder;
  Jws jws;
  const Key* key = nullptr;
  return decoder.decode(token, jws) == JwsProblem::kNone && verify_signature(jws, set, key) == JwsProblem::kNone;
}

std::string with_alg(const Signer& signer) {
  return signer.jwk("\"alg\":\"" + std::string(name(signer.algorithm())) + "\"");
}

TEST(KeySet, VerifiesWhatEveryAlgorithmSigns) {
  for (const Algorithm algorithm : kAlgorithms) {
    const Signer signer(algorithm, "k1");
    const auto set = parse("{\"keys\":[" + with_alg(signer) + "]}");
    ASSERT_TRUE(set.has_value()) << name(algorithm) << to_string(set.error());
    EXPECT_EQ(set->keys().front().algorithm(), algorithm);
    const std::string token = signer.token(R"({"a":1})");
    EXPECT_TRUE(verifies(*set, token)) << name(algorithm);
    // Every byte of the signature counts, and so does its length.
    const auto dot = token.rfind('.');
    for (const std::size_t at : {dot + 1, (dot + token.size()) / 2}) {
      std::string other = token;
      other[at] = other[at] == 'A' ? 'B' : 'A';
      EXPECT_FALSE(verifies(*set, other)) << name(algorithm) << at;
    }
    EXPECT_FALSE(verifies(*set, token.substr(0, dot + 1)));
    EXPECT_FALSE(verifies(*set, token + "AAAA"));
    EXPECT_FALSE(verifies(*set, signer.token(R"({"alg":"none","kid":"k1"})", R"({"a":1})")));
  }
}

TEST(KeySet, TakesNoOtherAlgorithmThanTheKeysOwn) {
  const Signer rsa(Algorithm::kRs256, "k1");
  const auto set = parse(with_alg(rsa));
  ASSERT_TRUE(set.has_value());
  for (const std::string_view other : {"RS384", "PS256", "HS256", "rs256", "RS256 ", "none", "None", "", "EdDSA"}) {
    EXPECT_FALSE(verifies(*set, rsa.token(R"({"alg":")" + std::string(other) + R"(","kid":"k1"})", "{}"))) << other;
  }
  // The public key as an HMAC secret, the oldest trick.
  const Signer thief = Signer::with_secret(Algorithm::kHs256, rsa.public_pem(), "k1");
  EXPECT_FALSE(verifies(*set, thief.token("{}")));
  const auto pem = parse(rsa.public_pem(), {Algorithm::kRs256});
  ASSERT_TRUE(pem.has_value());
  EXPECT_FALSE(verifies(*pem, thief.token("{}")));
}

TEST(KeySet, CallsEdwardsKeysByBothNames) {
  const Signer signer(Algorithm::kEd25519, "e");
  for (const std::string_view extra : {"", "\"alg\":\"EdDSA\"", "\"alg\":\"Ed25519\""}) {
    const auto set = parse(signer.jwk(extra));
    ASSERT_TRUE(set.has_value()) << extra;
    EXPECT_TRUE(verifies(*set, signer.token(R"({"alg":"EdDSA","kid":"e"})", "{}")));
    EXPECT_TRUE(verifies(*set, signer.token(R"({"alg":"Ed25519","kid":"e"})", "{}")));
    EXPECT_FALSE(verifies(*set, signer.token(R"({"alg":"Ed448","kid":"e"})", "{}")));
  }
}

TEST(KeySet, FindsKeysByTheirIdExactly) {
  const Signer one(Algorithm::kEs256, "one");
  const Signer two(Algorithm::kEs256, "two");
  const auto set = parse("{\"keys\":[" + one.jwk() + "," + two.jwk() + "]}");
  ASSERT_TRUE(set.has_value());
  const auto token = [](const Signer& signer, const std::string& kid) {
    return signer.token(R"({"alg":"ES256")" + kid + "}", "{}");
  };
  EXPECT_TRUE(verifies(*set, token(one, R"(,"kid":"one")")));
  EXPECT_FALSE(verifies(*set, token(one, R"(,"kid":"two")")));
  EXPECT_FALSE(verifies(*set, token(one, R"(,"kid":"One")")));
  EXPECT_FALSE(verifies(*set, token(one, R"(,"kid":"../one")")));
  EXPECT_FALSE(verifies(*set, token(one, R"(,"kid":"")")));
  EXPECT_FALSE(verifies(*set, token(one, "")));
  EXPECT_FALSE(verifies(*set, token(one, R"(,"kid":1)")));
  const auto alone = parse(one.jwk());
  EXPECT_TRUE(verifies(*alone, token(one, "")));
  EXPECT_FALSE(verifies(*alone, token(one, R"(,"kid":"other")")));
  // A key without an id, alone, serves tokens that have one.
  const Signer nameless(Algorithm::kEs256);
  const auto pem = parse(nameless.public_pem());
  ASSERT_TRUE(pem.has_value());
  EXPECT_TRUE(verifies(*pem, token(nameless, R"(,"kid":"any")")));
  const auto pair = parse(nameless.public_pem() + Signer(Algorithm::kEs256).public_pem());
  EXPECT_FALSE(verifies(*pair, token(nameless, R"(,"kid":"any")")));
  EXPECT_FALSE(verifies(*pair, token(nameless, "")));
}

TEST(KeySet, ReadsPem) {
  const Signer rsa(Algorithm::kRs256);
  EXPECT_NE(why_not(rsa.public_pem()).find("could serve several algorithms"), std::string::npos);
  EXPECT_NE(why_not(rsa.public_pem(), {Algorithm::kRs256, Algorithm::kPs256}).find("several"), std::string::npos);
  const auto set = parse("# of our issuer\n" + rsa.public_pem(), {Algorithm::kPs384});
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->keys().front().algorithm(), Algorithm::kPs384);
  EXPECT_NE(why_not(rsa.private_pem(), {Algorithm::kRs256}).find("private key"), std::string::npos);
  EXPECT_NE(why_not(rsa.public_pem(), {Algorithm::kEs256}).find("not allowed"), std::string::npos);
  std::string broken = rsa.public_pem();
  broken[60] = broken[60] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(parse(broken, {Algorithm::kRs256}).has_value());
  EXPECT_NE(why_not(rsa.public_pem() + "-----BEGIN PUBLIC KEY-----\nAA", {Algorithm::kRs256}).find("broken"),
            std::string::npos);
  EXPECT_FALSE(parse("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", {Algorithm::kRs256}).has_value());
}

TEST(KeySet, LeavesOutWhatIsForSomethingElse) {
  const Signer good(Algorithm::kEs256, "good");
  const Signer other(Algorithm::kEs384, "other");
  for (const std::string& key :
       {other.jwk(R"("use":"enc")"), other.jwk(R"("key_ops":["sign"])"), other.jwk(R"("alg":"ECDH-ES")"),
        std::string(R"({"kty":"AKP","kid":"other"})"), std::string(R"({"kty":"EC","crv":"secp256k1","kid":"other"})"),
        std::string(R"({"kty":"OKP","crv":"X25519","x":"AA"})")}) {
    const auto set = parse("{\"keys\":[" + good.jwk() + "," + key + "]}");
    ASSERT_TRUE(set.has_value()) << key << to_string(set.error());
    EXPECT_EQ(set->keys().size(), 1U) << key;
    EXPECT_EQ(set->notes().size(), 1U) << key;
    EXPECT_FALSE(parse(key).has_value()) << "nothing is left";
  }
  const auto set = parse("{\"keys\":[" + good.jwk() + "," + other.jwk() + "]}", {Algorithm::kEs384});
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->keys().front().key_id(), "other");
}

TEST(KeySet, LosesNoGoodKeyOverABadOneOfOthers) {
  const Signer good(Algorithm::kEs256, "good");
  const std::string weak = R"({"kty":"RSA","kid":"weak","alg":"RS256","n":"AQAB","e":"AQAB"})";
  const std::string both = "{\"keys\":[" + weak + "," + good.jwk() + "]}";
  EXPECT_NE(why_not(both).find("2048"), std::string::npos);
  const KeySetOptions options{.name = "issuer", .bad_key = BadKey::kLeaveOut};
  const auto set = KeySet::parse(both, options);
  ASSERT_TRUE(set.has_value());
  ASSERT_EQ(set->keys().size(), 1U);
  EXPECT_EQ(set->keys().front().key_id(), "good");
  ASSERT_EQ(set->notes().size(), 1U);
  EXPECT_NE(set->notes().front().find("2048"), std::string::npos);
  EXPECT_FALSE(KeySet::parse(weak, options).has_value()) << "nothing is left";
  EXPECT_FALSE(KeySet::parse("{\"keys\":[" + good.jwk() + "," + good.jwk() + "]}", options).has_value());
}

TEST(KeySet, SaysThatAPrivateKeyLiesOpen) {
  const auto set = parse(Signer(Algorithm::kEs256, "k").jwk(R"("d":"AQ")"));
  ASSERT_TRUE(set.has_value());
  ASSERT_EQ(set->notes().size(), 1U);
  EXPECT_NE(set->notes().front().find("private part"), std::string::npos);
}

TEST(KeySet, RefusesWhatIsWrong) {
  const Signer ec(Algorithm::kEs256, "k");
  const Signer secret(Algorithm::kHs256, "s");
  const auto has = [](const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  has(why_not("{\"keys\":[" + ec.jwk() + "," + ec.jwk() + "]}"), "two keys have the kid");
  has(why_not("{\"keys\":[" + ec.jwk() + "," + with_alg(secret) + "]}"), "public keys and shared secrets");
  has(why_not(secret.jwk()), "does not say its algorithm");
  has(why_not(ec.jwk(R"("alg":"ES384")")), "another curve");
  has(why_not(ec.jwk(R"("alg":"RS256")")), "another kind");
  has(why_not(ec.jwk(R"("use":1)")), "\"use\"");
  has(why_not(ec.jwk(R"("key_ops":["verify","verify"])")), "twice");
  has(why_not(ec.jwk(R"("key_ops":"verify")")), "list");
  has(why_not(ec.jwk(R"("kty":"EC")")), "kty");  // twice the same member
  has(why_not(R"({"keys":{}})"), "list");
  has(why_not(R"({"keys":[]})"), "no key");
  has(why_not(R"([])"), "neither JSON nor PEM");
  has(why_not(R"({"keys":[[]]})"), "object");
  has(why_not(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"), "32 bytes");
  has(why_not(R"({"kty":"EC","crv":"Ed25519","x":"AA","y":"AA"})"), "no curve of this");
  has(why_not(R"({"kty":"RSA","n":"AQAB=","e":"AQAB","alg":"RS256"})"), "base64url");
  has(why_not(R"({"kty":"RSA","e":"AQAB","alg":"RS256"})"), "has no \"n\"");
  has(why_not("{"), "");
  EXPECT_FALSE(parse("").has_value());
}

std::string secret_jwk(std::string_view bytes, std::string_view algorithm) {
  return R"({"kty":"oct","alg":")" + std::string(algorithm) + R"(","k":")" + base64url(bytes) + "\"}";
}

TEST(KeySet, RefusesWeakSecrets) {
  const std::string chance = Signer(Algorithm::kHs256).secret();  // 64 bytes
  EXPECT_TRUE(parse(secret_jwk(chance.substr(0, 32), "HS256")).has_value());
  EXPECT_NE(why_not(secret_jwk(chance.substr(0, 31), "HS256")).find("shorter than 32"), std::string::npos);
  EXPECT_NE(why_not(secret_jwk(chance.substr(0, 47), "HS384")).find("shorter than 48"), std::string::npos);
  EXPECT_NE(why_not(secret_jwk(chance.substr(0, 63), "HS512")).find("shorter than 64"), std::string::npos);
  EXPECT_NE(why_not(secret_jwk(std::string(64, 'x'), "HS256")).find("few different bytes"), std::string::npos);
  EXPECT_NE(why_not(secret_jwk("secretsecretsecretsecretsecretsecret", "HS256")).find("few"), std::string::npos);
  const KeySetOptions options{.algorithms = {Algorithm::kHs256}, .name = "policy"};
  EXPECT_TRUE(KeySet::secret(chance, options).has_value());
  EXPECT_FALSE(KeySet::secret("secret", options).has_value());
  EXPECT_FALSE(KeySet::secret(chance, {}).has_value());
}

// An encoded point with this y, little-endian.
std::string edwards_jwk(std::string_view curve, std::string point) {
  point.resize(curve == "Ed448" ? 57 : 32, '\0');
  return R"({"kty":"OKP","crv":")" + std::string(curve) + R"(","x":")" + base64url(point) + "\"}";
}

TEST(KeySet, RefusesWeakEdwardsPoints) {
  for (const std::string_view curve : {"Ed25519", "Ed448"}) {
    EXPECT_NE(why_not(edwards_jwk(curve, "")).find("small order"), std::string::npos) << curve;
    EXPECT_NE(why_not(edwards_jwk(curve, "\x01")).find("small order"), std::string::npos) << curve;
    EXPECT_NE(why_not(edwards_jwk(curve, std::string(57, '\xff'))).find("canonical"), std::string::npos) << curve;
  }
  // y = -1, and a point of order eight.
  std::string minus_one(32, '\xff');
  minus_one.front() = '\xec';
  minus_one.back() = '\x7f';
  EXPECT_NE(why_not(edwards_jwk("Ed25519", minus_one)).find("small order"), std::string::npos);
  const std::string order_eight =
      "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77"
      "\x92\xac\x03\x7a";
  EXPECT_NE(why_not(edwards_jwk("Ed25519", order_eight)).find("small order"), std::string::npos);
  // About half of all y belong to no point.
  int off_curve = 0;
  for (char y = 2; y < 40; ++y) {
    for (const std::string_view curve : {"Ed25519", "Ed448"}) {
      if (why_not(edwards_jwk(curve, std::string(1, y))).find("not on the curve") != std::string::npos) ++off_curve;
    }
  }
  EXPECT_GT(off_curve, 20);
  EXPECT_LT(off_curve, 56);
}

TEST(Thumbprint, IsThatOfRfc7638And8037) {
  const auto of = [](std::string_view text) {
    json::Documents documents;
    json::Document& document = documents.add("k", "");
    EXPECT_TRUE(json::read_json(text, document).has_value());
    return thumbprint(*document.root);
  };
  // RFC 7638, section 3.1, and RFC 8037, appendix A.3.
  EXPECT_EQ(
      of(R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})"),
      "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  EXPECT_EQ(of(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

}  // namespace
}  // namespace portico::identity
