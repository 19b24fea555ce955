#include "json/parse_escapes.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "base/utf8.h"

namespace portico::json {
namespace {

// Four hexadecimal digits, or -1.
std::int32_t hex4(std::string_view text) {
  if (text.size() < 4) return -1;
  std::int32_t unit = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

struct Sink {
  std::uint8_t* at;
  void push_back(char byte) { *at++ = static_cast<std::uint8_t>(byte); }
};

}  // namespace

Escape read_escape(std::string_view text) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  constexpr std::uint8_t kUnit = 6;  // backslash, u, four digits
  if (text.size() < 2) return {};
  const std::size_t letter = kLetters.find(text[1]);
  if (letter != std::string_view::npos) return {static_cast<unsigned char>(kMeanings[letter]), 2};
  if (text[1] != 'u') return {};
  const std::int32_t unit = hex4(text.substr(2));
  if (unit < 0) return {};
  const auto high = static_cast<char32_t>(unit);
  if (high < 0xd800 || high > 0xdfff) return {high, kUnit};
  if (high > 0xdbff || text.substr(kUnit, 2) != "\\u") return {.half_a_pair = true};
  const std::int32_t low = hex4(text.substr(kUnit + 2));
  if (low < 0xdc00 || low > 0xdfff) return {.half_a_pair = true};
  return {0x10000 + ((high - 0xd800) << 10) + (static_cast<char32_t>(low) - 0xdc00), 2 * kUnit};
}

std::uint32_t find_backslash(const std::uint8_t* bytes, std::size_t at, std::size_t size) {
  const void* found = at < size ? std::memchr(bytes + at, '\\', size - at) : nullptr;
  if (found == nullptr) return kNowhere;
  return static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(found) - bytes);
}

Unescaped unescape(std::uint8_t* bytes, std::size_t size, std::uint32_t backslash, std::uint32_t stop,
                   bool reject_nul) {
  Sink sink{bytes + backslash};
  std::uint32_t from = backslash;
  while (from < stop) {
    const Escape escape = read_escape({reinterpret_cast<const char*>(bytes + from), stop - from});
    if (escape.size == 0 || (escape.character == 0 && reject_nul)) return {kNowhere, kNowhere};
    append_utf8(sink, escape.character);
    from += escape.size;
    // The next backslash may be far behind the string: then it is known for the next one.
    if (bytes[from] != '\\')
      backslash = find_backslash(bytes, from, size);
    else
      backslash = from;
    const std::uint32_t plain = std::min(backslash, stop) - from;
    std::memmove(sink.at, bytes + from, plain);
    sink.at += plain;
    from += plain;
  }
  return {static_cast<std::uint32_t>(sink.at - bytes), backslash};
}

}  // namespace portico::json
