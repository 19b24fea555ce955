// The section `limits`.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "policy/sections.h"

namespace portico::policy {

Result<void> parse_rate(std::string_view text, Limit& limit) {
  struct Unit {
    std::string_view name;
    std::int64_t seconds;
  };
  constexpr std::array kUnits = {Unit{"second", 1},  Unit{"s", 1},    Unit{"minute", 60}, Unit{"m", 60},
                                 Unit{"hour", 3600}, Unit{"h", 3600}, Unit{"day", 86400}, Unit{"d", 86400}};
  const auto slash = text.find('/');
  const auto wrong = [&] {
    return failure(ErrorCode::kInvalid, "a rate is a number per second, minute, hour or day", {}, "Example: 6/minute");
  };
  if (slash == std::string_view::npos) return wrong();
  const auto count = parse_uint(trim(text.substr(0, slash)));
  const auto unit = std::ranges::find(kUnits, trim(text.substr(slash + 1)), &Unit::name);
  constexpr std::uint64_t kHighest = 1'000'000'000;
  if (!count || *count == 0 || *count > kHighest || unit == kUnits.end()) return wrong();
  limit.rate = *count;
  limit.period_ns = unit->seconds * 1'000'000'000;
  limit.text = text;
  return {};
}

void read(Mapping& limit, Limit& to) {
  limit.selectors("operations", to.operations, "The operations that share this limit").required();
  std::string per;
  limit.value(
      "per", {{"enum", R"(["address"])"}},
      [](const json::Node& value) -> Result<void> {
        if (value.text() == "address") return {};
        return failure(ErrorCode::kInvalid, "a limit is per address");
      },
      "What has a limit of its own: each IPv4 address or IPv6 /64");
  limit
      .value(
          "rate", {{"$ref", R"("#/$defs/rate")"}},
          [&](const json::Node& value) { return parse_rate(value.text(), to); }, "How many on average")
      .required();
  limit.count("burst", to.burst, 1, 1'000'000, "So many at once");
}

}  // namespace portico::policy
