// Media types (RFC 9110, section 8.3) as messages carry them and as contracts declare them.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace portico::http {

struct MediaTypeParameter {
  std::string_view name;
  std::string value;  // unquoted
};

// Views point into the parsed text.
struct MediaType {
  std::string_view type;     // "application"
  std::string_view subtype;  // "problem+json"

  // In the order of the text. Kept in place, since a media type is read with every message.
  std::span<const MediaTypeParameter> parameters() const { return {parameters_.data(), parameter_count_}; }
  // The value of a parameter, by name without case; null when absent.
  const std::string* parameter(std::string_view name) const;
  // application/json or a type with the structured suffix +json (RFC 6839).
  bool is_json() const;

  static constexpr std::size_t kMaxParameters = 4;
  std::array<MediaTypeParameter, kMaxParameters> parameters_;
  std::size_t parameter_count_ = 0;
};

// Nothing when `text` is not exactly one well-formed media type; a repeated parameter is malformed too, since readers
// differ in which one they take, and so are more than kMaxParameters.
std::optional<MediaType> parse_media_type(std::string_view text);

// How well a range of a contract ("application/json", "text/*", "*/*", with or without parameters) fits a message's
// media type: 0 not at all, then more for the more specific. Parameters of the range must be met by the message.
int match_media_range(const MediaType& range, const MediaType& message);

}  // namespace portico::http
