// The directives (docs/nginx.md) and what they are merged into.
#include "module.h"

namespace portico::nginx {

namespace {

constexpr size_t kDefaultSharedMemory = size_t{8} << 20;
constexpr size_t kDefaultObjectMemory = size_t{16} << 20;
constexpr size_t kSmallestSharedMemory = size_t{128} << 10;

void* create_main(ngx_conf_t* cf) {
  ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(cf->pool, sizeof(MainConfiguration));
  if (cleanup == nullptr) return nullptr;
  auto* main = new (cleanup->data) MainConfiguration;
  cleanup->handler = [](void* data) { static_cast<MainConfiguration*>(data)->~MainConfiguration(); };
  return main;
}

void* create_location(ngx_conf_t* cf) {
  void* memory = ngx_pcalloc(cf->pool, sizeof(LocationConfiguration));
  return memory == nullptr ? nullptr : new (memory) LocationConfiguration;
}

// nginx reads whole-file names relative to the configuration's folder.
std::string full_name(ngx_conf_t* cf, ngx_str_t name) {
  if (name.len == 0 || ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) return {};
  return std::string(view(name));
}

char* find_guard(ngx_conf_t* cf, LocationConfiguration& conf) {
  auto& main = *static_cast<MainConfiguration*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_portico_module));
  const auto mode = static_cast<Switch>(conf.mode);
  guard::Sources sources{.policy = full_name(cf, conf.policy), .contract = full_name(cf, conf.contract)};
  if (conf.mode != NGX_CONF_UNSET_UINT) sources.mode = mode == Switch::kBlock ? "block" : "monitor";
  auto& guard = main.guards[sources.policy + '\n' + sources.contract + '\n' + sources.mode];
  if (guard == nullptr) {
    auto opened = guard::Guard::open(sources);
    if (!opened) {
      const std::string text = to_string(opened.error());
      ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "portico: %s", text.c_str());
      return static_cast<char*>(NGX_CONF_ERROR);
    }
    guard = std::make_unique<guard::Guard>(*std::move(opened));
    for (const std::string& note : guard->notes()) {
      ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "portico: %s", note.c_str());
    }
  }
  conf.guard = guard.get();
  return NGX_CONF_OK;
}

char* merge_location(ngx_conf_t* cf, void* parent, void* child) {
  const auto& from = *static_cast<LocationConfiguration*>(parent);
  auto& to = *static_cast<LocationConfiguration*>(child);
  // A contract or a policy of its own does away with both of the outer level: they belong together.
  if (to.contract.len == 0 && to.policy.len == 0) {
    to.contract = from.contract;
    to.policy = from.policy;
  }
  ngx_conf_merge_uint_value(to.mode, from.mode, NGX_CONF_UNSET_UINT);
  if ((to.contract.len == 0 && to.policy.len == 0) || to.mode == static_cast<ngx_uint_t>(Switch::kOff)) {
    return NGX_CONF_OK;
  }
  return guarded(cf->log, static_cast<char*>(NGX_CONF_ERROR), [&] { return find_guard(cf, to); });
}

template <ngx_int_t (*handler)(ngx_http_request_t*)>
bool add_handler(ngx_http_core_main_conf_t* core, ngx_uint_t phase) {
  auto* slot = static_cast<ngx_http_handler_pt*>(ngx_array_push(&core->phases[phase].handlers));
  if (slot == nullptr) return false;
  *slot = handler;
  return true;
}

ngx_int_t add_hooks(ngx_conf_t* cf) {
  auto& main = *static_cast<MainConfiguration*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_portico_module));
  if (main.guards.empty()) return NGX_OK;
  auto* core = static_cast<ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
  if (!add_handler<preaccess_handler>(core, NGX_HTTP_PREACCESS_PHASE) ||
      !add_handler<log_handler>(core, NGX_HTTP_LOG_PHASE)) {
    return NGX_ERROR;
  }
  ngx_str_t request_id_name = ngx_string("request_id");
  main.request_id_index = ngx_http_get_variable_index(cf, &request_id_name);
  if (main.request_id_index == NGX_ERROR) return NGX_ERROR;
  next_header_filter = ngx_http_top_header_filter;
  ngx_http_top_header_filter = header_filter;
  next_body_filter = ngx_http_top_body_filter;
  ngx_http_top_body_filter = body_filter;
  if (main.event_log.len == 0) {
    for (const auto& [key, guard] : main.guards) {
      if (main.event_log.len == 0) main.event_log = string_of(guard->event_log());
    }
  }
  if (main.shared.size == NGX_CONF_UNSET_SIZE) main.shared.size = kDefaultSharedMemory;
  if (main.objects.size == NGX_CONF_UNSET_SIZE) main.objects.size = kDefaultObjectMemory;
  if (add_shared_memory(cf, "portico", main.shared) != NGX_OK) return NGX_ERROR;
  const auto knows_objects = [](const auto& guard) { return guard.second->knows_objects(); };
  if (std::ranges::none_of(main.guards, knows_objects)) return NGX_OK;
  return add_shared_memory(cf, "portico_objects", main.objects);
}

ngx_int_t preconfiguration(ngx_conf_t* cf) { return add_variables(cf); }

ngx_int_t postconfiguration(ngx_conf_t* cf) {
  return guarded(cf->log, NGX_ERROR, [&] { return add_hooks(cf); });
}

template <SharedMemory MainConfiguration::* member>
char* set_shared_memory(ngx_conf_t* cf, ngx_command_t*, void* conf) {
  SharedMemory& memory = static_cast<MainConfiguration*>(conf)->*member;
  if (memory.size != NGX_CONF_UNSET_SIZE) return const_cast<char*>("is duplicate");
  const auto size = ngx_parse_size(&static_cast<ngx_str_t*>(cf->args->elts)[1]);
  if (size == NGX_ERROR || static_cast<size_t>(size) < kSmallestSharedMemory) {
    return const_cast<char*>("must be a size of at least 128k");
  }
  memory.size = static_cast<size_t>(size);
  return NGX_CONF_OK;
}

char* set_event_log(ngx_conf_t* cf, ngx_command_t*, void* conf) {
  auto& main = *static_cast<MainConfiguration*>(conf);
  if (main.event_log.len != 0) return const_cast<char*>("is duplicate");
  main.event_log = static_cast<ngx_str_t*>(cf->args->elts)[1];
  if (view(main.event_log) == "-") return NGX_CONF_OK;
  return ngx_conf_full_name(cf->cycle, &main.event_log, 0) == NGX_OK ? NGX_CONF_OK : static_cast<char*>(NGX_CONF_ERROR);
}

char* set_status(ngx_conf_t* cf, ngx_command_t*, void*) {
  auto* core = static_cast<ngx_http_core_loc_conf_t*>(ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
  core->handler = status_handler;
  return NGX_CONF_OK;
}

ngx_conf_enum_t modes[] = {
    {ngx_string("off"), static_cast<ngx_uint_t>(Switch::kOff)},
    {ngx_string("block"), static_cast<ngx_uint_t>(Switch::kBlock)},
    {ngx_string("monitor"), static_cast<ngx_uint_t>(Switch::kMonitor)},
    {ngx_null_string, 0},
};

constexpr ngx_uint_t kAnyLevel = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

}  // namespace

ngx_http_module_t module_context = {
    preconfiguration, postconfiguration, create_main, nullptr, nullptr, nullptr, create_location, merge_location,
};

ngx_command_t directives[] = {
    {ngx_string("portico_contract"), kAnyLevel | NGX_CONF_TAKE1, ngx_conf_set_str_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(LocationConfiguration, contract), nullptr},
    {ngx_string("portico_policy"), kAnyLevel | NGX_CONF_TAKE1, ngx_conf_set_str_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(LocationConfiguration, policy), nullptr},
    {ngx_string("portico_mode"), kAnyLevel | NGX_CONF_TAKE1, ngx_conf_set_enum_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(LocationConfiguration, mode), &modes},
    {ngx_string("portico_event_log"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, set_event_log, NGX_HTTP_MAIN_CONF_OFFSET, 0,
     nullptr},
    {ngx_string("portico_shared_memory"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     set_shared_memory<&MainConfiguration::shared>, NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    {ngx_string("portico_object_memory"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     set_shared_memory<&MainConfiguration::objects>, NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    {ngx_string("portico_status"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, set_status, NGX_HTTP_LOC_CONF_OFFSET, 0,
     nullptr},
    ngx_null_command,
};

}  // namespace portico::nginx
