#include "cli/nginx.h"

#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>

#include "base/text.h"

namespace portico::cli {

namespace fs = std::filesystem;

Result<void> check_address(const std::string& address, std::string_view what) {
  constexpr std::string_view kBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-[]:*";
  const auto colon = address.rfind(':');
  const auto port =
      colon == std::string::npos ? 0 : parse_uint(std::string_view(address).substr(colon + 1)).value_or(0);
  if (address.find_first_not_of(kBytes) == std::string::npos && port >= 1 && port <= 65535) return {};
  return failure(ErrorCode::kInvalidArgument, std::string(what) + " \"" + printable(address) + "\" is not ADDRESS:PORT",
                 {}, "Example: 127.0.0.1:8080");
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
