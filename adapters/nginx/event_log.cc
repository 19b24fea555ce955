// Events: made when a request ends, written in batches. The file is opened as nginx opens its own logs: by the master,
// before workers give up its privileges, and anew on SIGUSR1 (log rotation). Unlike for nginx's own logs, a file that
// cannot be opened is no reason not to start.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "event/event.h"
#include "module.h"

namespace portico::nginx {
namespace {

constexpr ngx_msec_t kFlushAfterMs = 250;

ngx_event_t flush_event;
ngx_connection_t flush_connection;  // an event needs one, if only to say that it has no file descriptor
const ngx_open_file_t* event_file = nullptr;

// The log writes by itself when its batch is full, and a rotation closes one descriptor for another: so before each
// append too.
void use_current_file(event::Log& log) {
  if (event_file != nullptr && event_file->fd != NGX_INVALID_FILE) log.use(event_file->fd);
}

// The counter tells how many; the line tells why, and not more often than once in a while.
void report_failure(const event::Log& log) {
  static std::int64_t silent_until_ns = 0;
  if (log.error() == 0 || monotonic_ns() < silent_until_ns) return;
  silent_until_ns = monotonic_ns() + INT64_C(10'000'000'000);
  ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, log.error(), "portico: events are lost: cannot write \"%s\"",
                log.path().c_str());
}

void flush(event::Log& log) {
  use_current_file(log);
  log.flush();
  report_failure(log);
}

void on_flush_timer(ngx_event_t*) {
  guarded(ngx_cycle->log, false, [] {
    if (worker().log) flush(*worker().log);
    return true;
  });
}

std::string_view protocol(const ngx_http_request_t* r) {
  switch (r->http_version) {
    case NGX_HTTP_VERSION_9: return "HTTP/0.9";
    case NGX_HTTP_VERSION_10: return "HTTP/1.0";
    case NGX_HTTP_VERSION_20: return "HTTP/2";
    default: return "HTTP/1.1";
  }
}

std::uint64_t microseconds(std::int64_t from_ns, std::int64_t to_ns) {
  return from_ns == 0 || to_ns <= from_ns ? 0 : static_cast<std::uint64_t>((to_ns - from_ns) / 1000);
}

std::uint16_t final_status(const ngx_http_request_t* r) {
  return static_cast<std::uint16_t>(r->err_status != 0 ? r->err_status : r->headers_out.status);
}

void count(const Context& ctx, event::Verdict verdict) {
  Counters& counters = *worker().counters;
  const auto add = [](Count& count, std::uint64_t by) { count.fetch_add(by, std::memory_order_relaxed); };
  add(counters.by_verdict[static_cast<std::size_t>(verdict)], 1);
  counters.guard_time.add(ctx.guard_ns, kGuardBounds);
  counters.request_time.add(monotonic_ns() - ctx.started_ns, kRequestBounds);
  if (const auto index = ctx.guard->operation_index(ctx.transaction)) {
    if (OperationCounters* operation = worker().operations[ctx.guard][*index]) {
      add(operation->by_verdict[static_cast<std::size_t>(verdict)], 1);
      add(operation->guard_ns, static_cast<std::uint64_t>(ctx.guard_ns));
    }
  }
  for (const auto& decision : ctx.decisions) {
    counters.by_rule[static_cast<std::size_t>(decision.rule)].fetch_add(1, std::memory_order_relaxed);
  }
}

event::Caller caller_of(const Context& ctx) {
  const guard::Caller caller = ctx.guard->caller(ctx.transaction);
  return {.method = caller.method,
          .issuer = caller.issuer,
          .subject = caller.subject,
          .id = caller.id,
          .digest = caller.digest,
          .unverified = caller.unverified};
}

void write_event(ngx_http_request_t* r, const Context& ctx, event::Verdict verdict) {
  static std::vector<event::Reason> reasons;
  static std::string path;
  reasons.clear();
  for (const auto& decision : ctx.decisions) {
    reasons.push_back({guard::rule(decision.rule).id, decision.place, decision.detail,
                       decision.contract.empty() ? ctx.guard->operation_place(ctx.transaction) : decision.contract,
                       decision.reported});
  }
  path.clear();
  ctx.guard->append_path(path, ctx.transaction, view(r->unparsed_uri));
  // Whom trusted proxies name; where the guard was not asked, the peer.
  const bool asked = ctx.transaction.client != address::Ip{};
  const std::string client = asked ? address::to_string(ctx.transaction.client) : std::string();
  const std::string_view address = asked ? std::string_view(client) : view(r->connection->addr_text);
  const guard::Repairs& made = ctx.transaction.repairs;
  const std::array repairs = {event::Count{"stripped", made.stripped}, event::Count{"dropped", made.dropped},
                              event::Count{"masked", made.masked}, event::Count{"rounded", made.rounded},
                              event::Count{"redacted", made.redacted}};
  const auto classes = guard::data_classes();
  std::array<event::Count, std::tuple_size_v<decltype(ctx.transaction.personal)>> personal;
  for (std::size_t i = 0; i < personal.size(); ++i) personal[i] = {classes[i], ctx.transaction.personal[i]};
  const auto now = monotonic_ns();
  const ngx_table_elt_t* agent = r->headers_in.user_agent;
  const ngx_table_elt_t* host = r->headers_in.host;
  event::Log& log = *worker().log;
  use_current_file(log);
  log.append({
      .time_us = ctx.started_wall_us,
      .request_id = request_id(r),
      .api = ctx.guard->api(),
      .operation = ctx.guard->operation_id(ctx.transaction),
      .method = view(r->method_name),
      .path_template = ctx.guard->path_template(ctx.transaction),
      .path = path,
      .host = host != nullptr ? view(host->value) : view(r->headers_in.server),
      .protocol = protocol(r),
      .user_agent = agent != nullptr ? view(agent->value) : std::string_view(),
      .address = address,
      .caller = caller_of(ctx),
      .status = final_status(r),
      .upstream_status = ctx.upstream_status,
      .verdict = verdict,
      .reasons = reasons,
      .request_bytes = static_cast<std::uint64_t>(std::max<off_t>(r->headers_in.content_length_n, 0)),
      .response_bytes =
          static_cast<std::uint64_t>(std::max<off_t>(r->connection->sent - static_cast<off_t>(r->header_size), 0)),
      .duration_us = microseconds(ctx.started_ns, now),
      .upstream_us = microseconds(ctx.forwarded_ns, ctx.answered_ns),
      .guard_us = static_cast<std::uint64_t>(ctx.guard_ns / 1000),
      .repairs = repairs,
      .personal = personal,
      .client_gone = r->connection->error != 0 || final_status(r) == NGX_HTTP_CLIENT_CLOSED_REQUEST,
  });
  report_failure(log);
  if (!log.empty() && !flush_event.timer_set) ngx_add_timer(&flush_event, kFlushAfterMs);
}

}  // namespace

ngx_int_t open_event_log(ngx_cycle_t* cycle, MainConfiguration& main) {
  if (main.event_log.len == 0 || view(main.event_log) == "-") return NGX_OK;
  auto* file = static_cast<ngx_open_file_t*>(ngx_list_push(&cycle->open_files));
  if (file == nullptr) return NGX_ERROR;
  ngx_memzero(file, sizeof(ngx_open_file_t));
  file->name = main.event_log;
  file->name.data = static_cast<u_char*>(ngx_pnalloc(cycle->pool, main.event_log.len + 1));
  if (file->name.data == nullptr) return NGX_ERROR;
  *ngx_cpymem(file->name.data, main.event_log.data, main.event_log.len) = '\0';
  const char* name = reinterpret_cast<const char*>(file->name.data);
  file->fd = ::open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
  main.event_file = file;
  if (file->fd == NGX_INVALID_FILE) {
    ngx_log_error(NGX_LOG_ERR, cycle->log, ngx_errno, "portico: cannot open the event log \"%s\", events are lost",
                  name);
    return NGX_OK;
  }
  // Workers open it anew by themselves after a rotation.
  const auto* core = reinterpret_cast<ngx_core_conf_t*>(ngx_get_conf(cycle->conf_ctx, ngx_core_module));
  if (::geteuid() == 0 && core->user != static_cast<ngx_uid_t>(NGX_CONF_UNSET_UINT)) {
    if (::fchown(file->fd, core->user, core->group) != 0) {
      ngx_log_error(NGX_LOG_WARN, cycle->log, ngx_errno, "portico: cannot give \"%s\" to the workers", name);
    }
  }
  return NGX_OK;
}

void start_event_log(ngx_cycle_t* cycle, MainConfiguration& main) {
  if (main.event_log.len == 0) return;
  worker().log.emplace(std::string(view(main.event_log)), worker().counters->events);
  flush_connection = {};
  flush_connection.fd = static_cast<ngx_socket_t>(-1);
  event_file = main.event_file;
  flush_event = {};
  flush_event.handler = on_flush_timer;
  flush_event.data = &flush_connection;
  flush_event.log = cycle->log;
  // Must not keep a worker alive that is about to exit: exit flushes by itself.
  flush_event.cancelable = 1;
}

void stop_event_log() {
  if (!worker().log) return;
  flush(*worker().log);
  worker().log.reset();
}

ngx_int_t log_handler(ngx_http_request_t* r) {
  return guarded(r->connection->log, ngx_int_t{NGX_OK}, [&]() -> ngx_int_t {
    Context* ctx = r == r->main ? context(r) : nullptr;
    if (ctx == nullptr) return NGX_OK;
    const event::Verdict made = verdict(*ctx);
    count(*ctx, made);
    if (worker().log) write_event(r, *ctx, made);
    // Gives the caller back, whom the event tells of.
    const guard::Ending ending{
        .status = final_status(r), .upstream_status = ctx->upstream_status, .now_ns = monotonic_ns()};
    ctx->guard->finish(worker().guard, shared_for(*ctx->guard), ctx->transaction, ending);
    return NGX_OK;
  });
}

}  // namespace portico::nginx
