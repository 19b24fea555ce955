// Which answers an entry of the policy is about, by their status.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace portico::policy {

// Both ends belong to it.
struct StatusRange {
  std::uint16_t from = 100;
  std::uint16_t to = 599;

  bool covers(std::uint16_t status) const { return from <= status && status <= to; }
};

// "404", "5XX" or, for all, "*"; nothing for anything else.
inline std::optional<StatusRange> parse_status_range(std::string_view text) {
  if (text == "*") return StatusRange{};
  if (text.size() != 3 || text[0] < '1' || text[0] > '5') return std::nullopt;
  const auto first = static_cast<std::uint16_t>((text[0] - '0') * 100);
  if (text.substr(1) == "XX") return StatusRange{first, static_cast<std::uint16_t>(first + 99)};
  const auto status = parse_uint(text);
  if (!status) return std::nullopt;
  return StatusRange{static_cast<std::uint16_t>(*status), static_cast<std::uint16_t>(*status)};
}

}  // namespace portico::policy
