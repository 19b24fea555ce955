#include "cli/nginx.h"

#include <netdb.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>

#include "base/text.h"

namespace portico::cli {
namespace {

namespace fs = std::filesystem;

// A word of nginx's configuration language.
std::string nginx_word(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

struct Upstream {
  std::string scheme;
  std::string address;  // host:port
};

Result<Upstream> parse_upstream(const std::string& url) {
  const auto wrong = [&](std::string message) {
    return failure(ErrorCode::kInvalidArgument, std::move(message), {},
                   "Give it as http://HOST:PORT or https://HOST:PORT.");
  };
  const auto at = url.find("://");
  if (at == std::string::npos) return wrong("the upstream \"" + printable(url) + "\" is not a URL");
  Upstream upstream{.scheme = lower(url.substr(0, at)), .address = url.substr(at + 3)};
  if (upstream.address.ends_with('/')) upstream.address.pop_back();
  if (upstream.scheme != "http" && upstream.scheme != "https") return wrong("the upstream must be http or https");
  // Paths are not rewritten: what was decided on is what is forwarded.
  if (upstream.address.find_first_of("/?#") != std::string::npos) return wrong("the upstream must not have a path");
  constexpr std::string_view kHostBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[]:";
  if (upstream.address.empty() || upstream.address.find_first_not_of(kHostBytes) != std::string::npos) {
    return wrong("the upstream has no valid host");
  }
  const bool has_port = upstream.address.rfind(':') != std::string::npos && !upstream.address.ends_with(']');
  if (!has_port) upstream.address += upstream.scheme == "https" ? ":443" : ":80";
  return upstream;
}

Result<void> check_address(const std::string& address, std::string_view what) {
  constexpr std::string_view kBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-[]:*";
  const auto colon = address.rfind(':');
  const auto port =
      colon == std::string::npos ? 0 : parse_uint(std::string_view(address).substr(colon + 1)).value_or(0);
  if (address.find_first_not_of(kBytes) == std::string::npos && port >= 1 && port <= 65535) return {};
  return failure(ErrorCode::kInvalidArgument, std::string(what) + " \"" + printable(address) + "\" is not ADDRESS:PORT",
                 {}, "Example: 127.0.0.1:8080");
}

Result<std::string> shared_memory_bytes(const std::string& text) {
  constexpr std::uint64_t kSmallest = std::uint64_t{128} << 10;
  constexpr std::uint64_t kLargest = std::uint64_t{64} << 30;
  const auto size = parse_size(text);
  if (size && *size >= kSmallest && *size <= kLargest) return std::to_string(*size);
  return failure(ErrorCode::kInvalidArgument,
                 "the shared memory \"" + printable(text) + "\" is not a size of at least 128k", {}, "Example: 8m");
}

// Workers must not keep root's rights.
std::string user_line() {
  if (::geteuid() != 0) return {};
  for (const char* name : {"www-data", "nginx", "nobody"}) {
    if (::getpwnam(name) != nullptr) return std::string("user ") + name + ";\n";
  }
  return {};
}

std::string guard_lines(const NginxSettings& s, const std::string& shared_memory) {
  std::string out;
  if (!s.policy.empty()) out += "  portico_policy " + nginx_word(s.policy) + ";\n";
  if (!s.contract.empty()) out += "  portico_contract " + nginx_word(s.contract) + ";\n";
  if (!s.mode.empty()) out += "  portico_mode " + s.mode + ";\n";
  if (!s.events.empty()) out += "  portico_event_log " + nginx_word(s.events) + ";\n";
  return out + "  portico_shared_memory " + shared_memory + ";\n";
}

std::string temporary_paths(const std::string& directory) {
  std::string out;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    out += std::string("  ") + kind + "_temp_path " + nginx_word(directory + "/" + kind) + ";\n";
  }
  return out;
}

// What the service is told of the request beside the client's own fields. Empty ones are not forwarded: they belong to
// the client's connection, or would tell the service of another client, host or path than the guard decided on.
std::string request_field_lines(const NginxSettings& s) {
  // Behind a balancer the chain is kept; from anybody else it is what the client made up.
  const std::string_view forwarded_for = s.trusted_proxies.empty() ? "$remote_addr" : "$proxy_add_x_forwarded_for";
  const std::array<std::pair<std::string_view, std::string_view>, 9> told = {{{"Host", "$http_host"},
                                                                              {"Connection", "$portico_connection"},
                                                                              {"Upgrade", "$portico_upgrade"},
                                                                              {"X-Request-Id", "$request_id"},
                                                                              {"X-Forwarded-For", forwarded_for},
                                                                              {"X-Forwarded-Host", "$http_host"},
                                                                              {"X-Forwarded-Proto", "$scheme"},
                                                                              {"X-Real-IP", "$portico_client"},
                                                                              {"Accept-Encoding", "\"\""}}};
  constexpr std::string_view kDropped[] = {"Proxy",
                                           "Proxy-Authorization",
                                           "Proxy-Connection",
                                           "Trailer",
                                           "HTTP2-Settings",
                                           "Forwarded",
                                           "X-Forwarded-Server",
                                           "X-Forwarded-Prefix",
                                           "X-Forwarded-Port",
                                           "X-Original-Host",
                                           "X-Host",
                                           "Client-IP",
                                           "X-Client-IP",
                                           "True-Client-IP",
                                           "X-Cluster-Client-IP",
                                           "CF-Connecting-IP",
                                           "X-Original-Forwarded-For"};
  std::string out;
  const auto add = [&](std::string_view name, std::string_view value) {
    ((((out += "      proxy_set_header ") += name) += ' ') += value) += ";\n";
  };
  for (const auto& [name, value] : told) add(name, value);
  for (const std::string_view name : kDropped) add(name, "\"\"");
  return out;
}

std::string tls_lines(const NginxSettings& s) {
  if (s.tls_certificate.empty()) return {};
  return "    ssl_certificate " + nginx_word(s.tls_certificate) + ";\n    ssl_certificate_key " +
         nginx_word(s.tls_key) + ";\n    ssl_protocols TLSv1.2 TLSv1.3;\n";
}

std::string upstream_tls_lines(const Upstream& upstream) {
  if (upstream.scheme != "https") return {};
  const auto host = upstream.address.substr(0, upstream.address.rfind(':'));
  return "      proxy_ssl_verify on;\n      proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;\n"
         "      proxy_ssl_server_name on;\n      proxy_ssl_name " +
         nginx_word(host) + ";\n";
}

}  // namespace

Result<std::string> nginx_configuration(const NginxSettings& s) {
  PORTICO_TRY(const Upstream upstream, parse_upstream(s.upstream));
  PORTICO_CHECK_OK(check_address(s.listen, "the address to listen on"));
  if (s.workers != "auto" && parse_uint(s.workers).value_or(0) == 0) {
    return failure(ErrorCode::kInvalidArgument, "the number of workers must be a number or auto");
  }
  PORTICO_TRY(const std::string shared_memory, shared_memory_bytes(s.shared_memory));
  const bool tls = !s.tls_certificate.empty();
  std::string out =
      "# Written by portico for one run.\nload_module " + nginx_word(s.module) + ";\n" + user_line() +
      "worker_processes " + s.workers + ";\ndaemon off;\npid " + nginx_word(s.run_directory + "/nginx.pid") +
      ";\nerror_log stderr warn;\nworker_shutdown_timeout 10s;\nevents {\n  worker_connections 8192;\n}\n"
      "http {\n  access_log off;\n  server_tokens off;\n  default_type application/octet-stream;\n" +
      temporary_paths(s.run_directory) +
      "  client_header_timeout 15s;\n  client_body_timeout 30s;\n  send_timeout 30s;\n"
      "  client_body_buffer_size 64k;\n  large_client_header_buffers 4 16k;\n"
      "  client_max_body_size " +
      std::to_string(s.max_request_body) + ";\n  merge_slashes off;\n" + guard_lines(s, shared_memory) +
      "  upstream service {\n    server " + upstream.address +
      " max_fails=0;\n    keepalive 64;\n  }\n"
      "  server {\n    listen " +
      s.listen + (tls ? " ssl http2" : "") + " backlog=4096;\n" + tls_lines(s) + "    location / {\n      proxy_pass " +
      upstream.scheme + "://service;\n      proxy_http_version 1.1;\n" + request_field_lines(s) +
      // The service may not tell nginx where else to get an answer, or to pass one by us.
      "      proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering "
      "X-Accel-Charset;\n"
      "      proxy_connect_timeout 5s;\n      proxy_next_upstream off;\n" +
      upstream_tls_lines(upstream) + "    }\n  }\n";
  if (!s.metrics.empty()) {
    PORTICO_CHECK_OK(check_address(s.metrics, "the address for metrics"));
    out += "  server {\n    listen " + s.metrics +
           ";\n    portico_mode off;\n    location / {\n      return 404;\n    }\n"
           "    location = /metrics {\n      portico_status;\n    }\n  }\n";
  }
  return out + "}\n";
}

Result<std::string> find_nginx() {
  std::vector<std::string> folders = {"/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"};
  if (const char* path = ::getenv("PATH")) {
    for (const auto folder : split(path, ':')) folders.emplace_back(folder);
  }
  for (const std::string& folder : folders) {
    std::string candidate = folder + "/nginx";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return failure(ErrorCode::kNotFound, "nginx is not installed", {}, "Install the package nginx.");
}

Result<std::string> find_module() {
  constexpr std::string_view kName = "ngx_http_portico_module.so";
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path folder = program.parent_path();
  for (const fs::path& candidate : {folder / kName, folder.parent_path() / "lib/nginx/modules" / kName,
                                    folder.parent_path() / "lib/x86_64-linux-gnu/nginx/modules" / kName,
                                    fs::path("/usr/lib/nginx/modules") / kName}) {
    if (::access(candidate.c_str(), R_OK) == 0) return candidate.string();
  }
  return failure(ErrorCode::kNotFound, std::string(kName) + " is neither beside this program nor installed", {},
                 "Build it with nginx-dev installed, or name it with --module.");
}

Result<RunDirectory> RunDirectory::make() {
  const char* runtime = ::getenv("XDG_RUNTIME_DIR");
  const bool usable = runtime != nullptr && ::access(runtime, W_OK) == 0 && ::geteuid() != 0;
  std::string pattern = std::string(usable ? runtime : "/tmp") + "/portico-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return io_failure("cannot make a folder for this run", pattern, errno);
  // Workers pass through it to their own folders inside; they cannot list or write it.
  if (::geteuid() == 0 && ::chmod(pattern.c_str(), 0711) != 0) return io_failure("cannot set rights", pattern, errno);
  return RunDirectory(std::move(pattern));
}

RunDirectory::~RunDirectory() {
  std::error_code error;
  if (!path_.empty()) fs::remove_all(path_, error);
}

namespace {

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

AddressList resolve(const std::string& address, int flags) {
  const auto colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const bool any = host == "*";
  const addrinfo hints{.ai_flags = flags, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (::getaddrinfo(any ? nullptr : host.c_str(), address.substr(colon + 1).c_str(), &hints, &found) != 0) {
    found = nullptr;
  }
  return {found, &::freeaddrinfo};
}

}  // namespace

bool accepts_connections(const std::string& address) {
  const auto found = resolve(address, 0);
  if (found == nullptr) return false;
  const Socket socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(socket.get(), found->ai_addr, found->ai_addrlen) == 0;
}

Result<void> can_listen(const std::string& address) {
  PORTICO_CHECK_OK(check_address(address, "the address to listen on"));
  const auto found = resolve(address, AI_PASSIVE);
  if (found == nullptr) return failure(ErrorCode::kInvalidArgument, "cannot resolve \"" + printable(address) + "\"");
  const Socket socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) == 0) return {};
  return io_failure("cannot listen", address, errno);
}

}  // namespace portico::cli
