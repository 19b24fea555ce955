// The section `lifecycle`.
#include "base/date.h"
#include "base/uri.h"
#include "policy/sections.h"

namespace portico::policy {
namespace {

// `given`: the key is there, whatever its value.
void date(Mapping& mapping, std::string_view key, std::optional<std::int64_t>& to, bool& given, std::string_view help) {
  const auto convert = [&](const json::Node& value) -> Result<void> {
    given = true;
    to = value.is_string() ? parse_date(value.text()) : std::nullopt;
    if (to) return {};
    return failure(ErrorCode::kInvalid, "must be a date such as 2026-12-31, or a date with a time (RFC 3339)");
  };
  mapping.value(key, {{"type", R"("string")"}, {"pattern", R"("^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?$")"}}, convert,
                help);
}

}  // namespace

void read(Mapping& deprecation, Deprecation& to) {
  deprecation.selectors("operations", to.operations, "The operations that are to go").required();
  bool dated = false;
  date(deprecation, "deprecated", to.deprecated, dated,
       "Since when they should not be used: a date, or one with a time");
  date(deprecation, "sunset", to.sunset, dated, "From when on they are refused");
  deprecation.text("documentation", to.documentation, "URI of what to do instead");
  deprecation.text("successor", to.successor, "URI of the version that follows");
  deprecation.check(dated, "a deprecation needs deprecated or sunset");
  deprecation.check(!to.deprecated || !to.sunset || *to.deprecated <= *to.sunset,
                    "the sunset is before the deprecation");  // RFC 9745, section 4
}

void read(Mapping& version, Version& to) {
  version.text("header", to.header, "The request header field that names the version");
  version.text("media_type", to.media_type, "The media type's parameter that names it, in Content-Type and Accept");
  version.text("value", to.value, "The version that answers; the contract's info.version, if left out");
  version.flag("required", to.required, "Refuse requests without the header field");
}

void read(Mapping& lifecycle, Lifecycle& to) {
  lifecycle.list("deprecations", to.deprecations, "a deprecation", "Operations that are to go");
  lifecycle.mapping(
      "version", "version", [&](Mapping& version) { read(version, to.version); },
      "How callers name the version that they mean, beside the path");
}

}  // namespace portico::policy
