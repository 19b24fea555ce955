// Responses: the header is held until the verdict on the body is known, so that a refused answer leaves no trace.
#include "module.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"

namespace portico::nginx {
namespace {

constexpr std::size_t kFirstCapacity = 16384;

using Response = Context::Response;

// Whether the header at hand is the service's own answer (or a content handler's), not an error page of nginx.
bool is_services_answer(const ngx_http_request_t* r) {
  const ngx_http_upstream_t* upstream = r->upstream;
  if (upstream == nullptr) return r->headers_out.status < NGX_HTTP_BAD_REQUEST;
  return upstream->headers_in.status_n == r->headers_out.status;
}

bool may_have_body(const ngx_http_request_t* r) {
  const auto status = r->headers_out.status;
  return !r->header_only && r->method != NGX_HTTP_HEAD && status != NGX_HTTP_NO_CONTENT &&
         status != NGX_HTTP_NOT_MODIFIED && status >= NGX_HTTP_OK && r->headers_out.content_length_n != 0;
}

guard::Decision decide_head(ngx_http_request_t* r, Context& ctx) {
  auto& headers = worker().headers;
  headers.clear();
  if (r->headers_out.content_type.len != 0) headers.push_back({"content-type", view(r->headers_out.content_type)});
  if (const ngx_table_elt_t* coding = r->headers_out.content_encoding; coding != nullptr && coding->hash != 0) {
    headers.push_back({"content-encoding", view(coding->value)});
  }
  for (const ngx_list_part_t* part = &r->headers_out.headers.part; part != nullptr; part = part->next) {
    const auto* fields = static_cast<const ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      const bool listed = &fields[i] == r->headers_out.content_encoding;
      if (fields[i].hash != 0 && !listed) headers.push_back({view(fields[i].key), view(fields[i].value)});
    }
  }
  const guard::ResponseHead head{
      .status = static_cast<std::uint16_t>(r->headers_out.status), .headers = headers, .has_body = may_have_body(r)};
  return ctx.guard->check_response_head(worker().guard, ctx.transaction, head);
}

// Events are of use only as they come.
bool is_event_stream(const ngx_http_request_t* r) {
  const auto media = view(r->headers_out.content_type).substr(0, r->headers_out.content_type_len);
  return r->upstream != nullptr && equal_ignoring_case(trim(media), "text/event-stream");
}

// Sets our answer up in place of what was coming, and sends its header. The body filter sends its body.
ngx_int_t replace_header(ngx_http_request_t* r, Context& ctx, const guard::Decision& decision, ngx_uint_t status,
                         ngx_buf_t*& answer) {
  ctx.response = Response::kReplaced;
  // A refused 101 must not turn the connection into a tunnel.
  if (r->upstream != nullptr) r->upstream->upgrade = 0;
  answer = make_answer(r, ctx, decision, status);
  if (answer == nullptr) return NGX_ERROR;
  return next_header_filter(r);
}

ngx_int_t send_answer_body(ngx_http_request_t* r, Context& ctx, ngx_buf_t* answer) {
  ctx.answer_sent = true;
  ngx_chain_t out{answer, nullptr};
  return next_body_filter(r, &out);
}

ngx_int_t replace(ngx_http_request_t* r, Context& ctx, const guard::Decision& decision, ngx_uint_t status) {
  ngx_buf_t* answer = nullptr;
  const ngx_int_t sent = replace_header(r, ctx, decision, status, answer);
  if (sent == NGX_ERROR || sent > NGX_OK || r->header_only) {
    ctx.answer_sent = true;
    return sent;
  }
  return send_answer_body(r, ctx, answer);
}

void consume(ngx_chain_t* in) {
  for (; in != nullptr; in = in->next) {
    in->buf->pos = in->buf->last;
    in->buf->file_pos = in->buf->file_last;
  }
}

bool ends(const ngx_chain_t* in) {
  for (; in != nullptr; in = in->next) {
    if (in->buf->last_buf) return true;
  }
  return false;
}

bool reserve(ngx_http_request_t* r, Context& ctx, std::size_t size) {
  if (size <= ctx.body_capacity) return true;
  std::size_t capacity = std::max({size, 2 * ctx.body_capacity, kFirstCapacity});
  if (ctx.body_capacity == 0 && r->headers_out.content_length_n > 0) {
    capacity = std::max(size, std::min(static_cast<std::size_t>(r->headers_out.content_length_n),
                                       static_cast<std::size_t>(ctx.guard->max_response_body())));
  }
  auto* larger = static_cast<u_char*>(ngx_palloc(r->pool, capacity));
  if (larger == nullptr) return false;
  if (ctx.body_size != 0) ngx_memcpy(larger, ctx.body, ctx.body_size);
  if (ctx.body != nullptr) ngx_pfree(r->pool, ctx.body);
  ctx.body = larger;
  ctx.body_capacity = capacity;
  return true;
}

// Takes the chain's bytes into the held body and gives its buffers back to nginx, which needs them to read on.
bool take(ngx_http_request_t* r, Context& ctx, ngx_chain_t* in) {
  for (; in != nullptr; in = in->next) {
    ngx_buf_t& buffer = *in->buf;
    if (!ngx_buf_in_memory(&buffer)) continue;  // flush and last markers; files were read by the copy filter
    const auto size = static_cast<std::size_t>(buffer.last - buffer.pos);
    if (size == 0) continue;
    if (!reserve(r, ctx, ctx.body_size + size)) return false;
    ngx_memcpy(ctx.body + ctx.body_size, buffer.pos, size);
    ctx.body_size += size;
    buffer.pos = buffer.last;
  }
  return true;
}

ngx_int_t send_header(ngx_http_request_t* r, const Context& ctx) {
  return change_fields(r, ctx) ? next_header_filter(r) : NGX_ERROR;
}

// Lets the held header and body go.
ngx_int_t release(ngx_http_request_t* r, Context& ctx, bool last) {
  ctx.response = Response::kReleased;
  const ngx_int_t sent = send_header(r, ctx);
  if (sent == NGX_ERROR || sent > NGX_OK || r->header_only) return sent;
  auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(r->pool));
  if (buffer == nullptr) return NGX_ERROR;
  buffer->start = buffer->pos = ctx.body;
  buffer->end = buffer->last = ctx.body + ctx.body_size;
  buffer->memory = ctx.body_size != 0;
  buffer->last_buf = last;
  buffer->last_in_chain = 1;
  buffer->flush = !last;
  ngx_chain_t out{buffer, nullptr};
  return next_body_filter(r, &out);
}

// The repaired body in place of the service's, whose fields about its bytes no longer hold.
bool take_repaired(ngx_http_request_t* r, Context& ctx, std::string_view body) {
  ctx.body_size = 0;
  if (!reserve(r, ctx, body.size())) return false;
  ngx_memcpy(ctx.body, body.data(), body.size());
  ctx.body_size = body.size();
  describe_changed_body(r, static_cast<off_t>(body.size()));
  return true;
}

guard::Decision unavailable() { return {.rule = guard::RuleId::kServiceUnavailable}; }

// nginx ends an answer that the service broke off without a last buffer: its connection is gone by then.
bool broken_off(const ngx_http_request_t* r) {
  return r->upstream != nullptr && r->upstream->peer.connection == nullptr && !r->cached;
}

ngx_int_t hold(ngx_http_request_t* r, Context& ctx, ngx_chain_t* in) {
  const bool last = ends(in);
  if (!take(r, ctx, in)) return NGX_ERROR;
  if (ctx.body_size > ctx.guard->max_response_body()) {
    auto decision = ctx.guard->response_body_too_large(worker().guard, ctx.transaction);
    if (object(ctx, std::move(decision))) return replace(r, ctx, ctx.decisions.back(), 0);
    return release(r, ctx, last);
  }
  if (!last) {
    if (!broken_off(r)) return NGX_OK;
    if (!ctx.guard->blocks()) return release(r, ctx, false);
    ctx.decisions.push_back(unavailable());
    return replace(r, ctx, ctx.decisions.back(), 0);
  }
  ctx.answered_ns = monotonic_ns();
  guard::Repaired repaired;
  auto decision = ctx.guard->check_response_body(worker().guard, ctx.transaction,
                                                 {reinterpret_cast<const char*>(ctx.body), ctx.body_size}, repaired);
  const bool refused = object(ctx, std::move(decision));
  ctx.guard_ns += monotonic_ns() - ctx.answered_ns;
  if (!refused && repaired.changed && !take_repaired(r, ctx, repaired.body)) return NGX_ERROR;
  return refused ? replace(r, ctx, ctx.decisions.back(), ctx.decisions.back().status) : release(r, ctx, true);
}

// Error pages of nginx become problem documents too, so that a client of the API has one kind of error to read.
ngx_int_t own_error(ngx_http_request_t* r, Context& ctx) {
  const auto status = r->headers_out.status;
  const bool service_failed = r->upstream != nullptr && status >= NGX_HTTP_BAD_GATEWAY;
  // client_max_body_size is the policy's limit, found out by nginx.
  ctx.decisions.push_back({.rule = status == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE ? guard::RuleId::kRequestBodyTooLarge
                                   : service_failed                            ? guard::RuleId::kServiceUnavailable
                                                                               : guard::RuleId::kServerRefused,
                           .place = status == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE ? "body" : ""});
  ngx_buf_t* answer = nullptr;
  const ngx_int_t sent = replace_header(r, ctx, ctx.decisions.back(), status, answer);
  if (sent == NGX_ERROR || sent > NGX_OK || r->header_only) return sent;
  return send_answer_body(r, ctx, answer) == NGX_ERROR ? NGX_ERROR : NGX_OK;
}

ngx_int_t decide(ngx_http_request_t* r, Context& ctx) {
  if (!is_services_answer(r)) {
    if (ctx.guard->blocks() && r->headers_out.status >= NGX_HTTP_BAD_REQUEST) return own_error(r, ctx);
    return send_header(r, ctx);
  }
  const auto started = monotonic_ns();
  ctx.answered_ns = started;
  ctx.upstream_status = static_cast<std::uint16_t>(r->headers_out.status);
  const bool refused = object(ctx, decide_head(r, ctx));
  ctx.guard_ns += monotonic_ns() - started;
  if (refused) {
    const ngx_int_t sent = replace(r, ctx, ctx.decisions.back(), 0);
    return sent == NGX_AGAIN ? NGX_OK : sent;
  }
  if (const auto uniform = ctx.guard->uniform_answer(ctx.transaction)) {
    return start_uniform(r, ctx, *uniform);
  }
  // A HEAD would tell of a body that a GET does not give.
  if (!may_have_body(r) && ctx.guard->may_change_body(ctx.transaction)) describe_changed_body(r, -1);
  if (!ctx.guard->needs_response_body(ctx.transaction) || !may_have_body(r)) {
    ctx.response = Response::kReleased;
    if (is_event_stream(r)) r->upstream->buffering = 0;
    return send_header(r, ctx);
  }
  ctx.response = Response::kHeld;
  r->filter_need_in_memory = 1;
  return NGX_OK;
}

}  // namespace

ngx_int_t header_filter(ngx_http_request_t* r) {
  return guarded(r->connection->log, ngx_int_t{NGX_ERROR}, [&]() -> ngx_int_t {
    if (r != r->main) return next_header_filter(r);
    Context* ctx = context(r);
    if (ctx == nullptr) {
      // nginx refused the request before it came to us (too large, malformed): its answer is ours to word.
      const guard::Guard* guard = location(r).guard;
      if (guard == nullptr || r->headers_out.status < NGX_HTTP_BAD_REQUEST) return next_header_filter(r);
      ctx = create_context(r, *guard);
      if (ctx == nullptr) return NGX_ERROR;
    }
    return ctx->response == Response::kNone ? decide(r, *ctx) : next_header_filter(r);
  });
}

ngx_int_t body_filter(ngx_http_request_t* r, ngx_chain_t* in) {
  return guarded(r->connection->log, ngx_int_t{NGX_ERROR}, [&]() -> ngx_int_t {
    Context* ctx = r == r->main ? context(r) : nullptr;
    if (ctx != nullptr && ctx->response == Response::kUniform) {
      const bool ended = ends(in) || broken_off(r);
      consume(in);
      return go_on_uniform(r, *ctx, ended);
    }
    if (ctx == nullptr || in == nullptr) return next_body_filter(r, in);
    switch (ctx->response) {
      case Response::kHeld: return hold(r, *ctx, in);
      case Response::kReplaced:
        // refuse() of a request sends its own body through here once.
        if (ctx->request == Context::Request::kRefused) return next_body_filter(r, in);
        consume(in);
        return next_body_filter(r, nullptr);
      default: return next_body_filter(r, in);
    }
  });
}

}  // namespace portico::nginx
