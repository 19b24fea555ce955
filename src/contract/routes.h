// Which operation does a request mean? Base paths of the servers in force, then segments: concrete beats templated
// (OpenAPI "Path Templating Matching"). Built once, read by many threads. Matching is linear in the path's length
// whatever the number of operations, and does not allocate.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "contract/model.h"

namespace portico::contract {

struct PathArgument {
  const std::string_view* name;  // the template's variable
  std::string_view value;        // raw, as sent: percent-encoding untouched
};

struct Match {
  enum class Outcome : std::uint8_t { kFound, kNoPath, kNoMethod };
  static constexpr std::size_t kMaxArguments = 16;

  Outcome outcome = Outcome::kNoPath;
  const Operation* operation = nullptr;  // kFound
  std::uint32_t path_index = ~0U;        // kFound, kNoMethod: which path template, for Routes::allowed_methods
  std::array<PathArgument, kMaxArguments> arguments{};
  std::size_t argument_count = 0;
  // kFound: a server that ignores the case of letters, or what stands behind a ';' or is a dot at a segment's end,
  // would take the path for that of a more concrete template ("/users/ADMIN" beside "/users/admin").
  bool resembles_other = false;
};

class Routes {
 public:
  // The contract must outlive the routes.
  explicit Routes(const Contract& contract);
  ~Routes();
  Routes(Routes&&) noexcept;
  Routes& operator=(Routes&&) noexcept;

  // `path` is the raw path of the request target, without query. Segments are compared after percent-decoding, once.
  // TRACE and CONNECT are never found, even where the contract declares them: one echoes credentials (RFC 9110, section
  // 9.3.8), the other makes a tunnel. HEAD is found where the contract declares HEAD only; what stands for it is the
  // caller's decision.
  Match match(std::string_view method, std::string_view path) const;

  // For the Allow field of a 405 answer: "GET, POST".
  std::string_view allowed_methods(std::uint32_t path_index) const;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

}  // namespace portico::contract
