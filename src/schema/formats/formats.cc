#include "schema/formats.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "regex/pattern.h"
#include "schema/formats/checks.h"
#include "schema/number.h"

namespace portico::schema {
namespace {

using json::TapeView;
namespace tape = json::tape;

constexpr std::array<std::pair<std::string_view, Format>, 58> kFormats = {{
    {"date", Format::kDate},
    {"time", Format::kTime},
    {"date-time", Format::kDateTime},
    {"duration", Format::kDuration},
    {"email", Format::kEmail},
    {"idn-email", Format::kIdnEmail},
    {"hostname", Format::kHostname},
    {"host-name", Format::kHostname},
    {"idn-hostname", Format::kIdnHostname},
    {"ipv4", Format::kIpv4},
    {"ip-address", Format::kIpv4},
    {"ipv6", Format::kIpv6},
    {"uri", Format::kUri},
    {"uri-reference", Format::kUriReference},
    {"uriref", Format::kUriReference},
    {"iri", Format::kIri},
    {"iri-reference", Format::kIriReference},
    {"uri-template", Format::kUriTemplate},
    {"json-pointer", Format::kJsonPointer},
    {"relative-json-pointer", Format::kRelativeJsonPointer},
    {"regex", Format::kRegex},
    {"uuid", Format::kUuid},
    {"byte", Format::kByte},
    {"base64url", Format::kBase64Url},
    {"char", Format::kChar},
    {"http-date", Format::kHttpDate},
    {"date-time-local", Format::kDateTimeLocal},
    {"time-local", Format::kTimeLocal},
    {"media-range", Format::kMediaRange},
    {"sf-binary", Format::kSfBinary},
    {"sf-boolean", Format::kSfBoolean},
    {"sf-decimal", Format::kSfDecimal},
    {"sf-integer", Format::kSfInteger},
    {"sf-string", Format::kSfString},
    {"sf-token", Format::kSfToken},
    {"int8", Format::kInt8},
    {"int16", Format::kInt16},
    {"int32", Format::kInt32},
    {"int64", Format::kInt64},
    {"uint8", Format::kUint8},
    {"uint16", Format::kUint16},
    {"uint32", Format::kUint32},
    {"uint64", Format::kUint64},
    {"double-int", Format::kDoubleInt},
    {"float", Format::kFloat},
    {"double", Format::kDouble},
    {"decimal", Format::kDecimal},
    {"decimal128", Format::kDecimal128},
    // Hints to people and tools; any text will do.
    {"password", Format::kAnything},
    {"binary", Format::kAnything},
    {"commonmark", Format::kAnything},
    {"html", Format::kAnything},
    {"color", Format::kAnything},
    {"style", Format::kAnything},
    {"phone", Format::kAnything},
    {"ulid", Format::kAnything},
    {"unix-time", Format::kAnything},
    {"string", Format::kAnything},
}};

struct Limits {
  std::string_view low;
  std::string_view high;
};

bool within(const TapeView& view, std::size_t at, Limits limits) {
  Bound low;
  Bound high;
  make_bound(limits.low, low);
  make_bound(limits.high, high);
  const bool whole = view.type(at) == tape::kInteger || view.type(at) == tape::kUnsigned || is_whole(view, at);
  return whole && compare(view, at, low, limits.low) >= 0 && compare(view, at, high, limits.high) <= 0;
}

bool is_number_of(Format format, const TapeView& view, std::size_t at) {
  switch (format) {
    case Format::kInt8: return within(view, at, {"-128", "127"});
    case Format::kInt16: return within(view, at, {"-32768", "32767"});
    case Format::kInt32: {
      const bool plain = view.type(at) == tape::kInteger;
      const std::int64_t value = plain ? view.integer(at) : 0;
      if (plain)
        return value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max();
      return within(view, at, {"-2147483648", "2147483647"});
    }
    case Format::kInt64:
      return view.type(at) == tape::kInteger || within(view, at, {"-9223372036854775808", "9223372036854775807"});
    case Format::kUint8: return within(view, at, {"0", "255"});
    case Format::kUint16: return within(view, at, {"0", "65535"});
    case Format::kUint32: return within(view, at, {"0", "4294967295"});
    case Format::kUint64: return within(view, at, {"0", "18446744073709551615"});
    case Format::kDoubleInt: return within(view, at, {"-9007199254740991", "9007199254740991"});
    case Format::kFloat: {
      if (view.type(at) == tape::kInteger || view.type(at) == tape::kUnsigned) return true;
      return std::fabs(view.real(at)) <= static_cast<double>(std::numeric_limits<float>::max());
    }
    case Format::kDouble: return view.type(at) != tape::kBigNumber || std::isfinite(view.real(at));
    default: return true;
  }
}

}  // namespace

Format format_of(std::string_view name, Dialect dialect) {
  const bool early = dialect == Dialect::kDraft4 || dialect == Dialect::kDraft6 || dialect == Dialect::kOpenApi20 ||
                     dialect == Dialect::kOpenApi30;
  if (early && name == "hostname") return Format::kRfc1123Hostname;
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return Format::kUnknown;
}

bool has_format(Format format, std::string_view text) {
  switch (format) {
    case Format::kDate: return is_date(text);
    case Format::kTime: return is_time(text);
    case Format::kDateTime: return is_date_time(text);
    case Format::kDuration: return is_duration(text);
    case Format::kEmail: return is_email(text);
    case Format::kIdnEmail: return is_idn_email(text);
    case Format::kHostname: return is_hostname(text);
    case Format::kRfc1123Hostname: return is_rfc1123_hostname(text);
    case Format::kIdnHostname: return is_idn_hostname(text);
    case Format::kIpv4: return is_ipv4(text);
    case Format::kIpv6: return is_ipv6(text);
    case Format::kUri: return is_uri(text);
    case Format::kUriReference: return is_uri_reference(text);
    case Format::kIri: return is_iri(text);
    case Format::kIriReference: return is_iri_reference(text);
    case Format::kUriTemplate: return is_uri_template(text);
    case Format::kJsonPointer: return is_json_pointer(text);
    case Format::kRelativeJsonPointer: return is_relative_json_pointer(text);
    case Format::kRegex: return regex::is_pattern(text);
    case Format::kUuid: return is_uuid(text);
    case Format::kByte: return is_base64(text);
    case Format::kBase64Url: return is_base64url(text);
    case Format::kChar: return is_one_character(text);
    case Format::kHttpDate: return is_http_date(text);
    case Format::kDateTimeLocal: return is_date_time_local(text);
    case Format::kTimeLocal: return is_time_local(text);
    case Format::kMediaRange: return is_media_range(text);
    case Format::kSfBinary: return is_sf_binary(text);
    case Format::kSfBoolean: return is_sf_boolean(text);
    case Format::kSfString: return is_sf_string(text);
    case Format::kSfToken: return is_sf_token(text);
    case Format::kSfInteger: return is_sf_integer(text);
    case Format::kSfDecimal: return is_sf_decimal(text);
    // Numbers that must not be rounded travel as text.
    case Format::kDecimal:
    case Format::kDecimal128: return is_decimal_text(text);
    case Format::kInt64: return is_int64_text(text);
    case Format::kUint64: return is_uint64_text(text);
    default: return true;
  }
}

bool has_format(Format format, const TapeView& view, std::size_t at) {
  switch (view.type(at)) {
    case tape::kString: return has_format(format, view.text(at));
    case tape::kInteger:
    case tape::kUnsigned:
    case tape::kDouble:
    case tape::kBigNumber: return is_number_of(format, view, at);
    default: return true;
  }
}

}  // namespace portico::schema
