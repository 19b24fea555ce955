// References between schema resources: RFC 3986, section 5, for absolute bases of any scheme (URNs included).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace portico::schema {

// `reference` against `base`, dot segments removed; without fragment.
std::string resolve_uri(std::string_view base, std::string_view reference);

// The fragment behind '#', percent-decoded; empty when there is none, nothing when an escape is malformed.
std::optional<std::string> fragment_of(std::string_view reference);

// The reference without '#' and what follows.
std::string_view without_fragment(std::string_view reference);

}  // namespace portico::schema
