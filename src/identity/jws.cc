#include "identity/jws.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/text.h"

namespace portico::identity {
namespace {

constexpr json::Strictness kHeaderStrictness = {
    .max_depth = 8, .max_bytes = std::uint64_t{1} << 16, .big_numbers = false};

// Members that change what the rest means or name a key. `crit` is here because no extension is understood.
constexpr std::array<std::string_view, 7> kForbidden = {"crit", "b64", "zip", "enc", "jku", "x5u", "x5c"};

}  // namespace

bool is_media_type(std::string_view text, std::string_view type) {
  constexpr std::string_view kPrefix = "application/";
  if (text.size() > kPrefix.size() && equal_ignoring_case(text.substr(0, kPrefix.size()), kPrefix)) {
    text.remove_prefix(kPrefix.size());
  }
  return equal_ignoring_case(text, type);
}

JwsProblem JwsDecoder::decode(std::string_view token, Jws& jws, HeaderKey header_key) {
  jws = {};
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return JwsProblem::kMalformed;
  header_.clear();
  payload_.clear();
  signature_.clear();
  // A third dot is no character of base64url. An empty signature is refused as one that does not verify.
  if (!append_base64url_decoded(header_, token.substr(0, first)) ||
      !append_base64url_decoded(payload_, token.substr(first + 1, second - first - 1)) ||
      !append_base64url_decoded(signature_, token.substr(second + 1))) {
    return JwsProblem::kMalformed;
  }
  jws.signed_bytes = token.substr(0, second);
  jws.header = header_;
  jws.payload = payload_;
  jws.signature = signature_;
  return read_header(jws, header_key);
}

JwsProblem JwsDecoder::read_header(Jws& jws, HeaderKey header_key) {
  if (parser_.parse(header_, kHeaderStrictness) != json::ParseProblem::kNone) return JwsProblem::kMalformed;
  const json::TapeView tape = parser_.tape();
  constexpr std::size_t kRoot = json::TapeView::kFirst;
  if (tape.type(kRoot) != json::tape::kObject) return JwsProblem::kMalformed;
  const std::size_t end = tape.after(kRoot) - 1;
  for (std::size_t at = kRoot + 1; at < end; at = tape.next(at + 1)) {
    const std::string_view name = tape.text(at);
    const bool is_text = tape.type(at + 1) == json::tape::kString;
    if (std::ranges::find(kForbidden, name) != kForbidden.end()) return JwsProblem::kHeaderForbidden;
    if (name == "jwk" && header_key == HeaderKey::kForbidden) return JwsProblem::kHeaderForbidden;
    if (name != "alg" && name != "typ" && name != "kid" && name != "cty") continue;
    if (!is_text) return JwsProblem::kHeaderForbidden;
    const std::string_view text = tape.text(at + 1);
    if (name == "alg") jws.algorithm = text;
    if (name == "cty" && is_media_type(text, "JWT")) return JwsProblem::kHeaderForbidden;
    if (name == "typ") {
      jws.type = text;
      jws.has_type = true;
    }
    if (name == "kid") {
      jws.key_id = text;
      jws.has_key_id = true;
    }
  }
  return jws.algorithm.empty() ? JwsProblem::kKey : JwsProblem::kNone;
}

JwsProblem verify_signature(const Jws& jws, const KeySet& keys, const Key*& key) {
  key = nullptr;
  const Key* found = keys.find(jws.has_key_id ? &jws.key_id : nullptr, jws.algorithm);
  if (found == nullptr) return JwsProblem::kKey;
  if (!found->verify(jws.signed_bytes, jws.signature)) return JwsProblem::kSignature;
  key = found;
  return JwsProblem::kNone;
}

}  // namespace portico::identity
