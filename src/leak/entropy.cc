#include "leak/entropy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/text.h"

namespace portico::leak {

double entropy(std::string_view text) {
  if (text.empty()) return 0;
  std::array<std::uint32_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  const auto size = static_cast<double>(text.size());
  for (const std::uint32_t count : counts) {
    if (count != 0) bits -= count / size * std::log2(count / size);
  }
  return bits;
}

bool is_placeholder(std::string_view text) {
  constexpr std::array<std::string_view, 26> kWords = {
      "password", "passwd",    "secret",   "token",   "changeme",    "change_me", "example",  "sample", "dummy",
      "redacted", "secure",    "masked",   "hidden",  "your",        "xxxx",      "****",     "....",   "null",
      "none",     "undefined", "filtered", "removed", "placeholder", "todo",      "test1234", "string"};
  if (text.empty()) return true;
  constexpr std::string_view kOpeners = "<[{$%*#";
  if (kOpeners.find(text.front()) != std::string_view::npos) return true;
  return std::ranges::any_of(kWords, [&](std::string_view word) { return contains_ignoring_case(text, word); });
}

bool looks_secret(std::string_view value) {
  constexpr std::size_t kShortest = 8;
  constexpr std::size_t kLong = 16;
  if (value.size() < kShortest || is_placeholder(value) || value.starts_with("http") || value.starts_with('/')) {
    return false;
  }
  // Words and names have few digits, and few letters that differ.
  const bool mixed = std::ranges::any_of(value, is_digit) && std::ranges::any_of(value, is_alpha);
  const bool spaced = value.find_first_of(" \t\r\n") != std::string_view::npos;
  return mixed && !spaced && entropy(value) >= (value.size() < kLong ? 2.6 : 3.2);
}

}  // namespace portico::leak
