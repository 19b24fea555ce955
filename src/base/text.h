// Small operations on text that C++20 leaves out. ASCII only where letter case is concerned: the names that
// Portico compares without case (hosts, schemes, header fields, media types) are ASCII by their standards.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace portico {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// 0..15, or -1 when `c` is no hexadecimal digit.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
// Whether `text` has `part` somewhere, letter case aside.
bool contains_ignoring_case(std::string_view text, std::string_view part);

// Without the spaces and tabs at both ends (RFC 9110 "OWS").
std::string_view trim(std::string_view text);

// The parts between separators; "a,,b" has three parts and "" has one.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);

// The words of an identifier in lower case: "userEmailAddress", "user_email-address" and
// "UserEMailAddress" style names all come apart at case changes, digits' ends and separators.
std::vector<std::string> words_of(std::string_view identifier);

// A whole decimal number without sign, or nothing if there is anything else or it does not fit.
std::optional<std::uint64_t> parse_uint(std::string_view text);

// "1048576", "64k", "1MiB", "10m" (units of 1024, as nginx reads them); nothing when malformed.
std::optional<std::uint64_t> parse_size(std::string_view text);

// "500ms", "30s", "5m", "1h", "7d" in nanoseconds; nothing when malformed, zero or beyond a hundred years.
std::optional<std::int64_t> parse_duration(std::string_view text);

// The candidate nearest to `word` by edit distance, if it is near enough to be a slip of the keyboard.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

// The byte offset of the first byte that is not valid UTF-8 (RFC 3629), or npos.
std::size_t invalid_utf8(std::string_view text);

// At most `limit` bytes of `text`, cut at a code point, control characters shown as "\xNN": fit for an error line.
std::string printable(std::string_view text, std::size_t limit = 80);

}  // namespace portico
