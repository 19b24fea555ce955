// What the module shows of itself: `portico_status` (metrics.cc says what) and variables for log_format and map.
#include "base/text.h"
#include "module.h"

namespace portico::nginx {
namespace {

ngx_int_t set_value(ngx_http_request_t* r, ngx_http_variable_value_t* value, std::string_view text) {
  if (text.empty()) {
    value->not_found = 1;
    return NGX_OK;
  }
  auto* copy = static_cast<u_char*>(ngx_pnalloc(r->pool, text.size()));
  if (copy == nullptr) return NGX_ERROR;
  ngx_memcpy(copy, text.data(), text.size());
  value->data = copy;
  value->len = static_cast<unsigned>(text.size()) & 0xfffffffU;
  value->valid = 1;
  value->no_cacheable = 1;
  value->not_found = 0;
  return NGX_OK;
}

std::string_view operation(const Context& ctx) { return ctx.guard->operation_id(ctx.transaction); }

std::string_view verdict_name(const Context& ctx) { return event::name(verdict(ctx)); }

std::string_view first_rule(const Context& ctx) {
  return ctx.decisions.empty() ? std::string_view() : guard::rule(ctx.decisions.front().rule).id;
}

// What the client may ask of the service by Upgrade: WebSocket, where the contract declares 101. Other protocols (h2c)
// would take requests past the guard.
ngx_int_t get_upgrade(ngx_http_request_t* r, ngx_http_variable_value_t* value, uintptr_t is_connection) {
  return guarded(r->connection->log, ngx_int_t{NGX_ERROR}, [&] {
    const Context* ctx = context(r->main);
    const ngx_table_elt_t* asked = r->headers_in.upgrade;
    const bool allowed = ctx != nullptr && asked != nullptr && equal_ignoring_case(view(asked->value), "websocket") &&
                         ctx->guard->allows_upgrade(ctx->transaction);
    if (!allowed) return set_value(r, value, {});
    return set_value(r, value, is_connection != 0 ? "upgrade" : "websocket");
  });
}

// Whom the guard took for the client: the peer, or whom trusted proxies name.
ngx_int_t get_client(ngx_http_request_t* r, ngx_http_variable_value_t* value, uintptr_t) {
  return guarded(r->connection->log, ngx_int_t{NGX_ERROR}, [&] {
    const Context* ctx = context(r->main);
    if (ctx == nullptr || ctx->transaction.client == address::Ip{}) {
      return set_value(r, value, view(r->connection->addr_text));
    }
    return set_value(r, value, address::to_string(ctx->transaction.client));
  });
}

template <std::string_view (*read)(const Context&)>
ngx_int_t get_variable(ngx_http_request_t* r, ngx_http_variable_value_t* value, uintptr_t) {
  return guarded(r->connection->log, ngx_int_t{NGX_ERROR}, [&] {
    const Context* ctx = context(r->main);
    return set_value(r, value, ctx == nullptr ? std::string_view() : read(*ctx));
  });
}

}  // namespace

ngx_int_t add_variables(ngx_conf_t* cf) {
  struct Variable {
    ngx_str_t name;
    ngx_http_get_variable_pt get;
    uintptr_t data = 0;
  };
  Variable variables[] = {
      {ngx_string("portico_operation"), get_variable<operation>},
      {ngx_string("portico_verdict"), get_variable<verdict_name>},
      {ngx_string("portico_rule"), get_variable<first_rule>},
      {ngx_string("portico_client"), get_client},
      {ngx_string("portico_upgrade"), get_upgrade, 0},
      {ngx_string("portico_connection"), get_upgrade, 1},
  };
  for (Variable& variable : variables) {
    ngx_http_variable_t* added = ngx_http_add_variable(cf, &variable.name, NGX_HTTP_VAR_NOCACHEABLE);
    if (added == nullptr) return NGX_ERROR;
    added->get_handler = variable.get;
    added->data = variable.data;
  }
  return NGX_OK;
}

ngx_int_t status_handler(ngx_http_request_t* r) {
  return guarded(r->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [&]() -> ngx_int_t {
    if ((r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) == 0) return NGX_HTTP_NOT_ALLOWED;
    if (const ngx_int_t discarded = ngx_http_discard_request_body(r); discarded != NGX_OK) return discarded;
    if (main_configuration(r).shared.zone == nullptr) return NGX_HTTP_NOT_FOUND;
    const std::string text = metrics(worker());
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_type = string_of("text/plain; version=0.0.4");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_length_n = static_cast<off_t>(text.size());
    const ngx_int_t sent = ngx_http_send_header(r);
    if (sent == NGX_ERROR || sent > NGX_OK || r->header_only) return sent;
    ngx_buf_t* buffer = ngx_create_temp_buf(r->pool, text.size());
    if (buffer == nullptr) return NGX_ERROR;
    buffer->last = ngx_cpymem(buffer->last, text.data(), text.size());
    buffer->last_buf = 1;
    buffer->last_in_chain = 1;
    ngx_chain_t out{buffer, nullptr};
    return ngx_http_output_filter(r, &out);
  });
}

}  // namespace portico::nginx
