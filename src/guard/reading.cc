#include "guard/reading.h"

#include <algorithm>

#include "base/text.h"
#include "guard/checks.h"
#include "http/host.h"

namespace portico::guard {
namespace {

// Control bytes, but for the tab: RFC 9110, section 5.5. No early exit, so that the loop takes many bytes at a time.
bool has_control(std::string_view value) {
  bool found = false;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    found |= (byte < 0x20 && byte != '\t') || byte == 0x7F;
  }
  return found;
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
    if (!has_control(field.value)) continue;
    const bool known = std::ranges::all_of(field.name, [](char c) { return is_alnum(c) || c == '-'; });
    return refuse(RuleId::kRequestHeaderMalformed, known ? "header/" + lower(field.name) : "header");
  }
  return {};
}

}  // namespace portico::guard
