// Proofs of possession: header members (behind typ, alg and jwk), line feed, payload; signed by the key that the token
// is bound to. What is accepted must be a proof for this request, and is accepted once.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "identity/digest.h"
#include "identity/dpop.h"
#include "identity/jwk.h"
#include "json/reader.h"
#include "signing/signer.h"

namespace {

using namespace portico;
using identity::Algorithm;
using identity::DpopProblem;
using signing::Signer;

constexpr std::int64_t kNow = 1'800'000'000;

void demand(bool good) {
  if (!good) std::abort();
}

std::string thumbprint_of(const Signer& signer) {
  json::Documents documents;
  json::Document& document = documents.add("k", "");
  demand(json::read_json(signer.jwk(), document).has_value());
  return identity::thumbprint(*document.root);
}

void check_again(std::string_view payload_text) {
  json::Documents documents;
  json::Document& payload = documents.add("payload", "");
  demand(json::read_json(payload_text, payload).has_value());
  demand(payload.root->text_of("htm") == "GET");
  demand(identity::normalized_target(payload.root->text_of("htu")) == "https://a.example/o");
  const double issued = *payload.root->find("iat")->number();
  demand(issued >= kNow - 60 && issued < kNow + 31);
  demand(!payload.root->text_of("jti").empty());
  demand(payload.root->text_of("ath") == signing::base64url(identity::as_text(identity::sha256("token"))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Signer kSigner(Algorithm::kEd25519);
  static const std::string kThumbprint = thumbprint_of(kSigner);
  static identity::DpopVerifier verifier;
  alignas(64) std::array<std::byte, identity::ReplayWindow::kSmallest> memory{};
  identity::ReplayWindow window(memory, 1, kNow);
  identity::Identity token;
  token.key_thumbprint = kThumbprint;
  const identity::DpopRequest request{.method = "GET",
                                      .uri = "https://a.example/o?q=1",
                                      .access_token = "token",
                                      .token = &token,
                                      .now_s = kNow,
                                      .replay = &window};

  const std::string_view input(reinterpret_cast<const char*>(data), size);
  demand(verifier.verify(input, request) != DpopProblem::kNone);
  const auto end = std::min(input.find('\n'), input.size());
  std::string header = R"({"typ":"dpop+jwt","alg":"EdDSA","jwk":)" + kSigner.jwk();
  if (end != 0) (header += ',') += input.substr(0, end);
  const std::string_view payload = input.substr(std::min(end + 1, input.size()));
  const std::string proof = kSigner.token(header + "}", payload);
  if (verifier.verify(proof, request) != DpopProblem::kNone) return 0;
  check_again(payload);
  demand(verifier.verify(proof, request) == DpopProblem::kReplayed);
  return 0;
}
