// The client's certificate (mutual TLS), as nginx has verified it.
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "module.h"

namespace portico::nginx {

// The bytes are the worker's until its next call.
std::span<const std::uint8_t> client_certificate(const ngx_connection_t& connection) {
  if (connection.ssl == nullptr) return {};
  const SSL* ssl = connection.ssl->connection;
  // Of the session, so that a resumed one has it too.
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return {};
  auto& bytes = worker().certificate;
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return {};
  bytes.resize(static_cast<std::size_t>(size));
  std::uint8_t* end = bytes.data();
  if (i2d_X509(certificate, &end) != size) return {};
  return bytes;
}

}  // namespace portico::nginx
