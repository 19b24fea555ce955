// Escapes in JSON strings (RFC 8259, section 7).
#pragma once

#include <cstdint>
#include <string_view>

namespace portico::json {

struct Escape {
  char32_t character = 0;
  std::uint8_t size = 0;     // of the escape, both halves of a surrogate pair; 0: there is none by the grammar
  bool half_a_pair = false;  // a surrogate alone; `character` and `size` mean nothing
};

// The escape that `text` starts with, at its backslash.
Escape read_escape(std::string_view text);

// The offset of the first backslash of `bytes` from `at` on, or kNowhere.
constexpr std::uint32_t kNowhere = 0xffffffff;
std::uint32_t find_backslash(const std::uint8_t* bytes, std::size_t at, std::size_t size);

struct Unescaped {
  std::uint32_t stop;       // where the string ends now
  std::uint32_t backslash;  // the first one behind the string, or kNowhere
};

// Unescapes the string that has its first backslash at `backslash` and ends at `stop`, in place, in a document of
// `size` bytes. `stop` is kNowhere for what is no escape, half a surrogate pair or, if that is not wanted, NUL.
Unescaped unescape(std::uint8_t* bytes, std::size_t size, std::uint32_t backslash, std::uint32_t stop, bool reject_nul);

}  // namespace portico::json
