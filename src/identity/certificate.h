// Client certificates (mutual TLS). Whether a certificate is genuine is TLS's work (nginx verifies the chain); here it
// becomes an identity, and tokens that are bound to it are compared with it (RFC 8705, section 3).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "identity/identity.h"
#include "identity/revocation.h"

namespace portico::identity {

enum class CertificateProblem : std::uint8_t { kNone, kMalformed, kExpired, kNotYetValid, kRevoked };

std::string_view name(CertificateProblem problem);

struct CertificateVerdict {
  CertificateProblem problem = CertificateProblem::kNone;
  const Identity* identity = nullptr;  // as in TokenVerdict
};

// Reads certificates and keeps what it read for the next request of the same connection. One a worker.
class CertificateWorker {
 public:
  CertificateWorker();
  ~CertificateWorker();
  CertificateWorker(CertificateWorker&&) noexcept;
  CertificateWorker& operator=(CertificateWorker&&) noexcept;

  // `der`: the end-entity certificate, whole. The identity's subject is the distinguished name by RFC 4514, its digest
  // the SHA-256 thumbprint, and its certificate_thumbprint the same in base64url.
  CertificateVerdict identify(std::span<const std::uint8_t> der, std::int64_t now_s,
                              const RevocationView* revocations = nullptr);
  // The same from PEM, as nginx's $ssl_client_raw_cert has it.
  CertificateVerdict identify_pem(std::string_view pem, std::int64_t now_s,
                                  const RevocationView* revocations = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether a token may be used over a connection with this certificate (null: with none): its `cnf.x5t#S256` is the
// certificate's thumbprint. A token that is bound to none may be used only if `required` is false.
bool certificate_binding_holds(const Identity& token, const Identity* certificate, bool required);

}  // namespace portico::identity
