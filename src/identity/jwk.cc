#include "identity/jwk.h"

#include <openssl/core_names.h>

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/text.h"
#include "identity/digest.h"
#include "identity/openssl.h"
#include "identity/weakness.h"
#include "json/writer.h"

namespace portico::identity {
namespace {

constexpr std::size_t kLongestKeyId = 512;

struct Curve {
  std::string_view name;  // in JOSE
  const char* group;      // in OpenSSL
  std::size_t size;       // bytes of a coordinate
  Algorithm algorithm;
};
constexpr std::array kCurves = {
    Curve{"P-256", "prime256v1", 32, Algorithm::kEs256}, Curve{"P-384", "secp384r1", 48, Algorithm::kEs384},
    Curve{"P-521", "secp521r1", 66, Algorithm::kEs512},  Curve{"Ed25519", "ED25519", 32, Algorithm::kEd25519},
    Curve{"Ed448", "ED448", 57, Algorithm::kEd448},
};

std::unexpected<Error> wrong(std::string message) { return failure(ErrorCode::kInvalid, std::move(message)); }

// The bytes of a member in base64url.
Result<std::string> bytes_of_member(const json::Node& jwk, std::string_view name) {
  const json::Node* member = jwk.find(name);
  std::string bytes;
  if (member == nullptr || !member->is_string()) return wrong("the key has no \"" + std::string(name) + "\"");
  if (!append_base64url_decoded(bytes, member->text()) || bytes.empty()) {
    return wrong("\"" + std::string(name) + "\" is not base64url without padding");
  }
  return bytes;
}

KeyHandle make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return {};
  }
  return KeyHandle(key);
}

Result<KeyHandle> rsa_key(const json::Node& jwk) {
  PORTICO_TRY(const std::string n, bytes_of_member(jwk, "n"));
  PORTICO_TRY(const std::string e, bytes_of_member(jwk, "e"));
  const BigNumber modulus = number_of(n);
  const BigNumber exponent = number_of(e);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  KeyHandle key = make_key("RSA", builder.get());
  if (!key) return wrong("\"n\" and \"e\" make no RSA key");
  return key;
}

Result<KeyHandle> ec_key(const json::Node& jwk, const Curve& curve) {
  PORTICO_TRY(const std::string x, bytes_of_member(jwk, "x"));
  PORTICO_TRY(const std::string y, bytes_of_member(jwk, "y"));
  // RFC 7518, section 6.2.1.2: the full size of a coordinate, leading zeros included.
  if (x.size() != curve.size || y.size() != curve.size) {
    return wrong("coordinates on " + std::string(curve.name) + " have " + std::to_string(curve.size) + " bytes");
  }
  const std::string point = "\x04" + x + y;
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  KeyHandle key = make_key("EC", builder.get());
  if (!key) return wrong("\"x\" and \"y\" are no point on " + std::string(curve.name));
  return key;
}

Result<KeyHandle> edwards_key(const json::Node& jwk, const Curve& curve) {
  PORTICO_TRY(const std::string x, bytes_of_member(jwk, "x"));
  if (x.size() != curve.size) {
    return wrong("a point of " + std::string(curve.name) + " has " + std::to_string(curve.size) + " bytes");
  }
  KeyHandle key(EVP_PKEY_new_raw_public_key_ex(nullptr, curve.group, nullptr, bytes_of(x), x.size()));
  if (!key) return wrong("\"x\" makes no key of " + std::string(curve.name));
  return key;
}

bool is_allowed(Algorithm algorithm, std::span<const Algorithm> allowed) {
  return allowed.empty() || std::ranges::find(allowed, algorithm) != allowed.end();
}

// What `use` and `key_ops` say (RFC 7517, sections 4.2 and 4.3): why the key does not verify signatures, or empty.
Result<std::string> other_purpose(const json::Node& jwk) {
  if (const json::Node* use = jwk.find("use")) {
    if (!use->is_string()) return wrong("\"use\" must be a text");
    if (use->text() != "sig") return "its use is \"" + printable(use->text(), 20) + "\", not \"sig\"";
  }
  const json::Node* operations = jwk.find("key_ops");
  if (operations == nullptr) return std::string();
  if (!operations->is_array()) return wrong("\"key_ops\" must be a list");
  bool verifies = false;
  for (const json::Node* operation : operations->items()) {
    if (!operation->is_string()) return wrong("\"key_ops\" must be a list of texts");
    const auto same = [&](const json::Node* other) { return other->text() == operation->text(); };
    if (std::ranges::count_if(operations->items(), same) > 1) return wrong("\"key_ops\" has an operation twice");
    verifies = verifies || operation->text() == "verify";
  }
  return std::string(verifies ? "" : "its key_ops do not have \"verify\"");
}

// The families of keys, and what is peculiar to each.
class JwkReader {
 public:
  JwkReader(const json::Node& jwk, std::span<const Algorithm> allowed) : jwk_(jwk), allowed_(allowed) {}

  Result<ReadKey> read();

 private:
  static ReadKey unusable(std::string why) { return {.key = Unusable{std::move(why)}}; }
  Result<ReadKey> read_secret(std::string key_id);
  Result<ReadKey> finish(KeyHandle handle, std::string key_id);

  const json::Node& jwk_;
  std::span<const Algorithm> allowed_;
  std::string_view alg_;  // empty: the key does not say
};

Result<ReadKey> JwkReader::read_secret(std::string key_id) {
  std::vector<Algorithm> fitting;
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512}) {
    const bool named = alg_.empty() ? !allowed_.empty() : names_algorithm(alg_, algorithm);
    if (named && is_allowed(algorithm, allowed_)) fitting.push_back(algorithm);
  }
  if (!alg_.empty() && !algorithm_of(alg_)) return unusable("its alg is none for signatures");
  if (fitting.empty() && (!alg_.empty() || !allowed_.empty())) return unusable("its algorithm is not allowed");
  if (fitting.size() != 1) {
    return failure(ErrorCode::kInvalid, "the secret does not say its algorithm", {},
                   "Give it \"alg\", or configure exactly one of HS256, HS384, HS512.");
  }
  PORTICO_TRY(const std::string secret, bytes_of_member(jwk_, "k"));
  PORTICO_TRY(Key key, configured_secret(secret, fitting.front(), std::move(key_id)));
  return ReadKey{.key = std::move(key)};
}

Result<ReadKey> JwkReader::finish(KeyHandle handle, std::string key_id) {
  std::optional<Algorithm> algorithm;
  if (alg_.empty() || alg_ == "EdDSA") {
    PORTICO_TRY(algorithm, algorithm_for(handle.get(), allowed_));
  } else {
    algorithm = algorithm_of(alg_);
    if (!algorithm) return unusable("its alg is none for signatures");
    if (!is_allowed(*algorithm, allowed_)) algorithm.reset();
  }
  if (!algorithm) return unusable("its algorithm is not allowed");
  PORTICO_TRY(Key key, Key::asymmetric(std::move(handle), *algorithm, std::move(key_id)));
  if (alg_ == "EdDSA" && !names_algorithm(alg_, key.algorithm())) return wrong("EdDSA needs a key of an Edwards curve");
  return ReadKey{.key = std::move(key), .has_private_part = jwk_.find("d") != nullptr};
}

Result<ReadKey> JwkReader::read() {
  if (!jwk_.is_object()) return wrong("a key must be an object");
  const json::Node* type = jwk_.find("kty");
  if (type == nullptr || !type->is_string()) return wrong("the key has no \"kty\"");
  for (const std::string_view name : {"kid", "alg", "crv"}) {
    const json::Node* member = jwk_.find(name);
    if (member != nullptr && (!member->is_string() || member->text().empty())) {
      return wrong("\"" + std::string(name) + "\" must be a text that is not empty");
    }
  }
  const std::string_view key_id = jwk_.text_of("kid");
  if (key_id.size() > kLongestKeyId) return wrong("\"kid\" is longer than 512 bytes");
  alg_ = jwk_.text_of("alg");
  PORTICO_TRY(std::string purpose, other_purpose(jwk_));
  if (!purpose.empty()) return unusable(std::move(purpose));

  if (type->text() == "oct") return read_secret(std::string(key_id));
  if (type->text() == "RSA") {
    PORTICO_TRY(KeyHandle handle, rsa_key(jwk_));
    return finish(std::move(handle), std::string(key_id));
  }
  if (type->text() != "EC" && type->text() != "OKP") return unusable("its kty is not known");
  const auto curve = std::ranges::find(kCurves, jwk_.text_of("crv"), &Curve::name);
  const bool edwards = type->text() == "OKP";
  if (curve == kCurves.end()) return unusable("its curve is none for signatures here");
  if (edwards != (curve->algorithm >= Algorithm::kEd25519)) return wrong("\"crv\" is no curve of this \"kty\"");
  PORTICO_TRY(KeyHandle handle, edwards ? edwards_key(jwk_, *curve) : ec_key(jwk_, *curve));
  return finish(std::move(handle), std::string(key_id));
}

}  // namespace

Result<ReadKey> read_jwk(const json::Node& jwk, std::span<const Algorithm> allowed) {
  return JwkReader(jwk, allowed).read();
}

Result<std::optional<Algorithm>> algorithm_for(EVP_PKEY* key, std::span<const Algorithm> allowed) {
  std::array<char, 64> group{};
  std::string_view name;
  if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1) {
    name = group.data();
  }
  for (const Curve& curve : kCurves) {
    const bool same = name.empty() ? EVP_PKEY_is_a(key, curve.group) == 1 : name == curve.group;
    if (same) return is_allowed(curve.algorithm, allowed) ? std::optional(curve.algorithm) : std::nullopt;
  }
  const bool rsa = EVP_PKEY_is_a(key, "RSA") == 1;
  if (!rsa && EVP_PKEY_is_a(key, "RSA-PSS") != 1) return std::optional<Algorithm>();
  std::vector<Algorithm> fitting;
  for (const Algorithm algorithm : allowed) {
    const bool pkcs1 = algorithm >= Algorithm::kRs256 && algorithm <= Algorithm::kRs512;
    const bool pss = algorithm >= Algorithm::kPs256 && algorithm <= Algorithm::kPs512;
    if (pss || (pkcs1 && rsa)) fitting.push_back(algorithm);
  }
  if (fitting.empty() && !allowed.empty()) return std::optional<Algorithm>();
  if (fitting.size() != 1) {
    return failure(ErrorCode::kInvalid, "an RSA key without \"alg\" could serve several algorithms", {},
                   "Give it \"alg\", or configure exactly one of RS256 to PS512.");
  }
  return std::optional(fitting.front());
}

Result<Key> configured_secret(std::string_view secret, Algorithm algorithm, std::string key_id) {
  PORTICO_TRY(Key key, Key::symmetric(secret, algorithm, std::move(key_id)));
  if (const auto why = secret_weakness(secret); !why.empty()) return wrong("the secret is weak: " + std::string(why));
  return key;
}

std::string thumbprint(const json::Node& jwk) {
  const std::string_view type = jwk.text_of("kty");
  std::vector<std::string_view> members;
  if (type == "EC") members = {"crv", "kty", "x", "y"};
  if (type == "OKP") members = {"crv", "kty", "x"};
  if (type == "RSA") members = {"e", "kty", "n"};
  if (members.empty()) return {};
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  for (const std::string_view member : members) writer.key(member).string(jwk.text_of(member));
  writer.end_object();
  std::string out;
  append_base64url(out, as_text(sha256(text)));
  return out;
}

}  // namespace portico::identity
