// The state files of the guards' policies: opened and mapped by the master, which may, and inherited by its workers. A
// file that was put in the place of another is found by looking once a second.
#include <unistd.h>

#include "module.h"
#include "state/mapping.h"

namespace portico::nginx {
namespace {

constexpr ngx_msec_t kLookEveryMs = 1000;

ngx_event_t look_event;
ngx_connection_t look_connection;  // an event needs one, if only to say that it has no file descriptor
StateFiles* files = nullptr;

// An error that lasts is told once.
void open_anew(StateFile& file) {
  auto opened = state::Reader::open(file.reader->path());
  if (opened) {
    file.reader.emplace(*std::move(opened));
    file.failing = false;
    return;
  }
  if (file.failing) return;
  file.failing = true;
  ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "portico: %s; going on with the file that was in its place",
                to_string(opened.error()).c_str());
}

void look(ngx_event_t*) {
  guarded(ngx_cycle->log, false, [] {
    for (auto& [guard, file] : *files) {
      if (file.reader->is_replaced()) open_anew(file);
    }
    return true;
  });
  ngx_add_timer(&look_event, kLookEveryMs);
}

gid_t workers_group(ngx_cycle_t* cycle) {
  const auto* core = reinterpret_cast<ngx_core_conf_t*>(ngx_get_conf(cycle->conf_ctx, ngx_core_module));
  const bool changes = ::geteuid() == 0 && core->group != static_cast<ngx_gid_t>(NGX_CONF_UNSET_UINT);
  return changes ? static_cast<gid_t>(core->group) : static_cast<gid_t>(-1);
}

Result<void> open_file(ngx_cycle_t* cycle, const std::string& path, StateFile& file) {
  // A test of the configuration leaves nothing behind.
  if (!ngx_test_config) PORTICO_CHECK_OK(state::create_if_missing(path, workers_group(cycle)));
  if (ngx_test_config && ::access(path.c_str(), F_OK) != 0) return {};
  PORTICO_TRY(state::Reader reader, state::Reader::open(path));
  file.reader.emplace(std::move(reader));
  return {};
}

}  // namespace

ngx_int_t open_state_files(ngx_cycle_t* cycle, MainConfiguration& main) {
  for (const auto& [key, guard] : main.guards) {
    if (guard->state_file().empty()) continue;
    StateFile file;
    if (const auto opened = open_file(cycle, guard->state_file(), file); !opened) {
      ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "portico: %s", to_string(opened.error()).c_str());
      return NGX_ERROR;
    }
    if (file.reader) main.state_files.emplace(guard.get(), std::move(file));
  }
  return NGX_OK;
}

void start_state_files(ngx_cycle_t* cycle, MainConfiguration& main) {
  files = &main.state_files;
  if (files->empty()) return;
  look_connection = {};
  look_connection.fd = static_cast<ngx_socket_t>(-1);
  look_event = {};
  look_event.handler = look;
  look_event.data = &look_connection;
  look_event.log = cycle->log;
  look_event.cancelable = 1;
  ngx_add_timer(&look_event, kLookEveryMs);
}

guard::Shared shared_for(const guard::Guard& guard) {
  guard::Shared shared = worker().shared;
  if (const auto found = files->find(&guard); found != files->end()) shared.state = &*found->second.reader;
  return shared;
}

}  // namespace portico::nginx
