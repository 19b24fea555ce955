// Media types (RFC 9110, section 8.3) as messages carry them and as contracts declare them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portico::http {

struct MediaTypeParameter {
  std::string_view name;
  std::string value;  // unquoted
};

// Views point into the parsed text.
struct MediaType {
  std::string_view type;     // "application"
  std::string_view subtype;  // "problem+json"
  std::vector<MediaTypeParameter> parameters;

  // The value of a parameter, by name without case; null when absent.
  const std::string* parameter(std::string_view name) const;
  // application/json or a type with the structured suffix +json (RFC 6839).
  bool is_json() const;
};

// Nothing when `text` is not exactly one well-formed media type; a repeated parameter is malformed too, since readers
// differ in which one they take.
std::optional<MediaType> parse_media_type(std::string_view text);

// How well a range of a contract ("application/json", "text/*", "*/*", with or without parameters) fits a message's
// media type: 0 not at all, then more for the more specific. Parameters of the range must be met by the message.
int match_media_range(const MediaType& range, const MediaType& message);

}  // namespace portico::http
