// Uniform answers: whatever the service said, the same leaves, and not before its time. The wait is nginx's own for
// limit_rate: a timer at the connection's write event, after which the filters are called again.
#include "module.h"

#include <algorithm>

#include "base/clock.h"

namespace portico::nginx {
namespace {

// Tells nginx that the request is not over. Of the bits of ngx_http_request_t::buffered the image filter's, which has
// nothing to do here.
constexpr unsigned kWaiting = 0x08;

ngx_int_t send(ngx_http_request_t* r, Context& ctx) {
  r->buffered = r->buffered & ~kWaiting & 0x0fU;
  ctx.answer_sent = true;
  const ngx_int_t sent = next_header_filter(r);
  if (sent == NGX_ERROR || sent > NGX_OK || r->header_only) return sent;
  ngx_chain_t out{ctx.uniform, nullptr};
  return next_body_filter(r, &out);
}

void wait(ngx_http_request_t* r, std::int64_t ns) {
  r->buffered = (r->buffered | kWaiting) & 0x0fU;
  ngx_event_t* event = r->connection->write;
  if (event->delayed && event->timer_set) return;
  event->delayed = 1;
  ngx_add_timer(event, static_cast<ngx_msec_t>(ns / 1'000'000 + 1));
}

}  // namespace

ngx_int_t start_uniform(ngx_http_request_t* r, Context& ctx, const guard::UniformAnswer& uniform) {
  ctx.response = Context::Response::kUniform;
  ctx.uniform_not_before = ctx.started_ns + uniform.floor_ns;
  if (r->upstream != nullptr) r->upstream->upgrade = 0;
  const bool has_body = !uniform.body.empty();
  start_answer(r, uniform.status, uniform.media_type, uniform.body.size());
  auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(r->pool));
  if (buffer == nullptr || !change_fields(r, ctx)) return NGX_ERROR;
  if (has_body) {
    // The policy lives as long as the guard, which outlives its requests.
    buffer->pos = string_of(uniform.body).data;
    buffer->last = buffer->pos + uniform.body.size();
    buffer->memory = 1;
  }
  buffer->last_buf = 1;
  buffer->last_in_chain = 1;
  ctx.uniform = buffer;
  return NGX_OK;
}

ngx_int_t go_on_uniform(ngx_http_request_t* r, Context& ctx, bool ended) {
  ctx.uniform_ready = ctx.uniform_ready || ended;
  if (ctx.answer_sent) return next_body_filter(r, nullptr);
  if (!ctx.uniform_ready) return NGX_OK;
  const std::int64_t left = ctx.uniform_not_before - monotonic_ns();
  if (left <= 0) return send(r, ctx);
  wait(r, left);
  return NGX_AGAIN;
}

}  // namespace portico::nginx
