// A finding that somebody answers for, for a while: it is shown, and no gate fails on it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace portico::policy {

struct Waiver {
  std::string fingerprint;   // docs/formats/fingerprint.md
  std::string owner;         // who answers for it
  std::string reason;        // why it is no danger, or what is done instead
  std::int64_t expires = 0;  // seconds since 1970; from then on it holds no more
  std::string until;         // the same as it is written
  Place place;
};

}  // namespace portico::policy
