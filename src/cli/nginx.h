// nginx as the guard's host: its configuration file, made from what the user said, and its process, run in the
// foreground.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "policy/server.h"

namespace portico::cli {

struct NginxSettings {
  std::string nginx;          // path of the nginx program
  std::string module;         // path of ngx_http_portico_module.so
  std::string run_directory;  // everything nginx writes goes here
  std::string metrics;        // "127.0.0.1:9145"; empty: none
  policy::Listen listen;
  policy::Upstream upstream;
  bool grpc = false;  // the contract has operations of that media type
  std::string workers = "auto";
  std::string policy;                        // absolute path, or empty
  std::string contract;                      // absolute path, or empty
  std::string mode;                          // block, monitor, or empty
  std::string events;                        // absolute path, "-", or empty
  std::vector<std::string> trusted_proxies;  // whose X-Forwarded-For tells the client's address
  std::string shared_memory = "8m";
  std::string object_memory = "16m";
  std::uint64_t max_request_body = 0;  // 0: any
};

// An Error unless it is ADDRESS:PORT; `what` is what it is called there.
Result<void> check_address(const std::string& address, std::string_view what);

// The text of nginx.conf.
Result<std::string> nginx_configuration(const NginxSettings& settings);

// The nginx program and our module: where they are installed, or beside this program.
Result<std::string> find_nginx();
Result<std::string> find_module();

// A folder that exists as long as this object.
class RunDirectory {
 public:
  static Result<RunDirectory> make();
  RunDirectory(RunDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  RunDirectory& operator=(RunDirectory&&) = delete;
  ~RunDirectory();
  const std::string& path() const { return path_; }

 private:
  explicit RunDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// "host:port" to whether something accepts connections there.
bool accepts_connections(const std::string& address);

// Whether this process could listen there now; an Error says why not.
Result<void> can_listen(const std::string& address);

}  // namespace portico::cli
