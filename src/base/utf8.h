// Code points to and from UTF-8 (RFC 3629), for text whose validity has been established (see invalid_utf8 in text.h).
#pragma once

#include <cstddef>
#include <string_view>

namespace portico {

// Appends `c` to a string or a vector of char.
template <class Out>
void append_utf8(Out& out, char32_t c) {
  const auto byte = [&out](char32_t value) { out.push_back(static_cast<char>(value)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | (c >> 6));
    byte(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    byte(0xe0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3f));
    byte(0x80 | (c & 0x3f));
  } else {
    byte(0xf0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3f));
    byte(0x80 | ((c >> 6) & 0x3f));
    byte(0x80 | (c & 0x3f));
  }
}

// The code point at `at`, which is moved behind it. Ill-formed text gives some code point and never leads beyond the
// end.
inline char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xf0 ? 3 : (lead >= 0xe0 ? 2 : 1);
  char32_t value = lead & (0x3fU >> more);
  for (int i = 0; i < more && at < text.size(); ++i) {
    value = (value << 6) | (static_cast<unsigned char>(text[at++]) & 0x3fU);
  }
  return value;
}

}  // namespace portico
