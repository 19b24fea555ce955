// SHA-256 without an allocation a call.
#pragma once

#include <string_view>

#include "identity/identity.h"

namespace portico::identity {

// Of `first` and `second`, one after the other.
Digest sha256(std::string_view first, std::string_view second = {});

inline std::string_view as_text(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Whether they are equal, in a time that does not depend on where they differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace portico::identity
