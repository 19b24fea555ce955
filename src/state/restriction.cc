#include "state/restriction.h"

#include <array>

namespace portico::state {

std::string_view word_of(Kind kind) {
  constexpr std::array<std::string_view, kKinds> kWords = {
      "address", "subject", "token", "token-id", "credential", "key", "subject-issued-before", "issuer-issued-before"};
  return kWords[static_cast<std::size_t>(kind)];
}

}  // namespace portico::state
