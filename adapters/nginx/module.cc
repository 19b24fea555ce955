#include "module.h"

#include <sys/random.h>

#include <algorithm>
#include <iterator>

#include "base/clock.h"

namespace portico::nginx {

ngx_http_output_header_filter_pt next_header_filter = nullptr;
ngx_http_output_body_filter_pt next_body_filter = nullptr;

namespace {

// Made when a worker starts and ended when it exits: nginx gives a worker no other place for state of its own.
WorkerState* worker_state = nullptr;

// What nginx appends to its own messages about a request. Its usual text has the request line, and with it whatever
// secrets stand in a query.
u_char* append_log_context(ngx_http_request_t* r, ngx_http_request_t*, u_char* buffer, size_t size) {
  u_char* const end = buffer + size;
  // Only looked at: making it may itself have something to log.
  if (const ngx_http_variable_value_t& id = r->variables[main_configuration(r).request_id_index]; id.valid) {
    buffer = ngx_slprintf(buffer, end, ", request_id: \"%v\"", &id);
  }
  if (const ngx_http_upstream_t* upstream = r->upstream; upstream != nullptr && upstream->peer.name != nullptr) {
    buffer = ngx_slprintf(buffer, end, ", upstream: %V", upstream->peer.name);
  }
  return buffer;
}

void end_context(void* data) { static_cast<Context*>(data)->~Context(); }

MainConfiguration* main_of(ngx_cycle_t* cycle) {
  if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == nullptr) return nullptr;  // no http block
  return static_cast<MainConfiguration*>(ngx_http_cycle_get_module_main_conf(cycle, ngx_http_portico_module));
}

}  // namespace

WorkerState& worker() { return *worker_state; }

Context* create_context(ngx_http_request_t* r, const guard::Guard& guard) {
  ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(r->pool, sizeof(Context));
  if (cleanup == nullptr) return nullptr;
  auto* ctx = new (cleanup->data) Context;
  cleanup->handler = end_context;
  ctx->guard = &guard;
  r->log_handler = append_log_context;
  ctx->started_wall_us = wall_us();
  ctx->started_ns = monotonic_ns();
  ngx_http_set_ctx(r, ctx, ngx_http_portico_module);
  request_id(r);
  return ctx;
}

Context* context(ngx_http_request_t* r) {
  if (auto* ctx = static_cast<Context*>(ngx_http_get_module_ctx(r, ngx_http_portico_module))) return ctx;
  // An internal redirect clears the modules' contexts; the pool's cleanup still knows ours.
  if (!r->internal && !r->filter_finalize) return nullptr;
  for (ngx_pool_cleanup_t* cleanup = r->pool->cleanup; cleanup != nullptr; cleanup = cleanup->next) {
    if (cleanup->handler != end_context) continue;
    ngx_http_set_ctx(r, cleanup->data, ngx_http_portico_module);
    return static_cast<Context*>(cleanup->data);
  }
  return nullptr;
}

bool object(Context& ctx, guard::Decision decision) {
  auto& reports = worker().guard.reports();
  std::ranges::move(reports, std::back_inserter(ctx.decisions));
  reports.clear();
  if (decision.allowed()) return false;
  ctx.decisions.push_back(std::move(decision));
  return true;
}

event::Verdict verdict(const Context& ctx) {
  // Errors of nginx's own are in the list for their problem documents; they are not the contract's verdicts.
  const auto is_verdict = [](const guard::Decision& decision) {
    return decision.rule != guard::RuleId::kServiceUnavailable && decision.rule != guard::RuleId::kServerRefused;
  };
  const auto refuses = [&](const guard::Decision& decision) { return is_verdict(decision) && !decision.reported; };
  if (std::ranges::none_of(ctx.decisions, is_verdict)) return event::Verdict::kAllowed;
  return std::ranges::any_of(ctx.decisions, refuses) ? event::Verdict::kRefused : event::Verdict::kReported;
}

namespace {

ngx_int_t init_module(ngx_cycle_t* cycle) {
  MainConfiguration* main = main_of(cycle);
  if (main == nullptr) return NGX_OK;
  return guarded(cycle->log, NGX_ERROR, [&] {
    const ngx_int_t opened = open_state_files(cycle, *main);
    return opened == NGX_OK ? open_event_log(cycle, *main) : opened;
  });
}

ngx_int_t init_process(ngx_cycle_t* cycle) {
  MainConfiguration* main = main_of(cycle);
  if (main == nullptr || main->shared.zone == nullptr) return NGX_OK;
  return guarded(cycle->log, NGX_ERROR, [&]() -> ngx_int_t {
    worker_state = new WorkerState;
    std::byte* memory = main->shared.bytes().data();
    worker_state->counters = reinterpret_cast<Counters*>(memory);
    for (const auto& [key, guard] : main->guards) {
      auto& operations = worker_state->operations[guard.get()];
      for (std::size_t i = 0; i < guard->operation_count(); ++i) {
        operations.push_back(worker_state->counters->operation(guard->api(), guard->operation_name(i)));
      }
    }
    if (!seed_request_ids(worker_state->request_ids)) return NGX_ERROR;
    std::uint64_t seed = 0;
    if (::getrandom(&seed, sizeof(seed), 0) != sizeof(seed)) return NGX_ERROR;
    // One eighth remembers ids of one-time tokens and proofs, the rest is for limits.
    const std::span shared = main->shared.bytes().subspan(kCountersSize);
    using identity::ReplayWindow;
    const std::size_t ids = shared.size() / 8 / ReplayWindow::kSmallest * ReplayWindow::kSmallest;
    worker_state->replay.emplace(shared.first(ids), seed, wall_us() / 1'000'000);
    worker_state->limits.emplace(shared.subspan(ids), seed);
    worker_state->shared.replay = &*worker_state->replay;
    worker_state->shared.limits = &*worker_state->limits;
    if (main->objects.zone != nullptr) {
      worker_state->objects.emplace(main->objects.bytes(), seed);
      worker_state->shared.objects = &*worker_state->objects;
    }
    start_state_files(cycle, *main);
    start_event_log(cycle, *main);
    return NGX_OK;
  });
}

void exit_process(ngx_cycle_t* cycle) {
  if (worker_state == nullptr) return;
  guarded(cycle->log, NGX_ERROR, []() -> ngx_int_t {
    stop_event_log();
    delete worker_state;
    worker_state = nullptr;
    return NGX_OK;
  });
}

}  // namespace

extern ngx_http_module_t module_context;
extern ngx_command_t directives[];

}  // namespace portico::nginx

extern "C" {

ngx_module_t ngx_http_portico_module = {
    NGX_MODULE_V1,
    &portico::nginx::module_context,
    portico::nginx::directives,
    NGX_HTTP_MODULE,
    nullptr,
    portico::nginx::init_module,
    portico::nginx::init_process,
    nullptr,
    nullptr,
    portico::nginx::exit_process,
    nullptr,
    NGX_MODULE_V1_PADDING,
};

// What nginx looks for in a module's shared object.
__attribute__((visibility("default"))) ngx_module_t* ngx_modules[] = {&ngx_http_portico_module, nullptr};
__attribute__((visibility("default"))) char* ngx_module_names[] = {const_cast<char*>("ngx_http_portico_module"),
                                                                   nullptr};
// Filters run from the end of this order: after nginx has the answer in memory, and before anything changes it (gzip,
// sub, ssi, ranges).
__attribute__((visibility("default"))) char* ngx_module_order[] = {
    const_cast<char*>("ngx_http_portico_module"), const_cast<char*>("ngx_http_copy_filter_module"), nullptr};
}
