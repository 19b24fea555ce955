// Where the guard listens and what stands behind it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace portico::policy {

enum class ClientCertificates : std::uint8_t {
  kNone,      // are not asked for
  kOptional,  // are verified where there is one
  kRequired,
};

enum class TlsVersion : std::uint8_t { k12, k13 };

// Certificates and keys are paths of PEM files.
struct ListenTls {
  std::string certificate;  // chain; empty: no TLS
  std::string key;
  TlsVersion least = TlsVersion::k12;
  ClientCertificates client = ClientCertificates::kNone;
  std::string client_ca;
  std::string client_crl;
};

// Times are nanoseconds.
struct Listen {
  std::string address;  // "address:port"; empty: the policy names none
  ListenTls tls;
  std::int64_t header_timeout_ns = INT64_C(15'000'000'000);     // until a request's head is there
  std::int64_t body_timeout_ns = INT64_C(30'000'000'000);       // between two pieces of a body
  std::int64_t send_timeout_ns = INT64_C(30'000'000'000);       // between two pieces of an answer that the client takes
  std::int64_t keepalive_timeout_ns = INT64_C(65'000'000'000);  // that an idle connection is kept
  std::uint64_t connections_per_address = 512;                  // 0: any number
};

enum class Balance : std::uint8_t { kRoundRobin, kLeastConnections, kAddress };

struct UpstreamTls {
  bool verify = true;
  std::string ca;           // empty: the system's
  std::string name;         // for SNI and the certificate; empty: the server's host
  std::string certificate;  // of the guard, for services that ask for one
  std::string key;
};

struct Upstream {
  std::vector<std::string> servers;  // "http://host:port"; all of one scheme; empty: the policy names none
  std::vector<std::string> backups;  // asked when none of the above answers
  Balance balance = Balance::kRoundRobin;
  std::int64_t connect_timeout_ns = INT64_C(5'000'000'000);
  std::int64_t read_timeout_ns = INT64_C(60'000'000'000);  // between two pieces of an answer, or of a stream
  std::int64_t send_timeout_ns = INT64_C(60'000'000'000);
  std::uint64_t keepalive = 64;  // idle connections kept, for each worker
  std::uint64_t max_fails = 3;   // in fail_timeout; then the server is left alone for as long, if there are others
  std::int64_t fail_timeout_ns = INT64_C(10'000'000'000);
  UpstreamTls tls;

  bool named() const { return !servers.empty(); }
  bool encrypted() const { return named() && servers.front().starts_with("https:"); }
};

}  // namespace portico::policy
