#include "identity/key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>

#include "identity/openssl.h"
#include "identity/weakness.h"

namespace portico::identity {
namespace {

constexpr std::size_t kLargestSecret = 4096;
constexpr std::size_t kLargestSignature = 1024;  // RSA of 8192 bits

enum class Family : std::uint8_t { kHmac, kRsa, kRsaPss, kEcdsa, kEdwards };

struct Traits {
  Family family;
  const char* digest;      // null: none beside the algorithm's own
  const char* group = "";  // of the key, for curves
  std::size_t size = 0;    // bytes of an HMAC's hash; of r and of s; of an Edwards signature
};

// In the order of Algorithm.
constexpr std::array<Traits, 14> kTraits = {{
    {Family::kHmac, "SHA256", "", 32},
    {Family::kHmac, "SHA384", "", 48},
    {Family::kHmac, "SHA512", "", 64},
    {Family::kRsa, "SHA256"},
    {Family::kRsa, "SHA384"},
    {Family::kRsa, "SHA512"},
    {Family::kRsaPss, "SHA256"},
    {Family::kRsaPss, "SHA384"},
    {Family::kRsaPss, "SHA512"},
    {Family::kEcdsa, "SHA256", "prime256v1", 32},
    {Family::kEcdsa, "SHA384", "secp384r1", 48},
    {Family::kEcdsa, "SHA512", "secp521r1", 66},
    {Family::kEdwards, nullptr, "ED25519", 64},
    {Family::kEdwards, nullptr, "ED448", 114},
}};

const Traits& traits(Algorithm algorithm) { return kTraits[static_cast<std::size_t>(algorithm)]; }

std::unexpected<Error> refused(Algorithm algorithm, std::string_view why, std::string remedy = {}) {
  return failure(ErrorCode::kInvalid,
                 "the key cannot be used for " + std::string(name(algorithm)) + ": " + std::string(why), {},
                 std::move(remedy));
}

std::string_view rsa_problem(EVP_PKEY* key) {
  BIGNUM* modulus = nullptr;
  BIGNUM* exponent = nullptr;
  const bool read = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1 &&
                    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1;
  const BigNumber n(modulus);
  const BigNumber e(exponent);
  return read ? rsa_weakness(n.get(), e.get()) : "it has no modulus and exponent";
}

std::string_view edwards_problem(EVP_PKEY* key, Edwards curve) {
  std::array<unsigned char, 57> point{};
  std::size_t size = point.size();
  if (EVP_PKEY_get_raw_public_key(key, point.data(), &size) != 1) return "it has no point";
  return edwards_weakness(curve, text_of(std::span(point).first(size)));
}

std::string_view ecdsa_problem(EVP_PKEY* key, const Traits& wanted) {
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1 ||
      std::string_view(group.data()) != wanted.group) {
    return "it is on another curve";
  }
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  // These curves have a prime order, so a point on them is of that order: the long check would find nothing more.
  return EVP_PKEY_public_check_quick(context.get()) == 1 ? "" : "its point is not on the curve";
}

// Whether the key is of the kind that the algorithm needs, and a sound one. What is wrong, or empty.
std::string_view key_problem(EVP_PKEY* key, Algorithm algorithm) {
  const Traits& wanted = traits(algorithm);
  constexpr std::string_view kOtherKind = "it is of another kind";
  switch (wanted.family) {
    case Family::kHmac: return kOtherKind;
    case Family::kRsa: return EVP_PKEY_is_a(key, "RSA") == 1 ? rsa_problem(key) : kOtherKind;
    case Family::kRsaPss:
      return EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1 ? rsa_problem(key) : kOtherKind;
    case Family::kEcdsa: return EVP_PKEY_is_a(key, "EC") == 1 ? ecdsa_problem(key, wanted) : kOtherKind;
    case Family::kEdwards: break;
  }
  if (EVP_PKEY_is_a(key, wanted.group) != 1) return kOtherKind;
  return edwards_problem(key, algorithm == Algorithm::kEd25519 ? Edwards::k25519 : Edwards::k448);
}

bool prepare(EVP_MD_CTX* context, EVP_PKEY* key, const Traits& wanted) {
  EVP_PKEY_CTX* options = nullptr;  // the context's own
  if (EVP_DigestVerifyInit_ex(context, &options, wanted.digest, nullptr, nullptr, key, nullptr) != 1) return false;
  if (wanted.family == Family::kRsa) return EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PADDING) == 1;
  if (wanted.family != Family::kRsaPss) return true;
  // RFC 7518, section 3.5: MGF1 with the same hash, a salt as long as it.
  return EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md_name(options, wanted.digest, nullptr) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
}

// JWS has r and s side by side, OpenSSL wants them in DER. Nothing when a half is zero or of the wrong size.
int to_der(std::string_view raw, std::size_t half, std::array<unsigned char, kLargestSignature>& der) {
  if (raw.size() != 2 * half) return 0;
  BigNumber r = number_of(raw.substr(0, half));
  BigNumber s = number_of(raw.substr(half));
  if (!r || !s || BN_is_zero(r.get()) || BN_is_zero(s.get())) return 0;
  const EcdsaSignature signature(ECDSA_SIG_new());
  if (!signature || ECDSA_SIG_set0(signature.get(), r.release(), s.release()) != 1) return 0;
  unsigned char* end = der.data();
  return i2d_ECDSA_SIG(signature.get(), &end);
}

}  // namespace

void KeyDeleter::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
void MacContextDeleter::operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
void DigestContextDeleter::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }

Result<Key> Key::symmetric(std::string_view secret, Algorithm algorithm, std::string key_id) {
  const Traits& wanted = traits(algorithm);
  if (wanted.family != Family::kHmac) return refused(algorithm, "it is a shared secret");
  if (secret.size() < wanted.size) {
    return refused(algorithm, "the secret is shorter than " + std::to_string(wanted.size) + " bytes",
                   "Make one with: openssl rand -base64 " + std::to_string(wanted.size) + " (RFC 7518, section 3.2).");
  }
  if (secret.size() > kLargestSecret) return refused(algorithm, "the secret is longer than 4096 bytes");
  Key key(algorithm, std::move(key_id));
  const std::unique_ptr<EVP_MAC, Freed<EVP_MAC_free>> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  key.mac_.reset(EVP_MAC_CTX_new(mac.get()));
  std::string digest = wanted.digest;
  const std::array params = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                             OSSL_PARAM_construct_end()};
  if (!key.mac_ || EVP_MAC_init(key.mac_.get(), bytes_of(secret), secret.size(), params.data()) != 1) {
    return refused(algorithm, "OpenSSL does not take it");
  }
  return key;
}

Result<Key> Key::asymmetric(KeyHandle handle, Algorithm algorithm, std::string key_id) {
  if (!handle) return refused(algorithm, "there is none");
  if (const auto why = key_problem(handle.get(), algorithm); !why.empty()) return refused(algorithm, why);
  Key key(algorithm, std::move(key_id));
  key.digest_.reset(EVP_MD_CTX_new());
  if (!key.digest_ || !prepare(key.digest_.get(), handle.get(), traits(algorithm))) {
    return refused(algorithm, "OpenSSL does not take it");
  }
  key.handle_ = std::move(handle);
  return key;
}

bool Key::verify(std::string_view signed_bytes, std::string_view signature) const {
  return mac_ ? verify_mac(signed_bytes, signature) : verify_digest(signed_bytes, signature);
}

bool Key::verify_mac(std::string_view signed_bytes, std::string_view signature) const {
  if (signature.size() != traits(algorithm_).size) return false;
  const MacContext context(EVP_MAC_CTX_dup(mac_.get()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
  std::size_t size = 0;
  return context && EVP_MAC_update(context.get(), bytes_of(signed_bytes), signed_bytes.size()) == 1 &&
         EVP_MAC_final(context.get(), expected.data(), &size, expected.size()) == 1 && size == signature.size() &&
         CRYPTO_memcmp(expected.data(), signature.data(), size) == 0;
}

bool Key::verify_digest(std::string_view signed_bytes, std::string_view signature) const {
  const Traits& wanted = traits(algorithm_);
  if (signature.empty() || signature.size() > kLargestSignature) return false;
  std::array<unsigned char, kLargestSignature> der;
  if (wanted.family == Family::kEcdsa) {
    const int size = to_der(signature, wanted.size, der);
    if (size <= 0) return false;
    signature = text_of(std::span(der).first(static_cast<std::size_t>(size)));
  }
  const DigestContext context(EVP_MD_CTX_new());
  const bool good = context && EVP_MD_CTX_copy_ex(context.get(), digest_.get()) == 1 &&
                    EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(signed_bytes),
                                     signed_bytes.size()) == 1;
  // OpenSSL's errors stay in the thread's queue, where a host would take them for its own.
  if (!good) ERR_clear_error();
  return good;
}

}  // namespace portico::identity
