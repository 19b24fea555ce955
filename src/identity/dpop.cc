#include "identity/dpop.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/text.h"
#include "base/uri.h"
#include "identity/claims.h"
#include "identity/digest.h"
#include "identity/jwk.h"
#include "identity/jws.h"
#include "json/parse.h"
#include "json/reader.h"

namespace portico::identity {
namespace {

constexpr std::size_t kLongestId = 512;
constexpr json::Strictness kClaimStrictness = {.max_depth = 16, .max_bytes = std::uint64_t{1} << 16};

bool is_unreserved(char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

// Escapes of what needs none undone, the others with capital digits.
std::string normalized_escapes(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int high = path[i] == '%' && i + 2 < path.size() ? hex_value(path[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_value(path[i + 2]);
    if (low < 0) {
      out += path[i];
      continue;
    }
    const char c = static_cast<char>(high << 4 | low);
    if (is_unreserved(c)) {
      out += c;
    } else {
      ((out += '%') += kHex[static_cast<std::size_t>(high)]) += kHex[static_cast<std::size_t>(low)];
    }
    i += 2;
  }
  return out;
}

bool has_private_member(const json::Node& jwk) {
  constexpr std::array<std::string_view, 8> kPrivate = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
  return std::ranges::any_of(kPrivate, [&](std::string_view name) { return jwk.find(name) != nullptr; });
}

}  // namespace

std::string normalized_target(std::string_view text) {
  const Uri uri = split_uri(text);
  if (!uri.scheme || !uri.authority || uri.authority->empty()) return {};
  if (uri.authority->find('@') != std::string_view::npos) return {};
  const std::string scheme = lower(*uri.scheme);
  if (scheme != "http" && scheme != "https") return {};
  std::string authority = lower(*uri.authority);
  const std::string_view port = scheme == "http" ? ":80" : ":443";
  if (authority.ends_with(port)) authority.resize(authority.size() - port.size());
  if (authority.ends_with(':')) authority.pop_back();
  const std::string path = normalized_escapes(uri.path);
  return scheme + "://" + authority + (path.empty() ? "/" : remove_dot_segments(path));
}

std::string_view name(DpopProblem problem) {
  constexpr std::array<std::string_view, 11> kNames = {
      "none", "malformed", "key", "signature", "method", "uri", "time", "token", "nonce", "replayed", "replay-unknown"};
  return kNames[static_cast<std::size_t>(problem)];
}

struct DpopVerifier::State {
  DpopOptions options;
  JwsDecoder decoder;
  json::Parser parser;
  std::string hash;

  DpopProblem check_claims(const Claims& claims, const DpopRequest& request, std::string_view& id,
                           std::int64_t& issued);
  DpopProblem check_key(const Jws& jws, const DpopRequest& request, std::string& key_thumbprint) const;
  DpopProblem use_once(std::string_view key_thumbprint, std::string_view id, std::int64_t issued,
                       const DpopRequest& request) const;
};

DpopVerifier::DpopVerifier(DpopOptions options) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
}
DpopVerifier::DpopVerifier(DpopVerifier&&) noexcept = default;
DpopVerifier& DpopVerifier::operator=(DpopVerifier&&) noexcept = default;
DpopVerifier::~DpopVerifier() = default;

DpopProblem DpopVerifier::State::check_claims(const Claims& claims, const DpopRequest& request, std::string_view& id,
                                              std::int64_t& issued) {
  std::string_view method;
  std::string_view uri;
  std::string_view token_hash;
  std::string_view nonce;
  constexpr auto kValid = Claims::Read::kValid;
  const bool complete = claims.text("jti", id) == kValid && id.size() <= kLongestId &&
                        claims.text("htm", method) == kValid && claims.text("htu", uri) == kValid &&
                        claims.time("iat", issued) == kValid && claims.text("ath", token_hash) == kValid;
  if (!complete || claims.text("nonce", nonce) == Claims::Read::kWrongType) return DpopProblem::kMalformed;
  if (method != request.method) return DpopProblem::kMethod;
  const std::string target = normalized_target(request.uri);
  if (target.empty() || normalized_target(uri) != target) return DpopProblem::kUri;
  if (issued > request.now_s + options.skew_s || issued + options.max_age_s < request.now_s) return DpopProblem::kTime;
  hash.clear();
  append_base64url(hash, as_text(sha256(request.access_token)));
  if (!equal_in_constant_time(token_hash, hash)) return DpopProblem::kToken;
  const bool known = std::ranges::find(request.nonces, nonce) != request.nonces.end();
  return request.nonces.empty() || known ? DpopProblem::kNone : DpopProblem::kNonce;
}

// The key is the client's own: that it is the one that the token is bound to is what counts.
DpopProblem DpopVerifier::State::check_key(const Jws& jws, const DpopRequest& request,
                                           std::string& key_thumbprint) const {
  const auto algorithm = algorithm_of(jws.algorithm == "EdDSA" ? "Ed25519" : jws.algorithm);
  const bool allowed = algorithm && !is_symmetric(*algorithm) &&
                       std::ranges::find(options.algorithms, *algorithm) != options.algorithms.end();
  if (!allowed) return DpopProblem::kKey;
  json::Documents documents;
  json::Document& document = documents.add("proof", "");
  json::ReadBudget budget{.max_depth = 8, .nodes = 1000};
  if (!json::read_json(jws.header, document, budget)) return DpopProblem::kMalformed;
  const json::Node* jwk = document.root->find("jwk");
  if (jwk == nullptr || !jwk->is_object() || has_private_member(*jwk)) return DpopProblem::kKey;
  key_thumbprint = thumbprint(*jwk);
  if (request.token == nullptr || request.token->key_thumbprint.empty() ||
      !equal_in_constant_time(request.token->key_thumbprint, key_thumbprint)) {
    return DpopProblem::kToken;
  }
  const auto read = read_jwk(*jwk, std::span(&*algorithm, 1));
  const Key* key = read ? std::get_if<Key>(&read->key) : nullptr;
  if (key == nullptr) return DpopProblem::kKey;
  return key->verify(jws.signed_bytes, jws.signature) ? DpopProblem::kNone : DpopProblem::kSignature;
}

DpopProblem DpopVerifier::State::use_once(std::string_view key_thumbprint, std::string_view id, std::int64_t issued,
                                          const DpopRequest& request) const {
  if (request.replay == nullptr) return DpopProblem::kReplayUnknown;
  switch (request.replay->use(key_thumbprint, id, issued + options.max_age_s + 1, request.now_s)) {
    case ReplayWindow::Use::kFirst: return DpopProblem::kNone;
    case ReplayWindow::Use::kReplayed: return DpopProblem::kReplayed;
    case ReplayWindow::Use::kFull: break;
  }
  return DpopProblem::kReplayUnknown;
}

DpopProblem DpopVerifier::verify(std::string_view proof, const DpopRequest& request) {
  State& state = *state_;
  Jws jws;
  if (proof.size() > state.options.max_bytes) return DpopProblem::kMalformed;
  if (state.decoder.decode(proof, jws, HeaderKey::kExpected) != JwsProblem::kNone) return DpopProblem::kMalformed;
  if (!jws.has_type || !is_media_type(jws.type, "dpop+jwt")) return DpopProblem::kMalformed;
  if (state.parser.parse(jws.payload, kClaimStrictness) != json::ParseProblem::kNone ||
      state.parser.tape().type(json::TapeView::kFirst) != json::tape::kObject) {
    return DpopProblem::kMalformed;
  }
  std::string_view id;
  std::int64_t issued = 0;
  std::string key_thumbprint;
  // What costs least first; nothing is remembered of a proof that is not good.
  auto problem = state.check_claims(Claims(state.parser.tape()), request, id, issued);
  if (problem == DpopProblem::kNone) problem = state.check_key(jws, request, key_thumbprint);
  if (problem == DpopProblem::kNone) problem = state.use_once(key_thumbprint, id, issued, request);
  return problem;
}

}  // namespace portico::identity
