// The section `limits`.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "policy/sections.h"

namespace portico::policy {
namespace {

constexpr std::size_t kMostRates = 4;
constexpr std::string_view kRates =
    R"([{"$ref": "#/$defs/rate"}, {"type": "array", "minItems": 1, "maxItems": 4, "items": {"$ref": "#/$defs/rate"}}])";
constexpr std::string_view kValue =
    R"("^(address|subject|credential|parameter:(path|query|header|cookie|body)/.+|cel:(.|\n)+)$")";
constexpr std::string_view kDistinct =
    R"("^(not-found|subject|parameter:(path|query|header|cookie|body)/.+|cel:(.|\n)+)$")";
constexpr std::string_view kStatusItems = R"({"type": "integer", "minimum": 400, "maximum": 599})";

Result<void> read_rates(const json::Node& value, std::vector<Rate>& to) {
  const auto add = [&](const json::Node& one) -> Result<void> {
    PORTICO_TRY(to.emplace_back(), parse_rate(one.is_string() ? one.text() : std::string_view()));
    return {};
  };
  if (!value.is_array()) return add(value);
  if (value.items().empty() || value.items().size() > kMostRates) {
    return failure(ErrorCode::kInvalid, "a limit has one to four rates");
  }
  for (const json::Node* item : value.items()) PORTICO_CHECK_OK(add(*item));
  return {};
}

Result<void> read_statuses(const json::Node& value, std::vector<std::uint16_t>& to) {
  const auto wrong = [] { return failure(ErrorCode::kInvalid, "statuses must be a list of numbers from 400 to 599"); };
  if (!value.is_array() || value.items().empty()) return wrong();
  to.clear();
  for (const json::Node* item : value.items()) {
    const auto status = item->is_number() ? item->integer() : std::nullopt;
    if (!status || *status < 400 || *status > 599) return wrong();
    to.push_back(static_cast<std::uint16_t>(*status));
  }
  return {};
}

void check(Mapping& limit, const Limit& to, bool has_rate, bool has_failures, bool has_distinct) {
  limit.check(has_rate || has_failures, "a limit needs a rate, or failures");
  limit.check(!(has_rate && has_failures), "a limit counts requests by its rate, or failures: not both");
  limit.check(!(has_distinct && has_failures), "a limit counts distinct values, or failures: not both");
  limit.check(to.lock_ns == 0 || has_failures, "only failures lock", "Add failures: 5/minute, or take lock away.");
  const bool plain = to.counts == Limit::Counts::kRequests;
  limit.check(plain || to.cost.empty(), "only requests have a cost");
  limit.check(plain || to.rates.size() < 2, "distinct values have one rate");
  const std::uint64_t at_once = to.burst != 0 || to.rates.empty() ? to.burst : to.rates.front().count;
  constexpr std::int64_t kLongest = INT64_C(10) * 365 * 86400;
  const bool fills = std::ranges::all_of(to.rates, [&](const Rate& rate) {
    return static_cast<double>(std::max(at_once, rate.count)) * static_cast<double>(rate.period_ns) <=
           1e9 * static_cast<double>(kLongest) * static_cast<double>(rate.count);
  });
  limit.check(fills, "burst is so many that it takes years until they are there again");
  const bool fits = std::ranges::all_of(to.cost, [&](const auto& cost) {
    return cost.second <= at_once && std::ranges::all_of(to.rates, [&](const Rate& r) {
             return &r == &to.rates.front() || cost.second <= r.count;
           });
  });
  limit.check(fits || to.rates.empty(), "an operation costs more than the limit ever allows at once",
              "Set burst to the highest cost at least.");
}

}  // namespace

Result<Rate> parse_rate(std::string_view text) {
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
  return Rate{.count = *count, .period_ns = unit->seconds * 1'000'000'000, .text = std::string(text)};
}

std::string to_string(const Limit& limit) {
  std::string text;
  for (const Rate& rate : limit.rates) text += (text.empty() ? "" : ", ") + rate.text;
  if (limit.counts == Limit::Counts::kFailures) text += " failures";
  if (limit.counts == Limit::Counts::kDistinct) text += " distinct";
  return text;
}

Result<LimitValue> parse_limit_value(std::string_view text) {
  using From = LimitValue::From;
  struct Place {
    std::string_view prefix;
    From from;
  };
  constexpr std::array kPlaces = {Place{"parameter:path/", From::kPath},     Place{"parameter:query/", From::kQuery},
                                  Place{"parameter:header/", From::kHeader}, Place{"parameter:cookie/", From::kCookie},
                                  Place{"parameter:body/", From::kBody},     Place{"cel:", From::kCel}};
  if (text == "address") return LimitValue{.from = From::kAddress, .name = {}};
  if (text == "subject") return LimitValue{.from = From::kSubject, .name = {}};
  if (text == "credential") return LimitValue{.from = From::kCredential, .name = {}};
  for (const auto& [prefix, from] : kPlaces) {
    if (text.starts_with(prefix) && text.size() > prefix.size()) {
      return LimitValue{.from = from, .name = std::string(text.substr(prefix.size()))};
    }
  }
  return failure(ErrorCode::kInvalid, "\"" + printable(text) + "\" is nothing that a limit knows of a request", {},
                 "Known are address, subject, credential, parameter:query/NAME with path, header, cookie or body, and "
                 "cel:EXPRESSION.");
}

void read(Mapping& limit, Limit& to) {
  bool has_rate = false;
  bool has_failures = false;
  bool has_distinct = false;
  limit.text("name", to.name, "What the RateLimit fields call it");
  limit.selectors("operations", to.operations, "The operations that it counts").required();
  limit.flag("each", to.each, "Each of the operations is counted apart");
  limit.value(
      "per", {{"type", R"("string")"}, {"pattern", kValue}},
      [&](const json::Node& value) -> Result<void> {
        PORTICO_TRY(to.per, parse_limit_value(value.text()));
        return {};
      },
      "Whose requests are counted together: those of an address (of IPv6, a /64), a subject, ...");
  limit.value(
      "rate", {{"anyOf", kRates}},
      [&](const json::Node& value) {
        has_rate = true;
        return read_rates(value, to.rates);
      },
      "How many on average; of several rates all must hold");
  limit.count("burst", to.burst, 1, 1'000'000, "So many at once, of the first rate");
  limit.counts_by_selector("cost", to.cost, 1, 1'000'000, "Operations of which one counts for several");
  limit.value(
      "failures", {{"$ref", R"("#/$defs/rate")"}},
      [&](const json::Node& value) -> Result<void> {
        has_failures = true;
        to.counts = Limit::Counts::kFailures;
        PORTICO_TRY(Rate rate, parse_rate(value.text()));
        to.rates = {std::move(rate)};
        return {};
      },
      "Count answers that say no, and not the others");
  limit.value(
      "statuses", {{"type", R"("array")"}, {"minItems", "1"}, {"items", kStatusItems}},
      [&](const json::Node& value) { return read_statuses(value, to.statuses); }, "Which answers say no [401, 403]");
  limit.duration("lock", to.lock_ns, "Shut out for so long once there were too many failures");
  limit.value(
      "distinct", {{"type", R"("string")"}, {"pattern", kDistinct}},
      [&](const json::Node& value) -> Result<void> {
        has_distinct = true;
        to.counts = Limit::Counts::kDistinct;
        if (value.text() == "not-found") {
          to.distinct.from = LimitValue::From::kNotFound;
          return {};
        }
        PORTICO_TRY(to.distinct, parse_limit_value(value.text()));
        return {};
      },
      "Count different values of it: the ids that somebody asks for, or paths that are not found");
  check(limit, to, has_rate, has_failures, has_distinct);
}

}  // namespace portico::policy
