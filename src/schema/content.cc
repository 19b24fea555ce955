#include "schema/content.h"

#include <string>

#include "json/parse.h"
#include "schema/formats.h"

namespace portico::schema {
namespace {

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : 63;
}

// `text` has been checked to be base64.
void decode_base64(std::string_view text, std::string& out) {
  out.clear();
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 6) | static_cast<std::uint32_t>(base64_value(c));
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((bits >> count) & 0xff));
    }
  }
}

bool is_json(std::string_view text) {
  thread_local json::Parser parser;
  return parser.parse(text, {.reject_duplicate_keys = false, .reject_nul = false}) == json::ParseProblem::kNone;
}

}  // namespace

bool has_content(std::uint16_t kinds, std::string_view text) {
  if ((kinds & kContentBase64) == 0) return is_json(text);
  if (!has_format(Format::kByte, text)) return false;
  if ((kinds & kContentJson) == 0) return true;
  thread_local std::string decoded;
  decode_base64(text, decoded);
  return is_json(decoded);
}

}  // namespace portico::schema
