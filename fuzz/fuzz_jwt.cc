// Tokens. The first byte says how the rest is presented:
//   even  as it is: nothing that the fuzzer makes up may be accepted
//   odd   as header, line feed and payload, signed: what is accepted must be what a second reading of it finds in order
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "identity/token_verifier.h"
#include "json/reader.h"
#include "signing/signer.h"

namespace {

using namespace portico;
using identity::Algorithm;
using identity::TokenProblem;
using signing::Signer;

constexpr std::int64_t kNow = 1'800'000'000;

std::string counting_secret() {
  std::string secret;
  for (char c = 0; c < 64; ++c) secret += c;
  return secret;
}

const Signer& signer() {
  static const Signer kSigner = Signer::with_secret(Algorithm::kHs256, counting_secret(), "k");
  return kSigner;
}

const identity::TokenVerifier& verifier() {
  static const identity::TokenVerifier kVerifier = [] {
    auto keys = identity::KeySet::parse(signer().jwk(R"("alg":"HS256")"), {});
    if (!keys) std::abort();
    auto made = identity::TokenVerifier::make({{.issuer = "i",
                                                .audiences = {"a"},
                                                .keys = std::make_shared<const identity::KeySet>(*std::move(keys)),
                                                .required = {"/x/y"},
                                                .scope_claim = "/s~1/t"}});
    if (!made) std::abort();
    return *std::move(made);
  }();
  return kVerifier;
}

void demand(bool good) {
  if (!good) std::abort();
}

// The slow reader of documents is another parser than the tape's.
void check_again(std::string_view header_text, std::string_view payload_text, const identity::Identity& identity) {
  json::Documents documents;
  json::Document& header = documents.add("header", "");
  json::Document& payload = documents.add("payload", "");
  demand(json::read_json(header_text, header).has_value());
  demand(json::read_json(payload_text, payload).has_value());
  demand(header.root->text_of("alg") == "HS256");
  for (const std::string_view name : {"crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c"}) {
    demand(header.root->find(name) == nullptr);
  }
  const json::Node* kid = header.root->find("kid");
  demand(kid == nullptr || kid->text() == "k");
  demand(payload.root->text_of("iss") == "i" && identity.issuer == "i");
  demand(payload.root->text_of("sub") == identity.subject);
  const json::Node* expires = payload.root->find("exp");
  demand(expires != nullptr && expires->is_number());
  demand(*expires->number() > static_cast<double>(kNow - 31));
  const json::Node* x = payload.root->find("x");
  demand(x != nullptr && x->find("y") != nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static identity::TokenWorker worker;
  const std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 2 == 0) {
    const auto verdict = verifier().verify(worker, input, {.now_s = kNow});
    demand(verdict.problem != TokenProblem::kNone);
    return 0;
  }
  const auto end = std::min(input.find('\n'), input.size());
  const std::string_view header = input.substr(0, end);
  const std::string_view payload = input.substr(std::min(end + 1, input.size()));
  const std::string token = signer().token(header, payload);
  const auto verdict = verifier().verify(worker, token, {.now_s = kNow});
  demand((verdict.problem == TokenProblem::kNone) == (verdict.identity != nullptr));
  if (verdict.identity == nullptr) return 0;
  check_again(header, payload, *verdict.identity);
  const auto again = verifier().verify(worker, token, {.now_s = kNow});
  demand(again.identity == verdict.identity);
  identity::release(again.identity);
  identity::release(verdict.identity);
  return 0;
}
