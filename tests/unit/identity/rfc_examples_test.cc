// The examples of the standards themselves, those that need no secret.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "identity/dpop.h"
#include "identity/jws.h"
#include "identity/key_set.h"

namespace portico::identity {
namespace {

JwsProblem verify(std::string_view keys, std::string_view token, std::string& payload) {
  const auto set = KeySet::parse(keys, {.name = "keys"});
  EXPECT_TRUE(set.has_value());
  JwsDecoder decoder;
  Jws jws;
  const Key* key = nullptr;
  auto problem = decoder.decode(token, jws);
  if (problem == JwsProblem::kNone) problem = verify_signature(jws, *set, key);
  payload = jws.payload;
  return problem;
}

TEST(RfcExamples, Rfc7515AppendixA3) {
  std::string payload;
  EXPECT_EQ(verify(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                       "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
                   "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc"
                   "19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg"
                   "6NU1Q",
                   payload),
            JwsProblem::kNone);
  EXPECT_NE(payload.find("joe"), std::string::npos);
}

TEST(RfcExamples, Rfc8037AppendixA4) {
  std::string payload;
  EXPECT_EQ(verify(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
                   "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQ"
                   "R6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
                   payload),
            JwsProblem::kNone);
  EXPECT_EQ(payload, "Example of Ed25519 signing");
}

// RFC 9449, section 7.1: the proof, the access token and its thumbprint.
TEST(RfcExamples, Rfc9449Section7) {
  alignas(64) std::array<std::byte, ReplayWindow::kSmallest> memory{};
  constexpr std::int64_t kIssued = 1'562'262'618;
  ReplayWindow window(memory, 1, kIssued);
  Identity token;
  token.key_thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
  DpopVerifier verifier;
  const DpopRequest request{.method = "GET",
                            .uri = "https://resource.example.org/protectedresource",
                            .access_token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU",
                            .token = &token,
                            .now_s = kIssued + 10,
                            .replay = &window};
  EXPECT_EQ(
      name(verifier.verify(
          "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0R"
          "scEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMj"
          "U2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9w"
          "cm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWt"
          "zbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA",
          request)),
      "none");
}

}  // namespace
}  // namespace portico::identity
