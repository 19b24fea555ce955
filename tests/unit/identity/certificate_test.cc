#include "identity/certificate.h"

#include <gtest/gtest.h>

#include <openssl/pem.h>

#include "identity/claims.h"
#include "identity/openssl.h"
#include "identity/record.h"
#include "signing/signer.h"

namespace portico::identity {
namespace {

constexpr std::int64_t kFrom = 1'800'000'000;
constexpr std::int64_t kTo = kFrom + 86400;

struct Made {
  std::string der;
  std::string pem;
};

std::string of_bio(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {text, static_cast<std::size_t>(size)};
}

// A self-signed certificate. `names` as OpenSSL's configuration writes them; empty: none.
Made make(const char* common_name, const char* names) {
  const KeyHandle key(EVP_EC_gen("P-256"));
  const X509Handle certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 0x1234ab);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), kFrom);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), kTo);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, bytes_of("Example, Inc"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes_of(common_name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  if (*names != 0) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const Bio der(BIO_new(BIO_s_mem()));
  const Bio pem(BIO_new(BIO_s_mem()));
  i2d_X509_bio(der.get(), certificate.get());
  PEM_write_bio_X509(pem.get(), certificate.get());
  return {of_bio(der.get()), of_bio(pem.get())};
}

std::span<const std::uint8_t> bytes(const std::string& text) { return {bytes_of(text), text.size()}; }

TEST(Certificate, BecomesAnIdentity) {
  const Made made = make(
      "ada", "DNS:a.example,DNS:b.example,URI:spiffe://x.example/ada,email:ada@x.example,IP:192.0.2.7,IP:2001:db8::1");
  CertificateWorker worker;
  const auto verdict = worker.identify(bytes(made.der), kFrom);
  ASSERT_NE(verdict.identity, nullptr);
  const Identity& identity = *verdict.identity;
  EXPECT_EQ(identity.method, Method::kCertificate);
  EXPECT_EQ(identity.subject, "CN=ada,O=Example\\, Inc");
  EXPECT_EQ(identity.issuer, identity.subject);
  EXPECT_EQ(identity.id, "1234AB");
  EXPECT_EQ(identity.issued_at_s, kFrom);
  EXPECT_EQ(identity.expires_at_s, kTo);
  EXPECT_EQ(identity.certificate_thumbprint.size(), 43U);
  const Claims claims(identity.claims);
  std::vector<std::string_view> names;
  EXPECT_EQ(claims.texts("dns", names), Claims::Read::kValid);
  EXPECT_EQ(names, (std::vector<std::string_view>{"a.example", "b.example"}));
  EXPECT_EQ(claims.texts("uri", names), Claims::Read::kValid);
  EXPECT_EQ(names, (std::vector<std::string_view>{"spiffe://x.example/ada"}));
  EXPECT_EQ(claims.texts("ip", names), Claims::Read::kValid);
  EXPECT_EQ(names, (std::vector<std::string_view>{"192.0.2.7", "2001:db8:0:0:0:0:0:1"}));
  // The same again, and from PEM.
  const auto again = worker.identify_pem(made.pem, kFrom);
  EXPECT_EQ(again.identity, verdict.identity);
  release(again.identity);
  release(verdict.identity);
}

TEST(Certificate, HasItsTime) {
  const Made made = make("ada", "");
  CertificateWorker worker;
  EXPECT_EQ(worker.identify(bytes(made.der), kFrom - 1).problem, CertificateProblem::kNotYetValid);
  EXPECT_EQ(worker.identify(bytes(made.der), kTo + 1).problem, CertificateProblem::kExpired);
  const auto last = worker.identify(bytes(made.der), kTo);
  EXPECT_EQ(last.problem, CertificateProblem::kNone);
  release(last.identity);
}

TEST(Certificate, MayBeRubbish) {
  const Made made = make("ada", "DNS:a.example");
  CertificateWorker worker;
  const auto problem = [&](const std::string& der) {
    const auto verdict = worker.identify(bytes(der), kFrom);
    release(verdict.identity);
    return verdict.problem;
  };
  EXPECT_EQ(problem(""), CertificateProblem::kMalformed);
  EXPECT_EQ(problem("x"), CertificateProblem::kMalformed);
  EXPECT_EQ(problem(made.der + "x"), CertificateProblem::kMalformed);
  EXPECT_EQ(problem(made.der.substr(0, made.der.size() - 1)), CertificateProblem::kMalformed);
  EXPECT_EQ(problem(std::string(70'000, 'x')), CertificateProblem::kMalformed);
  EXPECT_EQ(worker.identify_pem("-----BEGIN CERTIFICATE-----\nAAAA\n", kFrom).problem, CertificateProblem::kMalformed);
  EXPECT_EQ(worker.identify_pem(made.der, kFrom).problem, CertificateProblem::kMalformed);
  // A name with a NUL inside: "a.example" to whoever stops there.
  std::string trick = made.der;
  trick[trick.find("a.example") + 1] = '\0';
  EXPECT_EQ(problem(trick), CertificateProblem::kMalformed);
}

TEST(Certificate, BindsTokens) {
  CertificateWorker worker;
  const auto ada = worker.identify(bytes(make("ada", "").der), kFrom);
  const auto eve = worker.identify(bytes(make("eve", "").der), kFrom);
  Identity token;
  EXPECT_TRUE(certificate_binding_holds(token, nullptr, false));
  EXPECT_TRUE(certificate_binding_holds(token, ada.identity, false));
  EXPECT_FALSE(certificate_binding_holds(token, ada.identity, true));
  token.certificate_thumbprint = ada.identity->certificate_thumbprint;
  EXPECT_TRUE(certificate_binding_holds(token, ada.identity, true));
  EXPECT_TRUE(certificate_binding_holds(token, ada.identity, false));
  EXPECT_FALSE(certificate_binding_holds(token, eve.identity, false));
  EXPECT_FALSE(certificate_binding_holds(token, nullptr, false));
  release(ada.identity);
  release(eve.identity);
}

}  // namespace
}  // namespace portico::identity
