// Requests: decided before they are forwarded, on exactly the bytes that are forwarded.
#include "module.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/text.h"

namespace portico::nginx {
namespace {

// Time spent deciding, added up over a request's phases.
class Stopwatch {
 public:
  explicit Stopwatch(Context& ctx) : ctx_(ctx), started_(monotonic_ns()) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { ctx_.guard_ns += monotonic_ns() - started_; }

 private:
  Context& ctx_;
  std::int64_t started_;
};

void collect_headers(ngx_http_request_t* r, std::vector<guard::HeaderField>& headers) {
  headers.clear();
  for (const ngx_list_part_t* part = &r->headers_in.headers.part; part != nullptr; part = part->next) {
    const auto* fields = static_cast<const ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) headers.push_back({view(fields[i].key), view(fields[i].value)});
  }
}

std::span<const std::uint8_t> address_bytes(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    return {reinterpret_cast<const std::uint8_t*>(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr), 4};
  }
  if (address->sa_family != AF_INET6) return {};
  const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return {v6.s6_addr + 12, 4};
  return {v6.s6_addr, 16};
}

// Of a target in absolute form; with its scheme, and so no Host's equal, where that is not HTTP's. HTTP/2 has its own
// field for it, which nginx takes for the Host.
std::string_view authority(const ngx_http_request_t* r) {
  if (r->schema_start == nullptr || r->host_start == nullptr || r->http_version >= NGX_HTTP_VERSION_20) return {};
  const auto text = [](const u_char* from, const u_char* to) {
    return std::string_view(reinterpret_cast<const char*>(from), static_cast<std::size_t>(to - from));
  };
  const auto scheme = text(r->schema_start, r->schema_end);
  const bool is_http = equal_ignoring_case(scheme, "http") || equal_ignoring_case(scheme, "https");
  const u_char* end = r->port_end != nullptr && r->port_end > r->host_end ? r->port_end : r->host_end;
  return text(is_http ? r->host_start : r->schema_start, end);
}

guard::Decision decide_head(ngx_http_request_t* r, Context& ctx) {
  const Stopwatch stopwatch(ctx);
  WorkerState& state = worker();
  collect_headers(r, state.headers);
  const ngx_table_elt_t* host = r->headers_in.host;
  const guard::RequestHead head{
      .method = view(r->method_name),
      .target = view(r->unparsed_uri),
      .host = host != nullptr ? view(host->value) : std::string_view(),
      .authority = authority(r),
      .headers = state.headers,
      .client_certificate = client_certificate(*r->connection),
      .address = address_bytes(r->connection->sockaddr),
      .tls = r->connection->ssl != nullptr,
      .has_body = r->headers_in.content_length_n > 0 || r->headers_in.chunked,
      .now_ns = ctx.started_ns,
      .wall_us = ctx.started_wall_us,
  };
  return ctx.guard->check_request_head(state.guard, shared_for(*ctx.guard), ctx.transaction, head);
}

bool append_file_part(ngx_http_request_t* r, const ngx_buf_t& buffer, std::string& body) {
  off_t at = buffer.file_pos;
  while (at < buffer.file_last) {
    std::array<u_char, 32768> part;
    const auto wanted = std::min<off_t>(buffer.file_last - at, static_cast<off_t>(part.size()));
    const ssize_t got = ngx_read_file(buffer.file, part.data(), static_cast<size_t>(wanted), at);
    if (got <= 0) {
      ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "portico: cannot read the buffered request body");
      return false;
    }
    body.append(reinterpret_cast<const char*>(part.data()), static_cast<std::size_t>(got));
    at += got;
  }
  return true;
}

// The body in one piece: where nginx has it in one buffer, there; else put together in the worker's own.
std::optional<std::string_view> whole_body(ngx_http_request_t* r) {
  if (r->request_body == nullptr || r->request_body->bufs == nullptr) return std::string_view();
  const ngx_chain_t* chain = r->request_body->bufs;
  const auto in_memory = [](const ngx_buf_t& b) {
    return std::string_view(reinterpret_cast<const char*>(b.pos), static_cast<std::size_t>(b.last - b.pos));
  };
  if (chain->next == nullptr && !chain->buf->in_file) return in_memory(*chain->buf);
  std::string& body = worker().body;
  body.clear();
  for (; chain != nullptr; chain = chain->next) {
    const ngx_buf_t& buffer = *chain->buf;
    if (buffer.in_file) {
      if (!append_file_part(r, buffer, body)) return std::nullopt;
    } else {
      body += in_memory(buffer);
    }
  }
  return body;
}

std::size_t body_size(const ngx_http_request_t* r) {
  off_t size = 0;
  if (r->request_body == nullptr) return 0;
  for (const ngx_chain_t* chain = r->request_body->bufs; chain != nullptr; chain = chain->next) {
    size += ngx_buf_size(chain->buf);
  }
  return static_cast<std::size_t>(size);
}

std::optional<guard::Decision> decide_body(ngx_http_request_t* r, Context& ctx, guard::Repaired& forwarded) {
  // Not put into memory before it is known to fit.
  if (body_size(r) > ctx.guard->max_request_body())
    return ctx.guard->request_body_too_large(worker().guard, ctx.transaction);
  const auto body = whole_body(r);
  if (!body) return std::nullopt;
  const Stopwatch stopwatch(ctx);
  return ctx.guard->check_request_body(worker().guard, ctx.transaction, *body, forwarded);
}

ngx_int_t refuse(ngx_http_request_t* r, Context& ctx) {
  ctx.request = Context::Request::kRefused;
  // A client that asks before it sends its body is told no, not to go on. Nothing can follow on this connection:
  // whether the body comes is not known.
  if (r->headers_in.expect != nullptr && !r->expect_tested && r->request_body == nullptr) {
    r->expect_tested = 1;
    r->keepalive = 0;
  }
  const auto discarded = ngx_http_discard_request_body(r);
  if (discarded != NGX_OK) return discarded;
  ngx_buf_t* body = make_answer(r, ctx, ctx.decisions.back(), 0);
  if (body == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  ctx.response = Context::Response::kReplaced;
  ctx.answer_sent = true;
  const ngx_int_t sent = ngx_http_send_header(r);
  if (sent != NGX_ERROR && sent <= NGX_OK && !r->header_only) {
    ngx_chain_t out{body, nullptr};
    ngx_http_finalize_request(r, ngx_http_output_filter(r, &out));
  } else {
    ngx_http_finalize_request(r, sent);
  }
  return NGX_DONE;
}

// Instead of the service.
ngx_int_t answer(ngx_http_request_t* r, Context& ctx) {
  if (const auto discarded = ngx_http_discard_request_body(r); discarded != NGX_OK) return discarded;
  ctx.response = Context::Response::kReleased;
  r->headers_out.status = NGX_HTTP_NO_CONTENT;
  r->header_only = 1;
  if (!change_fields(r, ctx)) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  ngx_http_finalize_request(r, ngx_http_send_header(r));
  return NGX_DONE;
}

ngx_int_t forward(ngx_http_request_t* r, Context& ctx) {
  if (!tell_caller(r, ctx)) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  ctx.request = Context::Request::kForwarded;
  ctx.forwarded_ns = monotonic_ns();
  return NGX_DECLINED;
}

// Puts `text` in the place of the body that nginx has read.
bool replace_body(ngx_http_request_t* r, std::string_view text) {
  static const std::string kAboutBytes[] = {"content-encoding", "content-digest", "repr-digest", "digest",
                                            "content-md5"};
  ngx_buf_t* buffer = ngx_create_temp_buf(r->pool, text.size());
  ngx_chain_t* link = ngx_alloc_chain_link(r->pool);
  if (buffer == nullptr || link == nullptr || !take_fields(r, kAboutBytes)) return false;
  buffer->last = ngx_cpymem(buffer->last, text.data(), text.size());
  *link = {buffer, nullptr};
  r->request_body->bufs = link;
  r->request_body->temp_file = nullptr;
  r->headers_in.chunked = 0;
  r->headers_in.content_length_n = static_cast<off_t>(text.size());
  if (ngx_table_elt_t* length = r->headers_in.content_length) {
    auto* digits = static_cast<u_char*>(ngx_pnalloc(r->pool, NGX_OFF_T_LEN));
    if (digits == nullptr) return false;
    length->value = {static_cast<size_t>(ngx_sprintf(digits, "%O", r->headers_in.content_length_n) - digits), digits};
  }
  return true;
}

// `checked`: what the guard made of the body.
ngx_int_t forward_checked(ngx_http_request_t* r, Context& ctx, const guard::Repaired& checked) {
  std::string& text = worker().rewritten;
  const bool rewritten = ctx.guard->rewrite_request_body(worker().guard, ctx.transaction, text);
  if ((rewritten || checked.changed) && !replace_body(r, rewritten ? text : checked.body)) {
    return NGX_HTTP_INTERNAL_SERVER_ERROR;
  }
  return forward(r, ctx);
}

// nginx calls this when the whole body is there; the phases then go on and come back to the handler below.
void body_read(ngx_http_request_t* r) {
  if (Context* ctx = context(r)) ctx->request = Context::Request::kBodyRead;
  r->preserve_body = 1;
  r->write_event_handler = ngx_http_core_run_phases;
  ngx_http_core_run_phases(r);
}

ngx_int_t start(ngx_http_request_t* r, const guard::Guard& guard) {
  Context* ctx = create_context(r, guard);
  if (ctx == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  if (object(*ctx, decide_head(r, *ctx))) return refuse(r, *ctx);
  if (guard.answers(ctx->transaction)) return answer(r, *ctx);
  if (!take_forwarded_head(r, guard.forwarded_head(worker().guard))) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  if (!guard.needs_request_body(ctx->transaction)) return forward(r, *ctx);
  const auto length = r->headers_in.content_length_n;
  if (length > 0 && static_cast<std::uint64_t>(length) > guard.max_request_body()) {
    auto decision = guard.request_body_too_large(worker().guard, ctx->transaction);
    return object(*ctx, std::move(decision)) ? refuse(r, *ctx) : forward(r, *ctx);
  }
  ctx->request = Context::Request::kReadingBody;
  const ngx_int_t status = ngx_http_read_client_request_body(r, body_read);
  if (status >= NGX_HTTP_SPECIAL_RESPONSE) return status;
  ngx_http_finalize_request(r, NGX_DONE);
  return NGX_DONE;
}

ngx_int_t resume(ngx_http_request_t* r, Context& ctx) {
  switch (ctx.request) {
    case Context::Request::kReadingBody: return NGX_DONE;
    case Context::Request::kBodyRead: {
      guard::Repaired forwarded;
      auto decision = decide_body(r, ctx, forwarded);
      if (!decision) return NGX_HTTP_INTERNAL_SERVER_ERROR;
      return object(ctx, *std::move(decision)) ? refuse(r, ctx) : forward_checked(r, ctx, forwarded);
    }
    default: return NGX_DECLINED;
  }
}

}  // namespace

ngx_int_t preaccess_handler(ngx_http_request_t* r) {
  return guarded(r->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [&]() -> ngx_int_t {
    // A subrequest is nginx's own, made for a request that was already decided.
    if (r != r->main) return NGX_DECLINED;
    if (Context* ctx = context(r)) return resume(r, *ctx);
    const guard::Guard* guard = location(r).guard;
    return guard == nullptr ? NGX_DECLINED : start(r, *guard);
  });
}

}  // namespace portico::nginx
