// Reading the claims of a token (RFC 7519, section 4) from a tape, with their types.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "json/tape.h"

namespace portico::identity {

class Claims {
 public:
  // The value at kFirst must be an object.
  explicit Claims(json::TapeView tape) : tape_(tape) {}

  // The tape's index of a claim, by name or by JSON pointer ("/realm_access/roles"); 0 when it is not there.
  std::size_t find(std::string_view name) const;

  enum class Read : std::uint8_t { kAbsent, kValid, kWrongType };

  // A text that is not empty.
  Read text(std::string_view name, std::string_view& to) const;
  // NumericDate: seconds since 1970, as a number from 0 to the end of the year 9999. A fraction is rounded down.
  Read time(std::string_view name, std::int64_t& to) const;
  // A text, or an array of texts: `aud`.
  Read texts(std::string_view name, std::vector<std::string_view>& to) const;
  // The same, with a text of words split at spaces: `scope` (RFC 8693, section 4.2).
  Read words(std::string_view name, std::vector<std::string_view>& to) const;

 private:
  std::size_t member(std::size_t object, std::string_view name) const;

  json::TapeView tape_;
};

}  // namespace portico::identity
