#include "identity/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/text.h"
#include "identity/cache.h"
#include "identity/digest.h"
#include "identity/openssl.h"
#include "identity/record.h"

namespace portico::identity {
namespace {

constexpr std::size_t kMaxBytes = 65536;
constexpr std::size_t kCacheEntries = 512;
constexpr std::size_t kCacheBytes = std::size_t{4} << 20;
constexpr int kMostNames = 1000;

using GeneralNames = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

// RFC 4514.
std::string distinguished_name(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string hexadecimal(const ASN1_INTEGER* serial) {
  const BigNumber number(ASN1_INTEGER_to_BN(serial, nullptr));
  char* text = number ? BN_bn2hex(number.get()) : nullptr;
  std::string out = text == nullptr ? "" : text;
  OPENSSL_free(text);
  return out;
}

bool seconds_of(const ASN1_TIME* time, std::int64_t& to) {
  const std::unique_ptr<ASN1_TIME, Freed<ASN1_STRING_free>> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return false;
  to = std::int64_t{days} * 86400 + seconds;
  return true;
}

std::string address_text(std::string_view bytes) {
  std::string out;
  if (bytes.size() == 4) {
    for (const char c : bytes) out += (out.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(c));
  } else {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
      std::array<char, 8> group{};
      std::snprintf(
          group.data(), group.size(), "%s%x", i == 0 ? "" : ":",
          static_cast<unsigned>(static_cast<unsigned char>(bytes[i])) << 8 | static_cast<unsigned char>(bytes[i + 1]));
      out += group.data();
    }
  }
  return out;
}

// The names of one kind among the alternative names (RFC 5280, section 4.2.1.6), as an array. False for what is not
// printable ASCII: a NUL inside of a name is an old trick.
bool write_names(json::TapeBuilder& claims, std::string_view key, const GENERAL_NAMES* names, int kind) {
  claims.key(key);
  claims.begin_array();
  const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names);
  bool good = count <= kMostNames;
  for (int i = 0; good && i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != kind) continue;
    const ASN1_STRING* text = kind == GEN_IPADD ? name->d.iPAddress : name->d.ia5;
    const std::string_view bytes =
        text_of(std::span(ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))));
    if (kind == GEN_IPADD) {
      claims.string(address_text(bytes));
      continue;
    }
    good = std::ranges::all_of(bytes, [](char c) { return c >= 0x20 && c < 0x7f; });
    claims.string(bytes);
  }
  claims.end_array();
  return good;
}

bool fill(Record& record, X509* certificate) {
  record.method = Method::kCertificate;
  record.texts.reserve(4);  // views lead into them
  record.subject = record.texts.emplace_back(distinguished_name(X509_get_subject_name(certificate)));
  record.issuer = record.texts.emplace_back(distinguished_name(X509_get_issuer_name(certificate)));
  record.id = record.texts.emplace_back(hexadecimal(X509_get0_serialNumber(certificate)));
  if (invalid_utf8(record.subject) != std::string_view::npos || invalid_utf8(record.issuer) != std::string_view::npos) {
    return false;
  }
  record.digest = sha256(record.credential);
  std::string& thumbprint = record.texts.emplace_back();
  append_base64url(thumbprint, as_text(record.digest));
  record.certificate_thumbprint = thumbprint;
  if (!seconds_of(X509_get0_notBefore(certificate), record.issued_at_s) ||
      !seconds_of(X509_get0_notAfter(certificate), record.expires_at_s)) {
    return false;
  }
  record.valid_from_s = record.issued_at_s;
  record.valid_before_s = record.expires_at_s + 1;  // notAfter is within (RFC 5280, section 4.1.2.5)

  int critical = -1;
  const GeneralNames names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, nullptr)));
  // -1: there is none; -2: several.
  if (!names && critical != -1) return false;
  json::TapeBuilder claims;
  claims.begin_object();
  for (const auto& [key, text] :
       {std::pair("subject", record.subject), std::pair("issuer", record.issuer), std::pair("serial", record.id),
        std::pair("thumbprint", record.certificate_thumbprint)}) {
    claims.key(key);
    claims.string(text);
  }
  const bool good =
      write_names(claims, "dns", names.get(), GEN_DNS) && write_names(claims, "uri", names.get(), GEN_URI) &&
      write_names(claims, "email", names.get(), GEN_EMAIL) && write_names(claims, "ip", names.get(), GEN_IPADD);
  if (!good) return false;
  claims.end_object();
  record.keep_claims(claims.finish());
  return true;
}

CertificateVerdict verdict_of(const Record& record, std::int64_t now_s, const RevocationView* revocations) {
  if (now_s < record.valid_from_s) return {.problem = CertificateProblem::kNotYetValid};
  if (now_s >= record.valid_before_s) return {.problem = CertificateProblem::kExpired};
  if (revocations != nullptr && revocations->revoked(record, now_s)) return {.problem = CertificateProblem::kRevoked};
  return {.identity = hold(&record)};
}

}  // namespace

std::string_view name(CertificateProblem problem) {
  constexpr std::array<std::string_view, 5> kNames = {"none", "malformed", "expired", "not-yet-valid", "revoked"};
  return kNames[static_cast<std::size_t>(problem)];
}

struct CertificateWorker::State {
  Cache cache{kCacheEntries, kCacheBytes};  // by DER, and by PEM where that is what the host has
};

CertificateWorker::CertificateWorker() : state_(std::make_unique<State>()) {}
CertificateWorker::~CertificateWorker() = default;
CertificateWorker::CertificateWorker(CertificateWorker&&) noexcept = default;
CertificateWorker& CertificateWorker::operator=(CertificateWorker&&) noexcept = default;

CertificateVerdict CertificateWorker::identify(std::span<const std::uint8_t> der, std::int64_t now_s,
                                               const RevocationView* revocations) {
  const std::string_view text = text_of(der);
  if (text.size() > kMaxBytes) return {.problem = CertificateProblem::kMalformed};
  if (const Record* known = state_->cache.find(text)) return verdict_of(*known, now_s, revocations);
  const unsigned char* at = der.data();
  const X509Handle certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  auto record = std::make_unique<Record>();
  record->credential = text;
  if (!certificate || at != der.data() + der.size() || !fill(*record, certificate.get())) {
    return {.problem = CertificateProblem::kMalformed};
  }
  const Record* made = record.release();
  state_->cache.insert(made);
  const CertificateVerdict verdict = verdict_of(*made, now_s, revocations);
  release(made);
  return verdict;
}

CertificateVerdict CertificateWorker::identify_pem(std::string_view pem, std::int64_t now_s,
                                                   const RevocationView* revocations) {
  if (pem.size() > 2 * kMaxBytes) return {.problem = CertificateProblem::kMalformed};
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  char* kind = nullptr;
  char* header = nullptr;
  unsigned char* der = nullptr;
  long size = 0;
  const bool read = PEM_read_bio(bio.get(), &kind, &header, &der, &size) == 1;
  const bool wanted = read && std::string_view(kind) == PEM_STRING_X509;
  CertificateVerdict verdict{.problem = CertificateProblem::kMalformed};
  if (wanted) verdict = identify(std::span(der, static_cast<std::size_t>(size)), now_s, revocations);
  OPENSSL_free(kind);
  OPENSSL_free(header);
  OPENSSL_free(der);
  ERR_clear_error();
  return verdict;
}

bool certificate_binding_holds(const Identity& token, const Identity* certificate, bool required) {
  if (token.certificate_thumbprint.empty()) return !required;
  return certificate != nullptr &&
         equal_in_constant_time(token.certificate_thumbprint, certificate->certificate_thumbprint);
}

}  // namespace portico::identity
