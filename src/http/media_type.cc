#include "http/media_type.h"

#include <algorithm>

#include "base/text.h"

namespace portico::http {
namespace {

bool is_token_char(char c) {
  return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view take_token(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && is_token_char(rest[end])) ++end;
  const auto token = rest.substr(0, end);
  rest.remove_prefix(end);
  return token;
}

void skip_space(std::string_view& rest) {
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
}

// RFC 9110, section 5.6.4.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    if (c == '\\' && ++i == rest.size()) break;
    if (static_cast<unsigned char>(rest[i]) < 0x20 && rest[i] != '\t') break;
    value += rest[i];
  }
  return std::nullopt;
}

std::optional<MediaTypeParameter> take_parameter(std::string_view& rest) {
  MediaTypeParameter parameter{.name = take_token(rest)};
  if (parameter.name.empty() || rest.empty() || rest.front() != '=') return std::nullopt;
  rest.remove_prefix(1);
  if (!rest.empty() && rest.front() == '"') {
    auto value = take_quoted(rest);
    if (!value) return std::nullopt;
    parameter.value = *std::move(value);
    return parameter;
  }
  parameter.value = take_token(rest);
  if (parameter.value.empty()) return std::nullopt;
  return parameter;
}

}  // namespace

const std::string* MediaType::parameter(std::string_view name) const {
  const auto all = parameters();
  const auto found = std::ranges::find_if(all, [&](const auto& p) { return equal_ignoring_case(p.name, name); });
  return found == all.end() ? nullptr : &found->value;
}

bool MediaType::is_json() const {
  constexpr std::string_view kSuffix = "+json";
  if (subtype.size() > kSuffix.size() &&
      equal_ignoring_case(subtype.substr(subtype.size() - kSuffix.size()), kSuffix)) {
    return true;
  }
  return equal_ignoring_case(subtype, "json") && equal_ignoring_case(type, "application");
}

std::optional<MediaType> parse_media_type(std::string_view text) {
  std::string_view rest = trim(text);
  MediaType media{.type = take_token(rest)};
  if (media.type.empty() || rest.empty() || rest.front() != '/') return std::nullopt;
  rest.remove_prefix(1);
  media.subtype = take_token(rest);
  if (media.subtype.empty()) return std::nullopt;
  for (;;) {
    skip_space(rest);
    if (rest.empty()) return media;
    if (rest.front() != ';') return std::nullopt;
    rest.remove_prefix(1);
    skip_space(rest);
    if (rest.empty() || rest.front() == ';') continue;  // "parameters" allows empty ones
    auto parameter = take_parameter(rest);
    if (!parameter || media.parameter(parameter->name) != nullptr) return std::nullopt;
    if (media.parameter_count_ == MediaType::kMaxParameters) return std::nullopt;
    media.parameters_[media.parameter_count_++] = *std::move(parameter);
  }
}

int match_media_range(const MediaType& range, const MediaType& message) {
  int score = 0;
  if (range.type == "*") {
    score = 1;
  } else if (!equal_ignoring_case(range.type, message.type)) {
    return 0;
  } else if (range.subtype == "*") {
    score = 2;
  } else if (equal_ignoring_case(range.subtype, message.subtype)) {
    score = 4;
  } else if (range.subtype.starts_with("*+") && message.subtype.size() >= range.subtype.size() &&
             equal_ignoring_case(message.subtype.substr(message.subtype.size() - range.subtype.size() + 1),
                                 range.subtype.substr(1))) {
    score = 3;
  } else {
    return 0;
  }
  for (const auto& wanted : range.parameters()) {
    const std::string* value = message.parameter(wanted.name);
    if (value == nullptr || !equal_ignoring_case(*value, wanted.value)) return 0;
  }
  return 2 * score + (range.parameters().empty() ? 0 : 1);
}

}  // namespace portico::http
