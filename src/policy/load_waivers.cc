// The section `waivers`.
#include <algorithm>

#include "base/date.h"
#include "policy/sections.h"

namespace portico::policy {

void read(Mapping& waiver, Waiver& to) {
  const auto fingerprint = [&](const json::Node& value) -> Result<void> {
    const auto text = value.text();
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (!value.is_string() || text.size() != 32 || !std::ranges::all_of(text, is_hex)) {
      return failure(ErrorCode::kInvalid, "must be a fingerprint: 32 lower-case hexadecimal digits, in quotes");
    }
    to.fingerprint = text;
    return {};
  };
  const auto expires = [&](const json::Node& value) -> Result<void> {
    const auto date = value.is_string() ? parse_date(value.text()) : std::nullopt;
    if (!date) return failure(ErrorCode::kInvalid, "must be a date such as 2026-12-31");
    to.expires = *date;
    to.until = value.text();
    return {};
  };
  waiver.value("fingerprint", {{"type", R"("string")"}, {"pattern", R"("^[0-9a-f]{32}$")"}}, fingerprint,
               "Of the finding, as reports show it");
  waiver.required();
  waiver.text("owner", to.owner, "Who answers for it").required();
  waiver.text("reason", to.reason, "Why it is no danger, or what is done instead").required();
  waiver.value("expires", {{"type", R"("string")"}, {"pattern", R"("^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?$")"}},
               expires, "From when on it holds no more");
  waiver.required();
}

}  // namespace portico::policy
