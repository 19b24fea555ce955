// References between schema resources: base/uri.h with fragments apart, as a fragment names a place inside a resource.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/uri.h"

namespace portico::schema {

// The resource that `reference` means when it is read in `base`; without fragment.
inline std::string resolve_resource(std::string_view base, std::string_view reference) {
  return resolve_uri(base, without_fragment(reference));
}

// The fragment, percent-decoded; empty when there is none, nothing when an escape is malformed.
inline std::optional<std::string> fragment_of(std::string_view reference) {
  return percent_decode(split_uri(reference).fragment.value_or(std::string_view()));
}

}  // namespace portico::schema
