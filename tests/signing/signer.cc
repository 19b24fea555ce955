#include "signing/signer.h"

#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <stdexcept>

#include "base/base64.h"
#include "identity/openssl.h"

namespace portico::signing {
namespace {

using identity::Algorithm;
using identity::bytes_of;

const char* digest_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kHs384:
    case Algorithm::kRs384:
    case Algorithm::kPs384:
    case Algorithm::kEs384: return "SHA384";
    case Algorithm::kHs512:
    case Algorithm::kRs512:
    case Algorithm::kPs512:
    case Algorithm::kEs512: return "SHA512";
    case Algorithm::kEd25519:
    case Algorithm::kEd448: return nullptr;
    default: return "SHA256";
  }
}

bool is_rsa(Algorithm a) { return a >= Algorithm::kRs256 && a <= Algorithm::kPs512; }
bool is_pss(Algorithm a) { return a >= Algorithm::kPs256 && a <= Algorithm::kPs512; }
bool is_ec(Algorithm a) { return a >= Algorithm::kEs256 && a <= Algorithm::kEs512; }

// The curve's name in JOSE, and the size of a coordinate.
struct Curve {
  const char* name;
  int size;
};
Curve curve_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kEs384: return {"P-384", 48};
    case Algorithm::kEs512: return {"P-521", 66};
    default: return {"P-256", 32};
  }
}

EVP_PKEY* generate(Algorithm algorithm) {
  if (is_rsa(algorithm)) return EVP_RSA_gen(2048);
  if (is_ec(algorithm)) return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve_of(algorithm).name);
  return EVP_PKEY_Q_keygen(nullptr, nullptr, algorithm == Algorithm::kEd448 ? "ED448" : "ED25519");
}

std::string number(EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  const identity::BigNumber owner(value);
  std::string bytes(static_cast<std::size_t>(size == 0 ? BN_num_bytes(value) : size), '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  return base64url(bytes);
}

// DER to r and s side by side.
std::string raw_of(std::string_view der, int half) {
  const unsigned char* at = bytes_of(der);
  const identity::EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string raw(static_cast<std::size_t>(2 * half), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, half);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + half, half);
  return raw;
}

std::string bio_text(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

std::string base64url(std::string_view bytes) {
  std::string out;
  append_base64url(out, bytes);
  return out;
}

Signer::Signer(Algorithm algorithm, std::string key_id) : algorithm_(algorithm), key_id_(std::move(key_id)) {
  if (identity::is_symmetric(algorithm)) {
    secret_.resize(64);
    RAND_bytes(reinterpret_cast<unsigned char*>(secret_.data()), static_cast<int>(secret_.size()));
  } else {
    key_.reset(generate(algorithm));
    if (!key_) throw std::runtime_error("OpenSSL makes no key");
  }
}

Signer Signer::with_secret(Algorithm algorithm, std::string secret, std::string key_id) {
  Signer signer(algorithm, std::move(key_id));
  signer.secret_ = std::move(secret);
  return signer;
}

std::string Signer::public_members() const {
  if (!key_) return R"("kty":"oct","k":")" + base64url(secret_) + '"';
  if (is_rsa(algorithm_)) {
    return R"("kty":"RSA","n":")" + number(key_.get(), OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
           number(key_.get(), OSSL_PKEY_PARAM_RSA_E) + '"';
  }
  if (is_ec(algorithm_)) {
    const Curve curve = curve_of(algorithm_);
    return R"("kty":"EC","crv":")" + std::string(curve.name) + R"(","x":")" +
           number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, curve.size) + R"(","y":")" +
           number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, curve.size) + '"';
  }
  std::string point(57, '\0');
  std::size_t size = point.size();
  EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(point.data()), &size);
  point.resize(size);
  return R"("kty":"OKP","crv":")" + std::string(name(algorithm_)) + R"(","x":")" + base64url(point) + '"';
}

std::string Signer::jwk(std::string_view extra) const {
  std::string text = "{" + public_members();
  if (!key_id_.empty()) text += R"(,"kid":")" + key_id_ + '"';
  if (!extra.empty()) (text += ',') += extra;
  return text + "}";
}

std::string Signer::public_pem() const {
  if (!key_) return {};
  const identity::Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(bio.get(), key_.get());
  return bio_text(bio.get());
}

std::string Signer::private_pem() const {
  if (!key_) return {};
  const identity::Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return bio_text(bio.get());
}

std::string Signer::sign(std::string_view bytes) const {
  std::string out(1024, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  const char* digest = digest_of(algorithm_);
  if (!key_) {
    unsigned size = 0;
    HMAC(EVP_get_digestbyname(digest), secret_.data(), static_cast<int>(secret_.size()), bytes_of(bytes), bytes.size(),
         to, &size);
    out.resize(size);
    return out;
  }
  const identity::DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  EVP_DigestSignInit_ex(context.get(), &options, digest, nullptr, nullptr, key_.get(), nullptr);
  if (is_pss(algorithm_)) {
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
  }
  std::size_t size = out.size();
  if (EVP_DigestSign(context.get(), to, &size, bytes_of(bytes), bytes.size()) != 1) throw std::runtime_error("sign");
  out.resize(size);
  return is_ec(algorithm_) ? raw_of(out, curve_of(algorithm_).size) : out;
}

std::string Signer::token(std::string_view header, std::string_view payload) const {
  const std::string signed_bytes = base64url(header) + "." + base64url(payload);
  return signed_bytes + "." + base64url(sign(signed_bytes));
}

std::string Signer::token(std::string_view payload) const {
  std::string header = R"({"alg":")" + std::string(name(algorithm_)) + '"';
  if (!key_id_.empty()) header += R"(,"kid":")" + key_id_ + '"';
  return token(header + "}", payload);
}

}  // namespace portico::signing
