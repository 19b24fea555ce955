// Sorted lists of words, looked up without regard to letter case. Internal to injection/.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace portico::injection {

template <std::size_t N>
using Words = std::array<std::string_view, N>;

// The lists are short enough, and what is looked up rare enough, to be walked.
template <std::size_t N>
bool is_among(const Words<N>& words, std::string_view word) {
  return std::ranges::any_of(words, [&](std::string_view one) { return equal_ignoring_case(one, word); });
}

inline bool starts_with_ignoring_case(std::string_view text, std::string_view part) {
  return text.size() >= part.size() && equal_ignoring_case(text.substr(0, part.size()), part);
}

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }
constexpr bool is_name(char c) { return is_alnum(c) || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0; }

inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace portico::injection
