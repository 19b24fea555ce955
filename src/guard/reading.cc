#include "guard/reading.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/text.h"
#include "guard/checks.h"
#include "http/host.h"

namespace portico::guard {
namespace {

// Control bytes, but for the tab: RFC 9110, section 5.5.
bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

// Whether there may be one, eight bytes at a time: taking 0x20 off a byte below it borrows into its top bit. A tab, and
// a byte beside one that borrows, are found without need.
bool may_have_control(std::string_view value) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kTops = 0x8080808080808080;
  const auto special = [](const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    const std::uint64_t deletes = word ^ (0x7F * kOnes);
    return ((word - 0x20 * kOnes) & ~word) | ((deletes - kOnes) & ~deletes);
  };
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (value.size() < kWord) return std::ranges::any_of(value, is_control);
  std::uint64_t found = special(value.data() + value.size() - kWord);
  for (std::size_t i = 0; i + kWord < value.size(); i += kWord) found |= special(value.data() + i);
  return (found & kTops) != 0;
}

}  // namespace

Decision check_reading(const RequestHead& head, const http::Target& target) {
  if (const auto ambiguity = http::path_ambiguity(target.path); !ambiguity.empty()) {
    return refuse(RuleId::kRequestTargetAmbiguous, "path", std::string(ambiguity));
  }
  if (const auto ambiguity = http::query_ambiguity(target.query); !ambiguity.empty()) {
    return refuse(RuleId::kRequestTargetAmbiguous, "query", std::string(ambiguity));
  }
  // HTTP/1.0 may leave it out, but what is forwarded is HTTP/1.1.
  if (!http::is_host(head.host)) return refuse(RuleId::kRequestTargetAmbiguous, "header/host", "is not a host");
  if (!head.authority.empty() && !equal_ignoring_case(head.authority, head.host)) {
    return refuse(RuleId::kRequestTargetAmbiguous, "header/host", "differs from the target's host");
  }
  for (const HeaderField& field : head.headers) {
    if (!may_have_control(field.value) || std::ranges::none_of(field.value, is_control)) continue;
    const bool known = std::ranges::all_of(field.name, [](char c) { return is_alnum(c) || c == '-'; });
    return refuse(RuleId::kRequestHeaderMalformed, known ? "header/" + lower(field.name) : "header");
  }
  return {};
}

}  // namespace portico::guard
