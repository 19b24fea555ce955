// One document from an HTTPS server, within limits of time and size. TLS is verified against the system's authorities
// or a file of others; redirects are not followed, so that a document comes from where it was looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace portico::serve {

struct FetchLimits {
  std::int64_t connect_ms = 5'000;
  std::int64_t total_ms = 10'000;
  std::size_t max_bytes = std::size_t{256} << 10;
  std::string authorities;  // a PEM file; empty: the system's
};

struct Fetched {
  bool unchanged = false;  // 304: what bears the entity tag that was sent is still in force
  std::string body;
  std::string entity_tag;               // empty: it has none
  std::optional<std::int64_t> fresh_s;  // Cache-Control: max-age; 0 for no-store and no-cache
};

// Whether documents may come from there: https, and http from this machine itself (for tests, and side cars).
Result<void> check_source(const std::string& url);

// An Error names the URL without its query, and what was wrong. `entity_tag` is of the document that is had already.
Result<Fetched> fetch(const std::string& url, const std::string& entity_tag, const FetchLimits& limits,
                      const std::stop_token& stop);

}  // namespace portico::serve
