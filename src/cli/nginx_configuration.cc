// The text of nginx.conf.
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/nginx.h"
#include "http/host.h"

namespace portico::cli {
namespace {

constexpr std::uint64_t kConnections = 8192;  // of a worker, on both sides

// A word of nginx's configuration language.
std::string nginx_word(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// Lines of directives, indented by their depth.
class Lines {
 public:
  void add(std::string_view name, std::string_view value) { line(std::string(name) + ' ' + std::string(value) + ';'); }
  void path(std::string_view name, std::string_view value) { add(name, nginx_word(value)); }
  void time(std::string_view name, std::int64_t ns) { add(name, std::to_string(ns / 1'000'000) + "ms"); }
  void number(std::string_view name, std::uint64_t value) { add(name, std::to_string(value)); }
  void open(std::string_view name) {
    line(std::string(name) + " {");
    depth_ += 2;
  }
  void close() {
    depth_ -= 2;
    line("}");
  }
  void line(std::string_view text) { ((text_.append(depth_, ' ')) += text) += '\n'; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t depth_ = 0;
};

struct Server {
  std::string scheme;
  std::string address;  // host:port
  std::string host() const { return address.substr(0, address.rfind(':')); }
};

Result<Server> parse_server(const std::string& url) {
  const auto wrong = [&](std::string message) {
    return failure(ErrorCode::kInvalidArgument, std::move(message), {},
                   "Give it as http://HOST:PORT or https://HOST:PORT.");
  };
  const auto at = url.find("://");
  if (at == std::string::npos) return wrong("the upstream \"" + printable(url) + "\" is not a URL");
  Server server{.scheme = lower(url.substr(0, at)), .address = url.substr(at + 3)};
  if (server.address.ends_with('/')) server.address.pop_back();
  if (server.scheme != "http" && server.scheme != "https") return wrong("the upstream must be http or https");
  // Paths are not rewritten: what was decided on is what is forwarded.
  if (server.address.find_first_of("/?#") != std::string::npos) return wrong("the upstream must not have a path");
  if (!http::is_host(server.address)) return wrong("the upstream has no valid host");
  const bool has_port = server.address.rfind(':') != std::string::npos && !server.address.ends_with(']');
  if (!has_port) server.address += server.scheme == "https" ? ":443" : ":80";
  return server;
}

Result<std::vector<Server>> parse_servers(const std::vector<std::string>& urls, std::string scheme) {
  std::vector<Server> servers;
  for (const std::string& url : urls) {
    PORTICO_TRY(servers.emplace_back(), parse_server(url));
    if (scheme.empty()) scheme = servers.back().scheme;
    if (servers.back().scheme == scheme) continue;
    return failure(ErrorCode::kInvalidArgument, "the servers of an upstream are all http, or all https");
  }
  return servers;
}

Result<std::string> shared_memory_bytes(const std::string& text) {
  constexpr std::uint64_t kSmallest = std::uint64_t{128} << 10;
  constexpr std::uint64_t kLargest = std::uint64_t{64} << 30;
  const auto size = parse_size(text);
  if (size && *size >= kSmallest && *size <= kLargest) return std::to_string(*size);
  return failure(ErrorCode::kInvalidArgument,
                 "the shared memory \"" + printable(text) + "\" is not a size of at least 128k", {}, "Example: 8m");
}

// nginx compares certificates with names only.
Result<void> check_tls_names(const std::vector<Server>& servers, const policy::UpstreamTls& tls) {
  for (const Server& server : servers) {
    const std::string host = server.host();
    const bool is_address = host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string::npos;
    if (server.scheme != "https" || !tls.verify || !tls.name.empty() || !is_address) continue;
    return failure(ErrorCode::kInvalidArgument, "the upstream " + server.address + " has no name to be verified by", {},
                   "Name it by its host name, or say which name its certificate has: upstream.tls.name.");
  }
  return {};
}

class Configuration {
 public:
  explicit Configuration(const NginxSettings& settings) : s_(settings) {}

  Result<std::string> text();

 private:
  void main();
  void http(const std::string& shared_memory, const std::string& object_memory);
  void limits();
  void forwarded_proto();
  void upstream(std::string_view name, bool grpc);
  void server();
  void listen_tls();
  void location();
  void request_fields(std::string_view prefix);
  void upstream_tls(std::string_view prefix);
  void timeouts(std::string_view prefix);
  void grpc();
  void metrics();

  bool behind_proxies() const { return !s_.trusted_proxies.empty(); }
  bool limits_connections() const { return s_.listen.connections_per_address != 0 && !behind_proxies(); }

  const NginxSettings& s_;
  std::vector<Server> servers_;
  std::vector<Server> backups_;
  Lines out_;
};

void Configuration::main() {
  out_.line("# Written by portico for one run.");
  out_.path("load_module", s_.module);
  if (::geteuid() == 0) {
    // Workers must not keep root's rights.
    for (const char* name : {"www-data", "nginx", "nobody"}) {
      if (::getpwnam(name) == nullptr) continue;
      out_.add("user", name);
      break;
    }
  }
  // Two files for each connection, and what else is open.
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    out_.number("worker_rlimit_nofile", std::min<std::uint64_t>(files.rlim_max, 2 * kConnections + 1024));
  }
  out_.add("worker_processes", s_.workers);
  out_.add("daemon", "off");
  out_.path("pid", s_.run_directory + "/nginx.pid");
  out_.add("error_log", "stderr warn");
  out_.add("worker_shutdown_timeout", "10s");
  out_.open("events");
  out_.number("worker_connections", kConnections);
  out_.close();
}

void Configuration::http(const std::string& shared_memory, const std::string& object_memory) {
  out_.add("access_log", "off");
  out_.add("server_tokens", "off");
  out_.add("default_type", "application/octet-stream");
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    out_.path(std::string(kind) + "_temp_path", s_.run_directory + "/" + kind);
  }
  out_.time("client_header_timeout", s_.listen.header_timeout_ns);
  out_.time("client_body_timeout", s_.listen.body_timeout_ns);
  out_.time("send_timeout", s_.listen.send_timeout_ns);
  out_.time("keepalive_timeout", s_.listen.keepalive_timeout_ns);
  out_.add("keepalive_requests", "10000");
  out_.add("reset_timedout_connection", "on");
  out_.add("client_body_buffer_size", "64k");
  out_.add("large_client_header_buffers", "4 16k");
  out_.number("client_max_body_size", s_.max_request_body);
  out_.add("merge_slashes", "off");
  if (!s_.policy.empty()) out_.path("portico_policy", s_.policy);
  if (!s_.contract.empty()) out_.path("portico_contract", s_.contract);
  if (!s_.mode.empty()) out_.add("portico_mode", s_.mode);
  if (!s_.events.empty()) out_.path("portico_event_log", s_.events);
  out_.add("portico_shared_memory", shared_memory);
  out_.add("portico_object_memory", object_memory);
  limits();
  forwarded_proto();
}

void Configuration::limits() {
  if (!limits_connections()) return;
  out_.add("limit_conn_zone", "$binary_remote_addr zone=addresses:10m");
  out_.add("limit_conn_status", "429");
  out_.add("limit_conn_log_level", "info");
}

// The scheme that the client used, as a trusted proxy tells it.
void Configuration::forwarded_proto() {
  if (!behind_proxies()) return;
  out_.open("geo $portico_trusted");
  out_.add("default", "0");
  for (const std::string& network : s_.trusted_proxies) out_.add(network, "1");
  out_.close();
  out_.open("map \"$portico_trusted $http_x_forwarded_proto\" $portico_proto");
  out_.add("default", "$scheme");
  out_.add("\"1 http\"", "http");
  out_.add("\"1 https\"", "https");
  out_.close();
}

void Configuration::upstream(std::string_view name, bool grpc) {
  const policy::Upstream& u = s_.upstream;
  out_.open("upstream " + std::string(name));
  if (u.balance == policy::Balance::kLeastConnections) out_.line("least_conn;");
  if (u.balance == policy::Balance::kAddress) out_.line("hash $portico_client consistent;");
  // A server without others to take its place is always asked.
  const bool alone = servers_.size() + backups_.size() == 1;
  const std::string health =
      alone ? " max_fails=0"
            : " max_fails=" + std::to_string(u.max_fails) +
                  " fail_timeout=" + std::to_string(std::max<std::int64_t>(u.fail_timeout_ns / 1'000'000'000, 1)) + "s";
  for (const Server& server : servers_) out_.add("server", server.address + health);
  for (const Server& server : backups_) out_.add("server", server.address + health + " backup");
  if (u.keepalive != 0) {
    out_.number("keepalive", u.keepalive);
    out_.add("keepalive_requests", grpc ? "1000" : "10000");
  }
  out_.close();
}

void Configuration::listen_tls() {
  const policy::ListenTls& tls = s_.listen.tls;
  if (tls.certificate.empty()) return;
  out_.path("ssl_certificate", tls.certificate);
  out_.path("ssl_certificate_key", tls.key);
  out_.add("ssl_protocols", tls.least == policy::TlsVersion::k13 ? "TLSv1.3" : "TLSv1.2 TLSv1.3");
  // Forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
  out_.add("ssl_ciphers", "ECDHE+AESGCM:ECDHE+CHACHA20");
  out_.add("ssl_session_cache", "shared:tls:10m");
  out_.add("ssl_session_timeout", "1h");
  out_.add("ssl_session_tickets", "off");
  if (tls.client == policy::ClientCertificates::kNone) return;
  out_.path("ssl_client_certificate", tls.client_ca);
  out_.add("ssl_verify_client", tls.client == policy::ClientCertificates::kRequired ? "on" : "optional");
  out_.add("ssl_verify_depth", "4");
  if (!tls.client_crl.empty()) out_.path("ssl_crl", tls.client_crl);
}

// What the service is told of the request beside the client's own fields. Empty ones are not forwarded: they belong to
// the client's connection, or would tell the service of another client, host or path than the guard decided on.
void Configuration::request_fields(std::string_view prefix) {
  // Behind a balancer the chain is kept; from anybody else it is what the client made up.
  const std::string_view forwarded_for = behind_proxies() ? "$proxy_add_x_forwarded_for" : "$remote_addr";
  const std::string_view proto = behind_proxies() ? "$portico_proto" : "$scheme";
  const std::array<std::pair<std::string_view, std::string_view>, 7> told = {{{"Host", "$http_host"},
                                                                              {"X-Request-Id", "$request_id"},
                                                                              {"X-Forwarded-For", forwarded_for},
                                                                              {"X-Forwarded-Host", "$http_host"},
                                                                              {"X-Forwarded-Proto", proto},
                                                                              {"X-Real-IP", "$portico_client"},
                                                                              {"Accept-Encoding", "\"\""}}};
  constexpr std::array<std::string_view, 17> kDropped = {
      "Proxy",           "Proxy-Authorization", "Proxy-Connection",   "Trailer",
      "HTTP2-Settings",  "Forwarded",           "X-Forwarded-Server", "X-Forwarded-Prefix",
      "X-Host",          "X-Forwarded-Port",    "X-Original-Host",    "X-Original-Forwarded-For",
      "Client-IP",       "X-Client-IP",         "True-Client-IP",     "X-Cluster-Client-IP",
      "CF-Connecting-IP"};
  const std::string directive = std::string(prefix) + "_set_header";
  for (const auto& [name, value] : told) out_.add(directive, std::string(name) + ' ' + std::string(value));
  for (const std::string_view name : kDropped) out_.add(directive, std::string(name) + " \"\"");
}

void Configuration::upstream_tls(std::string_view prefix) {
  if (servers_.front().scheme != "https") return;
  const policy::UpstreamTls& tls = s_.upstream.tls;
  const std::string directive(prefix);
  out_.add(directive + "_ssl_verify", tls.verify ? "on" : "off");
  if (tls.verify) {
    out_.path(directive + "_ssl_trusted_certificate", tls.ca.empty() ? "/etc/ssl/certs/ca-certificates.crt" : tls.ca);
    out_.add(directive + "_ssl_verify_depth", "4");
  }
  out_.add(directive + "_ssl_protocols", "TLSv1.2 TLSv1.3");
  out_.add(directive + "_ssl_server_name", "on");
  out_.path(directive + "_ssl_name", tls.name.empty() ? servers_.front().host() : tls.name);
  if (tls.certificate.empty()) return;
  out_.path(directive + "_ssl_certificate", tls.certificate);
  out_.path(directive + "_ssl_certificate_key", tls.key);
}

void Configuration::timeouts(std::string_view prefix) {
  const policy::Upstream& u = s_.upstream;
  const std::string directive(prefix);
  out_.time(directive + "_connect_timeout", u.connect_timeout_ns);
  out_.time(directive + "_read_timeout", u.read_timeout_ns);
  out_.time(directive + "_send_timeout", u.send_timeout_ns);
  // A kept connection may have been closed in the meantime: what may be repeated is asked once more, of another server
  // if there is one. POST and PATCH are not repeated once they were sent.
  out_.add(directive + "_next_upstream", "error timeout");
  out_.add(directive + "_next_upstream_tries", "2");
}

// gRPC is HTTP/2 on both sides.
void Configuration::grpc() {
  if (!s_.grpc) return;
  out_.open("if ($content_type ~* \"^application/grpc(\\+[a-z]+)?(;|$)\")");
  out_.add("grpc_pass", std::string(servers_.front().scheme == "https" ? "grpcs" : "grpc") + "://service_grpc");
  out_.close();
  request_fields("grpc");
  upstream_tls("grpc");
  timeouts("grpc");
}

void Configuration::location() {
  out_.open("location /");
  out_.add("proxy_pass", servers_.front().scheme + "://service");
  out_.add("proxy_http_version", "1.1");
  out_.add("proxy_set_header", "Connection $portico_connection");
  out_.add("proxy_set_header", "Upgrade $portico_upgrade");
  request_fields("proxy");
  // The service may not tell nginx where else to get an answer, or to pass one by us.
  out_.add("proxy_ignore_headers",
           "X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset");
  timeouts("proxy");
  upstream_tls("proxy");
  if (limits_connections()) {
    out_.add("limit_conn", "addresses " + std::to_string(s_.listen.connections_per_address));
  }
  grpc();
  out_.close();
}

void Configuration::server() {
  out_.open("server");
  out_.add("listen", s_.listen.address + (s_.listen.tls.certificate.empty() ? "" : " ssl http2") + " backlog=4096");
  listen_tls();
  location();
  out_.close();
}

void Configuration::metrics() {
  if (s_.metrics.empty()) return;
  out_.open("server");
  out_.add("listen", s_.metrics);
  out_.add("portico_mode", "off");
  out_.open("location /");
  out_.add("return", "404");
  out_.close();
  out_.open("location = /metrics");
  out_.line("portico_status;");
  out_.close();
  out_.close();
}

Result<std::string> Configuration::text() {
  PORTICO_TRY(servers_, parse_servers(s_.upstream.servers, ""));
  PORTICO_TRY(backups_, parse_servers(s_.upstream.backups, servers_.front().scheme));
  PORTICO_CHECK_OK(check_tls_names(servers_, s_.upstream.tls));
  PORTICO_CHECK_OK(check_address(s_.listen.address, "the address to listen on"));
  if (!s_.metrics.empty()) PORTICO_CHECK_OK(check_address(s_.metrics, "the address for metrics"));
  if (s_.workers != "auto" && parse_uint(s_.workers).value_or(0) == 0) {
    return failure(ErrorCode::kInvalidArgument, "the number of workers must be a number or auto");
  }
  PORTICO_TRY(const std::string shared_memory, shared_memory_bytes(s_.shared_memory));
  PORTICO_TRY(const std::string object_memory, shared_memory_bytes(s_.object_memory));
  main();
  out_.open("http");
  http(shared_memory, object_memory);
  upstream("service", false);
  if (s_.grpc) upstream("service_grpc", true);
  server();
  metrics();
  out_.close();
  return out_.take();
}

}  // namespace

Result<std::string> nginx_configuration(const NginxSettings& settings) { return Configuration(settings).text(); }

}  // namespace portico::cli
