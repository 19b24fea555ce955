// Demonstrating Proof of Possession (RFC 9449): a token bound to a key is of use only with a proof, made for this one
// request, that its sender has the key.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "identity/algorithm.h"
#include "identity/identity.h"
#include "identity/replay_window.h"

namespace portico::identity {

struct DpopOptions {
  std::vector<Algorithm> algorithms = {Algorithm::kEs256, Algorithm::kEd25519, Algorithm::kPs256};  // asymmetric only
  std::int64_t max_age_s = 60;  // of a proof, by its `iat`
  std::int64_t skew_s = 30;     // its `iat` may be this far in the future
  std::size_t max_bytes = 4096;
};

// The request that the proof has to be for.
struct DpopRequest {
  std::string_view method;  // compared exactly with `htm`
  std::string_view uri;     // as the client sees it: "https://api.example/orders/7"; query and fragment do not count
  std::string_view access_token;               // as presented, for `ath`
  const Identity* token = nullptr;             // the verified token, for `cnf.jkt`
  std::span<const std::string_view> nonces{};  // not empty: one of them must be its `nonce` (section 9)
  std::int64_t now_s = 0;
  ReplayWindow* replay = nullptr;  // null: proofs cannot be told from replayed ones and are refused
};

enum class DpopProblem : std::uint8_t {
  kNone,
  kMalformed,  // no JWS of type dpop+jwt with strict JSON, or a claim missing or of the wrong type
  kKey,        // no public key in the header that its algorithm allows
  kSignature,
  kMethod,  // `htm`
  kUri,     // `htu`
  kTime,    // `iat`
  kToken,   // `ath` is another token's, or the token is bound to another key, or to none
  kNonce,   // absent or not one of ours: answer with use_dpop_nonce
  kReplayed,
  kReplayUnknown,  // no window, or no room in it
};

std::string_view name(DpopProblem problem);

// Holds scratch memory: one a worker.
class DpopVerifier {
 public:
  explicit DpopVerifier(DpopOptions options = {});
  ~DpopVerifier();
  DpopVerifier(DpopVerifier&&) noexcept;
  DpopVerifier& operator=(DpopVerifier&&) noexcept;

  DpopProblem verify(std::string_view proof, const DpopRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "https://API.example:443/a%7eb?x#y" as "https://api.example/a~b": what RFC 3986, sections 6.2.2 and 6.2.3 let be
// compared, without query and fragment. Empty when it is no absolute http or https URI, or has user information.
std::string normalized_target(std::string_view uri);

}  // namespace portico::identity
