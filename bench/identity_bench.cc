// What it costs to know who calls: `identity_bench` prints one line a figure, CPU time of the best of several rounds.
// Tokens are about 450 bytes, with ten claims.
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "identity/api_keys.h"
#include "identity/dpop.h"
#include "identity/jwk.h"
#include "identity/replay_window.h"
#include "identity/token_verifier.h"
#include "json/reader.h"
#include "signing/signer.h"

namespace portico::identity {
namespace {

using signing::Signer;

constexpr std::int64_t kNow = 1'800'000'000;

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void tell(const char* what, std::size_t calls, const std::function<void(std::size_t)>& call) {
  constexpr int kRounds = 7;
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const double start = cpu_seconds();
    for (std::size_t i = 0; i < calls; ++i) call(i);
    best = std::min(best, (cpu_seconds() - start) / static_cast<double>(calls));
  }
  std::printf("%-36s %9.3f us\n", what, best * 1e6);
}

std::string claims(std::size_t number) {
  return R"({"iss":"https://id.example","sub":"248289761001","aud":"orders","iat":1799999990,"exp":1800000890,"jti":"f3c1e8b2-)" +
         std::to_string(number) +
         R"(","scope":"orders.read orders.write","client_id":"s6BhdRkqt3","tenant":"acme","roles":["user","auditor"]})";
}

TokenVerifier verifier_of(const Signer& signer, TokenLimits limits) {
  auto keys = KeySet::parse(signer.jwk("\"alg\":\"" + std::string(name(signer.algorithm())) + "\""), {});
  std::vector<IssuerOptions> issuers(1);
  issuers[0].issuer = "https://id.example";
  issuers[0].audiences = {"orders"};
  issuers[0].keys = std::make_shared<const KeySet>(*std::move(keys));
  return *TokenVerifier::make(std::move(issuers), limits);
}

void expect(bool good) {
  if (good) return;
  std::puts("a token was decided wrongly");
  std::exit(1);
}

void verify(const TokenVerifier& verifier, TokenWorker& worker, const std::string& token, TokenProblem wanted) {
  const auto verdict = verifier.verify(worker, token, {.now_s = kNow});
  expect(verdict.problem == wanted);
  release(verdict.identity);
}

void tokens_that_are_new() {
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kPs256, Algorithm::kEs256,
                                    Algorithm::kEs384, Algorithm::kEs512, Algorithm::kEd25519, Algorithm::kEd448}) {
    const Signer signer(algorithm, "key-1");
    const TokenVerifier verifier = verifier_of(signer, {.cache_entries = 0});
    TokenWorker worker;
    const std::string token = signer.token(claims(0));
    const std::string what = "new token, " + std::string(name(algorithm));
    tell(what.c_str(), 300, [&](std::size_t) { verify(verifier, worker, token, TokenProblem::kNone); });
  }
}

void tokens_that_are_known() {
  const Signer signer(Algorithm::kEs256, "key-1");
  const TokenVerifier verifier = verifier_of(signer, {.cache_entries = 8192});
  TokenWorker worker;
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < 2000; ++i) tokens.push_back(signer.token(claims(i)));
  tell("known token, always the same", 1'000'000,
       [&](std::size_t) { verify(verifier, worker, tokens[0], TokenProblem::kNone); });
  tell("known token, one of 2,000", 400'000,
       [&](std::size_t i) { verify(verifier, worker, tokens[i * 7919 % tokens.size()], TokenProblem::kNone); });
  std::printf("  hits %llu, misses %llu\n", static_cast<unsigned long long>(worker.hits()),
              static_cast<unsigned long long>(worker.misses()));
}

void tokens_that_are_refused() {
  const Signer signer(Algorithm::kEs256, "key-1");
  const TokenVerifier verifier = verifier_of(signer, {});
  TokenWorker worker;
  const std::string forged = Signer(Algorithm::kEs256, "key-1").token(claims(0));
  const std::string unsigned_token = signer.token(R"({"alg":"none"})", claims(0));
  const std::string rubbish(450, 'x');
  tell("forged signature, ES256", 300,
       [&](std::size_t) { verify(verifier, worker, forged, TokenProblem::kSignature); });
  const std::string expired = signer.token(R"({"iss":"https://id.example","exp":1700000000})");
  tell("expired", 100'000, [&](std::size_t) { verify(verifier, worker, expired, TokenProblem::kExpired); });
  tell("alg none", 100'000, [&](std::size_t) { verify(verifier, worker, unsigned_token, TokenProblem::kKey); });
  tell("rubbish", 100'000, [&](std::size_t) { verify(verifier, worker, rubbish, TokenProblem::kMalformed); });
}

void the_others() {
  const std::string salt = generate_salt();
  const std::string key = generate_api_key();
  const Digest digest = api_key_hash(salt, key);
  const std::string hash = signing::base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
  const auto keys = ApiKeys::parse(
      "version: 1\nsalt: \"" + signing::base64url(salt) + "\"\nkeys: [{id: a, hash: \"" + hash + "\", owner: o}]\n",
      "k");
  tell("API key", 200'000, [&](std::size_t) { expect(keys->verify(key, kNow).identity != nullptr); });

  std::vector<std::byte> bytes((std::size_t{16} << 20) + 64);
  void* start = bytes.data();
  std::size_t room = bytes.size();
  std::align(64, std::size_t{16} << 20, start, room);
  ReplayWindow window({static_cast<std::byte*>(start), std::size_t{16} << 20}, 1, kNow);
  std::uint64_t number = 0;
  std::string id(36, 'x');
  tell("jti remembered", 100'000, [&](std::size_t) {
    ++number;
    std::copy_n(reinterpret_cast<const char*>(&number), sizeof(number), id.begin());
    expect(window.use("https://id.example", id, kNow + 600, kNow) == ReplayWindow::Use::kFirst);
  });

  const Signer signer(Algorithm::kEs256);
  json::Documents documents;
  json::Document& document = documents.add("k", "");
  const std::string jwk = signer.jwk();
  expect(json::read_json(jwk, document).has_value());
  const std::string print = thumbprint(*document.root);
  Identity token;
  token.key_thumbprint = print;
  std::string ath;
  ath = signing::base64url([&] {
    std::string out(32, '\0');
    EVP_Digest("token", 5, reinterpret_cast<unsigned char*>(out.data()), nullptr, EVP_sha256(), nullptr);
    return out;
  }());
  std::vector<std::string> proofs;
  for (int i = 0; i < 7 * 200; ++i) {
    proofs.push_back(signer.token(R"({"typ":"dpop+jwt","alg":"ES256","jwk":)" + jwk + "}",
                                  R"({"jti":"p)" + std::to_string(i) +
                                      R"(","htm":"GET","htu":"https://api.example/orders","iat":1800000000,"ath":")" +
                                      ath + "\"}"));
  }
  DpopVerifier dpop;
  std::size_t next = 0;
  tell("DPoP proof, ES256", 200, [&](std::size_t) {
    expect(dpop.verify(proofs[next++], {.method = "GET",
                                        .uri = "https://api.example/orders?x=1",
                                        .access_token = "token",
                                        .token = &token,
                                        .now_s = kNow,
                                        .replay = &window}) == DpopProblem::kNone);
  });
}

}  // namespace
}  // namespace portico::identity

int main() {
  portico::identity::tokens_that_are_new();
  portico::identity::tokens_that_are_known();
  portico::identity::tokens_that_are_refused();
  portico::identity::the_others();
  return 0;
}
