// Keeps one issuer's key set fresh: fetches it as often as the server says it changes, within bounds, and publishes
// what is a good set. What is not, or cannot be had, leaves the last good one in force and is tried again soon.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "identity/algorithm.h"
#include "serve/fetch.h"
#include "serve/task.h"

namespace portico::serve {

struct KeySource {
  std::string url;
  std::vector<identity::Algorithm> algorithms;  // that the policy allows; empty: all
};

struct RefreshTimes {
  std::int64_t least_ns = INT64_C(30) * 1'000'000'000;   // not more often, whatever the server says
  std::int64_t most_ns = INT64_C(3600) * 1'000'000'000;  // not less often
  std::int64_t usual_ns = INT64_C(300) * 1'000'000'000;  // where the server says nothing
  std::int64_t retry_ns = INT64_C(2) * 1'000'000'000;    // after a failure; doubled with each, up to `usual_ns`
};

class KeyRefresh : public Task {
 public:
  KeyRefresh(KeySource source, std::string state, FetchLimits limits, RefreshTimes times, Report report);

  std::int64_t run(std::stop_token stop) override;

 private:
  Result<void> refresh(const std::stop_token& stop);
  std::int64_t next() const;

  KeySource source_;
  std::string state_;
  FetchLimits limits_;
  RefreshTimes times_;
  Report report_;
  std::string entity_tag_;
  std::int64_t fresh_ns_ = 0;
  int failures_ = 0;
  std::string last_error_;
};

}  // namespace portico::serve
