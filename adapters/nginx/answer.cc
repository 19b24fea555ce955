// Our own answers: a problem document (RFC 9457) in place of what the service or nginx would have said.
#include "module.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace portico::nginx {
namespace {

// Whatever the replaced answer said of itself: its fields may describe, or be, what must not get out.
void forget_fields(ngx_http_request_t* r) {
  for (ngx_list_part_t* part = &r->headers_out.headers.part; part != nullptr; part = part->next) {
    auto* fields = static_cast<ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) fields[i].hash = 0;
  }
  r->headers_out.location = nullptr;
  r->headers_out.content_encoding = nullptr;
  r->headers_out.refresh = nullptr;
  r->headers_out.server = nullptr;
  r->headers_out.date = nullptr;
  r->headers_out.www_authenticate = nullptr;
  r->headers_out.charset = ngx_null_string;
  r->headers_out.override_charset = nullptr;
  r->headers_out.status_line = ngx_null_string;
  r->expect_trailers = 0;
  ngx_http_clear_accept_ranges(r);
  ngx_http_clear_last_modified(r);
  ngx_http_clear_etag(r);
  ngx_http_clear_content_length(r);
}

// Fields about the very bytes of a body (RFC 9530, and what came before it).
bool is_about_bytes(std::string_view name) {
  constexpr std::array<std::string_view, 8> kNames = {"content-digest", "repr-digest",   "digest",      "content-md5",
                                                      "content-range",  "accept-ranges", "x-goog-hash", "trailer"};
  return std::ranges::any_of(kNames, [&](std::string_view about) { return equal_ignoring_case(name, about); });
}

// What is changed is no longer byte for byte what the tag names, but means the same to who asks again (RFC 9110,
// section 8.8.1).
bool weaken_etag(ngx_http_request_t* r) {
  ngx_table_elt_t* etag = r->headers_out.etag;
  if (etag == nullptr || etag->hash == 0 || view(etag->value).starts_with("W/")) return true;
  const auto weak = keep(r, "W/" + std::string(view(etag->value)));
  if (weak.empty()) return false;
  etag->value = string_of(weak);
  return true;
}

bool add_decision_fields(ngx_http_request_t* r, const guard::Decision& decision) {
  if (decision.retry_after_s != 0) {
    const auto seconds = keep(r, std::to_string(decision.retry_after_s));
    if (seconds.empty() || !add_field(r, "Retry-After", seconds)) return false;
  }
  if (!decision.allow.empty() && !add_field(r, "Allow", decision.allow)) return false;
  if (!decision.challenge.empty() && !add_field(r, "WWW-Authenticate", decision.challenge)) return false;
  return add_field(r, "Cache-Control", "no-store") != nullptr;
}

}  // namespace

void describe_changed_body(ngx_http_request_t* r, off_t size) {
  for (ngx_list_part_t* part = &r->headers_out.headers.part; part != nullptr; part = part->next) {
    auto* fields = static_cast<ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      if (is_about_bytes(view(fields[i].key))) fields[i].hash = 0;
    }
  }
  // What is changed goes out without a content coding; nginx's own compression comes after us.
  if (r->headers_out.content_encoding != nullptr) {
    r->headers_out.content_encoding->hash = 0;
    r->headers_out.content_encoding = nullptr;
  }
  r->expect_trailers = 0;
  ngx_http_clear_content_length(r);
  r->headers_out.content_length_n = size;
  if (!weaken_etag(r)) ngx_http_clear_etag(r);
}

void start_answer(ngx_http_request_t* r, ngx_uint_t status, std::string_view media_type, std::size_t size) {
  forget_fields(r);
  // After an answer without a status line nginx takes the client for one of HTTP/0.9, which gets no header.
  if (r->http_version == NGX_HTTP_VERSION_9 && r->http_protocol.len != 0) {
    r->http_version = view(r->http_protocol) == "HTTP/1.0" ? NGX_HTTP_VERSION_10 : NGX_HTTP_VERSION_11;
  }
  r->headers_out.status = status;
  r->headers_out.content_type = string_of(media_type);
  r->headers_out.content_type_len = r->headers_out.content_type.len;
  r->headers_out.content_type_lowcase = nullptr;
  r->headers_out.content_length_n = static_cast<off_t>(size);
}

ngx_buf_t* make_answer(ngx_http_request_t* r, const Context& ctx, const guard::Decision& decision, ngx_uint_t status) {
  if (status == 0) status = decision.status != 0 ? decision.status : guard::rule(decision.rule).status;
  std::string document;
  guard::append_problem_document(document, decision, static_cast<std::uint16_t>(status), request_id(r));
  document += '\n';
  start_answer(r, status, "application/problem+json", document.size());
  ngx_buf_t* buffer = ngx_create_temp_buf(r->pool, document.size());
  if (buffer == nullptr || !add_decision_fields(r, decision) || !change_fields(r, ctx)) return nullptr;
  buffer->last = ngx_cpymem(buffer->last, document.data(), document.size());
  buffer->last_buf = 1;
  buffer->last_in_chain = 1;
  return buffer;
}

}  // namespace portico::nginx
