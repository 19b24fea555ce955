// The sections `listen` and `upstream`.
#include <array>

#include "policy/sections.h"

namespace portico::policy {
namespace {

using Word = std::string_view;
constexpr std::array kClients = {std::pair{Word("none"), ClientCertificates::kNone},
                                 std::pair{Word("optional"), ClientCertificates::kOptional},
                                 std::pair{Word("required"), ClientCertificates::kRequired}};
constexpr std::array kVersions = {std::pair{Word("1.2"), TlsVersion::k12}, std::pair{Word("1.3"), TlsVersion::k13}};
constexpr std::array kBalances = {std::pair{Word("round-robin"), Balance::kRoundRobin},
                                  std::pair{Word("least-connections"), Balance::kLeastConnections},
                                  std::pair{Word("address"), Balance::kAddress}};

void read_tls(Mapping& tls, ListenTls& to) {
  tls.file("certificate", to.certificate, "Certificate chain (PEM)").required();
  tls.file("key", to.key, "Private key (PEM)").required();
  tls.choice<TlsVersion>("least", to.least, kVersions, "The oldest version of TLS that is spoken");
  tls.choice<ClientCertificates>("client", to.client, kClients, "Whether clients must have a certificate");
  tls.file("client_ca", to.client_ca, "Who signs the clients' certificates (PEM)");
  tls.file("client_crl", to.client_crl, "Which of them are revoked (PEM)");
  tls.check(to.client == ClientCertificates::kNone || !to.client_ca.empty(),
            "certificates of clients cannot be verified without client_ca");
  tls.check(to.client != ClientCertificates::kNone || (to.client_ca.empty() && to.client_crl.empty()),
            "client_ca is given, but clients are not asked for certificates", "Add client: optional, or required.");
}

void read_tls(Mapping& tls, UpstreamTls& to) {
  tls.flag("verify", to.verify, "Whether the service's certificate is verified");
  tls.file("ca", to.ca, "Who signs it (PEM); the system's, if left out");
  tls.text("name", to.name, "The name that it must have; the server's host, if left out");
  tls.file("certificate", to.certificate, "The guard's own, for services that ask for one (PEM)");
  tls.file("key", to.key, "Its private key (PEM)");
  tls.check(to.certificate.empty() == to.key.empty(), "certificate and key go together");
}

}  // namespace

void read(Mapping& listen, Listen& to) {
  listen.text("address", to.address, "ADDRESS:PORT").required();
  listen.mapping("tls", "tls", [&](Mapping& tls) { read_tls(tls, to.tls); }, "Serve HTTPS and HTTP/2");
  listen.duration("header_timeout", to.header_timeout_ns, "How long a request's head may take");
  listen.duration("body_timeout", to.body_timeout_ns, "How long the next piece of a body may take");
  listen.duration("send_timeout", to.send_timeout_ns, "How long a client may take none of an answer");
  listen.duration("keepalive_timeout", to.keepalive_timeout_ns, "How long idle connections are kept");
  listen.count("connections_per_address", to.connections_per_address, 0, 1'000'000,
               "At most so many requests at once from an address (not behind trusted proxies); 0: any number");
}

void read(Mapping& upstream, Upstream& to) {
  upstream.texts("servers", to.servers, "http://HOST:PORT or https://HOST:PORT, all of one scheme").required();
  upstream.texts("backups", to.backups, "Servers that are asked when none of the others answers");
  upstream.choice<Balance>("balance", to.balance, kBalances, "How requests are spread over the servers");
  upstream.duration("connect_timeout", to.connect_timeout_ns, "How long a connection may take");
  upstream.duration("read_timeout", to.read_timeout_ns, "How long the next piece of an answer may take");
  upstream.duration("send_timeout", to.send_timeout_ns, "How long a server may take none of a request");
  upstream.count("keepalive", to.keepalive, 0, 100'000, "Idle connections that each worker keeps");
  upstream.count("max_fails", to.max_fails, 0, 1'000'000,
                 "After so many failures a server is left alone for fail_timeout; 0: never");
  upstream.duration("fail_timeout", to.fail_timeout_ns, "The time in which they count, and for which it is");
  upstream.mapping("tls", "tls", [&](Mapping& tls) { read_tls(tls, to.tls); }, "How https servers are spoken to");
}

}  // namespace portico::policy
