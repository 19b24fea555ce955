// contentEncoding and contentMediaType, where they are asserted.
#pragma once

#include <cstdint>
#include <string_view>

namespace portico::schema {

constexpr std::uint16_t kContentBase64 = 1;
constexpr std::uint16_t kContentJson = 2;

// Whether `text` is well-formed content of these kinds: base64, JSON, or JSON in base64. Only base64 is decoded into a
// buffer (of the thread's own).
bool has_content(std::uint16_t kinds, std::string_view text);

}  // namespace portico::schema
