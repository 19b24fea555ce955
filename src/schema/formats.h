// The formats of JSON Schema and of OpenAPI's registry, written by hand: no regular expression, no allocation.
#pragma once

#include <cstdint>
#include <string_view>

#include "json/tape.h"
#include "schema/compile.h"

namespace portico::schema {

enum class Format : std::uint16_t {
  // clang-format off
  kUnknown,
  // strings: JSON Schema
  kDate, kTime, kDateTime, kDuration, kEmail, kIdnEmail, kHostname, kIdnHostname, kIpv4, kIpv6, kUri, kUriReference,
  kIri, kIriReference, kUriTemplate, kJsonPointer, kRelativeJsonPointer, kRegex, kUuid, kRfc1123Hostname,
  // strings: OpenAPI's registry
  kByte, kBase64Url, kChar, kHttpDate, kDateTimeLocal, kTimeLocal, kMediaRange, kSfBinary, kSfBoolean, kSfString,
  kSfToken, kSfInteger, kSfDecimal,
  // numbers
  kInt8, kInt16, kInt32, kInt64, kUint8, kUint16, kUint32, kUint64, kDoubleInt, kFloat, kDouble, kDecimal, kDecimal128,
  // known to mean nothing that could be checked
  kAnything,
  // clang-format on
};

// Before draft 7, `hostname` says nothing of the labels of international names.
Format format_of(std::string_view name, Dialect dialect);

// Whether a string has the format; true for formats of numbers.
bool has_format(Format format, std::string_view text);

// Whether the value at `at`, whatever its type, has the format. Types that the format is not about have it.
bool has_format(Format format, const json::TapeView& tape, std::size_t at);

}  // namespace portico::schema
