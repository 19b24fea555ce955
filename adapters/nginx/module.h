// adapters/nginx/ puts the guard into nginx: ngx_http_portico_module. It is glue: it turns nginx's requests into what
// guard/guard.h reads, carries out its decisions, and writes the events. One file a concern: configuration.cc reads the
// directives, request.cc and response.cc are the two directions, answer.cc and uniform.cc replace messages,
// event_log.cc and shared_memory.cc and state.cc keep what outlives a request, status.cc shows it.
//
// nginx calls the module from C, one event loop a worker process: no callback may throw, block or keep a lock. Each one
// goes through guarded(), which turns an exception (out of memory, a bug) into a closed door.
#pragma once

extern "C" {
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

extern ngx_module_t ngx_http_portico_module;
}

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "counters.h"
#include "event/event.h"
#include "event/log.h"
#include "guard/guard.h"
#include "guard/limits.h"
#include "identity/replay_window.h"
#include "state/reader.h"

namespace portico::nginx {

inline std::string_view view(const ngx_str_t& text) { return {reinterpret_cast<const char*>(text.data), text.len}; }

inline ngx_str_t string_of(std::string_view text) {
  return {text.size(), reinterpret_cast<u_char*>(const_cast<char*>(text.data()))};
}

// A policy's state file. The reader is there in all that are in a list.
struct StateFile {
  std::optional<state::Reader> reader;
  bool failing = false;  // another lies in its place and cannot be opened
};
using StateFiles = std::map<const guard::Guard*, StateFile>;

// Memory that all workers map.
struct SharedMemory {
  size_t size = NGX_CONF_UNSET_SIZE;
  ngx_shm_zone_t* zone = nullptr;

  std::span<std::byte> bytes() const { return {static_cast<std::byte*>(zone->data), size}; }
};

// Lives as long as a configuration cycle (until the workers that use it are gone).
struct MainConfiguration {
  // By policy, contract and mode: many locations may share one guard.
  std::map<std::string, std::unique_ptr<guard::Guard>> guards;
  StateFiles state_files;
  ngx_str_t event_log = ngx_null_string;
  SharedMemory shared;   // counters, limits and what else all guards have
  SharedMemory objects;  // who was given which ids; no zone where no policy has ownership
  ngx_open_file_t* event_file = nullptr;
  ngx_int_t request_id_index = NGX_ERROR;
};

enum class Switch : ngx_uint_t { kOff, kBlock, kMonitor };

struct LocationConfiguration {
  ngx_str_t contract = ngx_null_string;
  ngx_str_t policy = ngx_null_string;
  ngx_uint_t mode = NGX_CONF_UNSET_UINT;  // Switch; unset: the policy's
  const guard::Guard* guard = nullptr;    // null: this location is not guarded
};

// By guard, in the order of its operations; null where there was no room.
using OperationTables = std::map<const guard::Guard*, std::vector<OperationCounters*>>;

using RequestIdState = std::array<std::uint64_t, 4>;
bool seed_request_ids(RequestIdState& state);

// What one worker process has for itself.
struct WorkerState {
  guard::Worker guard;
  std::optional<guard::LimitTable> limits;
  std::optional<guard::LimitTable> objects;
  std::optional<identity::ReplayWindow> replay;
  guard::Shared shared;  // the above, as guards want it; shared_for() adds what is a guard's own
  std::optional<event::Log> log;
  Counters* counters = nullptr;
  OperationTables operations;
  RequestIdState request_ids{};
  std::vector<guard::HeaderField> headers;  // of the message at hand
  std::vector<std::uint8_t> certificate;    // of the client at hand, in DER
  std::string body;                         // a request body that lay in a file or in pieces
  std::string rewritten;                    // a request body as the service gets it
};
WorkerState& worker();
guard::Shared shared_for(const guard::Guard& guard);

// The module's state of one request. Lives in the request's pool; survives internal redirects.
struct Context {
  const guard::Guard* guard = nullptr;
  guard::Transaction transaction;
  std::vector<guard::Decision> decisions;  // what was objected to; empty for nearly every request
  std::int64_t started_wall_us = 0;
  std::int64_t started_ns = 0;
  std::int64_t forwarded_ns = 0;  // the request went on to the service
  std::int64_t answered_ns = 0;   // the service's answer was complete
  std::int64_t guard_ns = 0;
  std::uint16_t upstream_status = 0;

  enum class Request : std::uint8_t { kNew, kReadingBody, kBodyRead, kForwarded, kRefused };
  Request request = Request::kNew;

  enum class Response : std::uint8_t {
    kNone,      // no header yet
    kHeld,      // header and body are held until the verdict
    kReleased,  // passes as it comes
    kUniform,   // the policy's answer goes out in its place, when its time has come
    kReplaced,  // our answer goes out in its place; what else comes is dropped
  };
  Response response = Response::kNone;
  bool answer_sent = false;             // kReplaced, kUniform: its body is out
  ngx_buf_t* uniform = nullptr;         // kUniform: the body; null: none
  std::int64_t uniform_not_before = 0;  // monotonic
  bool uniform_ready = false;           // the service has said all

  // The held body.
  u_char* body = nullptr;
  std::size_t body_size = 0;
  std::size_t body_capacity = 0;
};

// The request's context, also after an internal redirect; null when it has none. `create` makes one.
Context* context(ngx_http_request_t* r);
Context* create_context(ngx_http_request_t* r, const guard::Guard& guard);

inline LocationConfiguration& location(ngx_http_request_t* r) {
  return *static_cast<LocationConfiguration*>(ngx_http_get_module_loc_conf(r, ngx_http_portico_module));
}
inline MainConfiguration& main_configuration(ngx_http_request_t* r) {
  return *static_cast<MainConfiguration*>(ngx_http_get_module_main_conf(r, ngx_http_portico_module));
}

// Remembers the decision, and what the check only reported. True when the message must be refused now.
bool object(Context& ctx, guard::Decision decision);
// What became of the request so far.
event::Verdict verdict(const Context& ctx);

// In DER; empty where there is none that nginx has verified.
std::span<const std::uint8_t> client_certificate(const ngx_connection_t& connection);

// The id of the request: also the one in $request_id, so that access log, problem document and event agree.
std::string_view request_id(ngx_http_request_t* r);

// Our answer in place of the service's or of nginx's: sets status and header fields for `decision` and makes the body.
// The body is returned for the caller to send; null when memory is out. `status` 0: the rule's own.
ngx_buf_t* make_answer(ngx_http_request_t* r, const Context& ctx, const guard::Decision& decision, ngx_uint_t status);

// The answer's status and fields, and nothing of what it said of itself before.
void start_answer(ngx_http_request_t* r, ngx_uint_t status, std::string_view media_type, std::size_t size);

// The policy's answer in place of the service's (uniform.cc). start: from the header filter; go_on: from the body
// filter, `ended` when the service has said all.
ngx_int_t start_uniform(ngx_http_request_t* r, Context& ctx, const guard::UniformAnswer& uniform);
ngx_int_t go_on_uniform(ngx_http_request_t* r, Context& ctx, bool ended);

// Makes the answer's fields true of a changed body of `size` bytes (-1: not known): no coding, digests or ranges, a
// weak ETag.
void describe_changed_body(ngx_http_request_t* r, off_t size);

// Appends a header field; the texts must outlive the request. Null, and false, when memory is out.
// A copy of text in the request's pool; empty when memory is out.
std::string_view keep(ngx_http_request_t* r, std::string_view text);
ngx_table_elt_t* add_field(ngx_http_request_t* r, std::string_view name, std::string_view value);
// Makes an answer's header fields what the guard wants them to be.
bool change_fields(ngx_http_request_t* r, const Context& ctx);

// Takes all fields of these names, in lower case, from the request. False: memory is out.
bool take_fields(ngx_http_request_t* r, std::span<const std::string> names);
// The service gets another head than came. False: memory is out.
bool take_forwarded_head(ngx_http_request_t* r, const guard::ForwardedHead& head);
// Tells the service who calls: takes the fields that the guard names from the request, and adds them as it says. False:
// memory is out.
bool tell_caller(ngx_http_request_t* r, const Context& ctx);

// The hooks, each registered in module.cc or configuration.cc.
ngx_int_t preaccess_handler(ngx_http_request_t* r);
ngx_int_t header_filter(ngx_http_request_t* r);
ngx_int_t body_filter(ngx_http_request_t* r, ngx_chain_t* in);
ngx_int_t log_handler(ngx_http_request_t* r);
ngx_int_t status_handler(ngx_http_request_t* r);
std::string metrics(const WorkerState& state);
extern ngx_http_output_header_filter_pt next_header_filter;
extern ngx_http_output_body_filter_pt next_body_filter;

ngx_int_t add_variables(ngx_conf_t* cf);
// Asks nginx for the zone `name`, which must be a literal.
ngx_int_t add_shared_memory(ngx_conf_t* cf, std::string_view name, SharedMemory& memory);
ngx_int_t open_event_log(ngx_cycle_t* cycle, MainConfiguration& main);
void start_event_log(ngx_cycle_t* cycle, MainConfiguration& main);
void stop_event_log();
ngx_int_t open_state_files(ngx_cycle_t* cycle, MainConfiguration& main);
void start_state_files(ngx_cycle_t* cycle, MainConfiguration& main);

// Runs a callback's body; what it throws becomes `failed`.
template <class Function>
auto guarded(ngx_log_t* log, decltype(std::declval<Function>()()) failed, const Function& function) noexcept {
  try {
    return function();
  } catch (const std::exception& error) {
    ngx_log_error(NGX_LOG_CRIT, log, 0, "portico: %s", error.what());
  } catch (...) {
    ngx_log_error(NGX_LOG_CRIT, log, 0, "portico: unknown exception");
  }
  return failed;
}

}  // namespace portico::nginx
