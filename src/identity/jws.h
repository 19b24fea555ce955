// JSON Web Signatures (RFC 7515) in compact serialization, read strictly: three parts of canonical base64url between
// two dots, a header that is a JSON object without a member twice, and nothing in it that would change what the
// signature means or where its key comes from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "identity/key_set.h"
#include "json/parse.h"

namespace portico::identity {

enum class JwsProblem : std::uint8_t {
  kNone,
  kMalformed,
  kHeaderForbidden,  // crit, b64, zip, enc, jwk, jku, x5u, x5c, cty JWT; members of the wrong type
  kKey,              // `alg` is missing, `none`, or nobody's: see KeySet::find()
  kSignature,
};

// A JWS taken apart. Views lead into the token and into the decoder, whose next use ends them.
struct Jws {
  std::string_view signed_bytes;  // header and payload as written, with the dot
  std::string_view header;        // decoded: JSON
  std::string_view payload;       // decoded
  std::string_view signature;     // decoded
  std::string_view algorithm;     // `alg`
  std::string_view type;          // `typ`; see has_type
  std::string_view key_id;        // `kid`; see has_key_id
  bool has_type = false;
  bool has_key_id = false;
};

// What the header may have beside what it must have.
enum class HeaderKey : std::uint8_t {
  kForbidden,  // jwk is refused, as it must be wherever keys are configured
  kExpected,   // jwk is left to the caller: proofs of possession carry the key that they prove (RFC 9449)
};

// Buffers for one thread, reused from token to token.
class JwsDecoder {
 public:
  JwsProblem decode(std::string_view token, Jws& jws, HeaderKey header_key = HeaderKey::kForbidden);

 private:
  JwsProblem read_header(Jws& jws, HeaderKey header_key);

  json::Parser parser_;
  std::string header_;
  std::string payload_;
  std::string signature_;
};

// Finds the key and verifies the signature. `key` gets the key if there is no problem.
JwsProblem verify_signature(const Jws& jws, const KeySet& keys, const Key*& key);

// Whether a `typ` or `cty` says `type`: letter case aside, with or without "application/" (RFC 7515, section 4.1.9).
bool is_media_type(std::string_view text, std::string_view type);

}  // namespace portico::identity
