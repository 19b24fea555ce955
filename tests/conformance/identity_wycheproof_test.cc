// Project Wycheproof's vectors for JSON Web Keys and Signatures. Whatever the suite calls invalid must be refused,
// without exception; what it calls valid is accepted, but for the vectors below. PORTICO_SUITES names the folder that
// holds wycheproof/testvectors_v1.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include "../cases/case_json.h"
#include "base/file.h"
#include "identity/jws.h"
#include "identity/key_set.h"
#include "json/reader.h"

namespace portico::identity {
namespace {

// "file/tcId" of vectors that the suite calls valid and Portico refuses, and why.
const std::map<std::string, std::string> kRefusedThoughValid = {
    // The token says PS384, its key says PS256. A key serves its own algorithm only.
    {"json_web_signature/346", "PS384"},
    {"json_web_signature/350", "PS384"},
    // The key says "alg": "ES521", which is no algorithm of RFC 7518 (it is ES512). A key whose algorithm is not known
    // is not used, rather than used by what the token says.
    {"json_web_signature/347", "ES521"},
    {"json_web_signature/351", "ES521"},
    // The secret is 32 zero bytes, which no KeySet takes. What these vectors are about is looked at below.
    {"json_web_signature/357", "zeros"},
    {"json_web_signature/358", "zeros"},
    {"json_web_signature/359", "zeros"},
    {"json_web_signature/372", "zeros, and a '?' in the header"},
    {"json_web_signature/373", "zeros, and a '?' in the payload"},
    {"json_web_signature/376", "zeros"},
    {"json_web_signature/377", "zeros"},
    // Encrypted tokens (JWE). Portico decrypts nothing.
    {"json_web_crypto/50", "JWE"},
    {"json_web_crypto/67", "JWE"},
};

class Suite : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const char* suites = std::getenv("PORTICO_SUITES");
    const std::string folder = suites == nullptr ? "" : std::string(suites) + "/wycheproof/testvectors_v1/";
    if (!std::filesystem::exists(folder + GetParam() + "_test.json")) {
      GTEST_SKIP() << "PORTICO_SUITES names no folder with wycheproof/testvectors_v1";
    }
    const auto text = read_file(folder + GetParam() + "_test.json");
    ASSERT_TRUE(text.has_value());
    ASSERT_TRUE(json::read_json(*text, documents_.add(GetParam(), "file:" + GetParam())).has_value());
  }

  const json::Node& root() const { return *documents_[0].root; }

 private:
  json::Documents documents_;
};

// The decision as a token verifier makes it, before it looks at claims.
bool accepts(const json::Node& keys, std::string_view token, std::string& why) {
  std::string text;
  cases::write_json(keys, text);
  const auto set = KeySet::parse(text, {.name = "keys"});
  if (!set) {
    why = to_string(set.error());
    return false;
  }
  JwsDecoder decoder;
  Jws jws;
  const Key* key = nullptr;
  auto problem = decoder.decode(token, jws);
  if (problem == JwsProblem::kNone) problem = verify_signature(jws, *set, key);
  why = "problem " + std::to_string(static_cast<int>(problem));
  return problem == JwsProblem::kNone;
}

TEST_P(Suite, EveryVectorIsDecidedRight) {
  std::size_t vectors = 0;
  std::size_t accepted = 0;
  std::size_t excused = 0;
  for (const json::Node* group : root().find("testGroups")->items()) {
    const json::Node* keys = group->find("public");
    if (keys == nullptr) keys = group->find("private");
    for (const json::Node* test : group->find("tests")->items()) {
      ++vectors;
      const std::string id = GetParam() + "/" + std::string(test->find("tcId")->text());
      const json::Node* token = test->find("jws") != nullptr ? test->find("jws") : test->find("jwe");
      ASSERT_NE(token, nullptr) << id;
      // Some tokens are given as objects: JSON serialization.
      std::string text(token->text());
      if (!token->is_string()) cases::write_json(*token, text);
      std::string why;
      const bool accepted_here = accepts(*keys, text, why);
      const bool valid = test->text_of("result") == "valid";
      accepted += accepted_here ? 1 : 0;
      if (kRefusedThoughValid.contains(id)) {
        ++excused;
        EXPECT_TRUE(valid && !accepted_here) << id << " needs no excuse";
        continue;
      }
      EXPECT_EQ(accepted_here, valid) << id << " " << group->text_of("comment") << " " << test->text_of("comment")
                                      << ": " << why;
    }
  }
  EXPECT_EQ(std::to_string(vectors), root().find("numberOfTests")->text());
  EXPECT_GT(accepted, 0U);
  std::cout << GetParam() << ": " << vectors << " vectors, " << accepted << " accepted, " << excused << " excused\n";
}

// The group "base64", with a secret of zeros, verified by the key alone: spaces inside of the header's JSON are its
// business, characters outside of the alphabet and left over bits are not base64url. 367 and 370 are, byte for byte,
// the token of 357, which the suite calls valid.
TEST_P(Suite, Base64IsReadStrictly) {
  if (GetParam() != "json_web_signature") return;
  const auto key = Key::symmetric(std::string(32, '\0'), Algorithm::kHs256, "hs256-key");
  std::set<std::string> accepted;
  for (const json::Node* group : root().find("testGroups")->items()) {
    if (group->text_of("comment") != "base64") continue;
    for (const json::Node* test : group->find("tests")->items()) {
      JwsDecoder decoder;
      Jws jws;
      if (decoder.decode(test->text_of("jws"), jws) != JwsProblem::kNone) continue;
      if (key->verify(jws.signed_bytes, jws.signature)) accepted.emplace(test->find("tcId")->text());
    }
  }
  EXPECT_EQ(accepted, (std::set<std::string>{"357", "358", "359", "367", "370", "376", "377"}));
}

INSTANTIATE_TEST_SUITE_P(Wycheproof, Suite, ::testing::Values("json_web_signature", "json_web_key", "json_web_crypto"),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace portico::identity
