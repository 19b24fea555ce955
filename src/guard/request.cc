#include "guard/request.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "guard/body.h"

namespace portico::guard {
namespace {

// Header fields by which some frameworks let a request be another one than its request line says.
bool overrides_request_line(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames = {"x-http-method-override", "x-http-method", "x-method-override",
                                                      "x-original-url", "x-rewrite-url"};
  return (name.front() == 'x' || name.front() == 'X') &&
         std::ranges::any_of(kNames, [&](std::string_view known) { return equal_ignoring_case(known, name); });
}

}  // namespace

Decision RequestCheck::fields() {
  std::string_view repeated;
  const auto take = [&](const HeaderField& field, std::string_view name, std::string_view& to, bool& seen) {
    if (!equal_ignoring_case(field.name, name)) return false;
    if (seen) repeated = name;
    seen = true;
    to = field.value;
    return true;
  };
  bool has_coding = false;
  bool has_authorization = false;
  bool has_cookie = false;
  bool has_origin = false;
  bool has_range = false;
  std::string_view ignored;
  for (const HeaderField& field : head_.headers) {
    switch (field.name.size()) {
      case 5: take(field, "range", ignored, has_range); break;
      case 6:
        // A server of HTTP/2 joins the pieces of this one (RFC 9113, section 8.2.3).
        if (!take(field, "cookie", ignored, has_cookie)) take(field, "origin", ignored, has_origin);
        break;
      case 12: take(field, "content-type", content_type_, has_content_type_); break;
      case 16: take(field, "content-encoding", content_encoding_, has_coding); break;
      case 13:
        if (take(field, "authorization", authorization_, has_authorization)) break;
        conditional_ = conditional_ || equal_ignoring_case(field.name, "if-none-match");
        break;
      case 17: conditional_ = conditional_ || equal_ignoring_case(field.name, "if-modified-since"); break;
      default: break;
    }
  }
  if (!repeated.empty()) {
    Decision decision = judge_(refuse(RuleId::kRequestHeaderRepeated, "header/" + std::string(repeated)));
    if (!decision.allowed()) return decision;
  }
  for (const HeaderField& field : head_.headers) {
    if (field.name.empty() || !overrides_request_line(field.name) || declares_header(field.name)) continue;
    return judge_(
        refuse(RuleId::kRequestTargetAmbiguous, "header/" + lower(field.name), "would override the request line"));
  }
  return {};
}

bool RequestCheck::declares_header(std::string_view name) const {
  return std::ranges::any_of(plan_.header,
                             [&](const auto& plan) { return equal_ignoring_case(plan.parameter->name, name); });
}

Decision RequestCheck::body_head(Transaction& transaction) {
  transaction.request_has_body = head_.has_body;
  transaction.conditional = conditional_;
  if (!head_.has_body) {
    return plan_.body_required ? refuse(RuleId::kRequestBodyMissing, "body") : Decision{};
  }
  if (!plan_.operation->body) return refuse(RuleId::kRequestBodyUndeclared, "body");
  const auto media = has_content_type_ ? http::parse_media_type(content_type_) : std::nullopt;
  if (!media) return refuse(RuleId::kRequestMediaTypeUndeclared, "header/content-type");
  const auto body = find_body(plan_.request_media, *media);
  if (!body) return refuse(RuleId::kRequestMediaTypeUndeclared, "header/content-type");
  if (body->kind != BodyKind::kOpaque && !charset_is_utf8(*media)) {
    return refuse(RuleId::kRequestMediaTypeUndeclared, "header/content-type", "must be in UTF-8");
  }
  if (!parse_coding(content_encoding_, transaction.request_coding)) {
    return refuse(RuleId::kRequestContentCoding, "header/content-encoding");
  }
  transaction.request_media = body->media;
  transaction.request_kind = body->kind;
  transaction.request_boundary = body->boundary;
  return {};
}

}  // namespace portico::guard
