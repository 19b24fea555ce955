// Memory that all workers map: counters, and the table of the rate limits. A reload keeps it, unless its size changes.
#include "module.h"

namespace portico::nginx {
namespace {

// `data` is what the same zone held in the cycle before.
ngx_int_t init_zone(ngx_shm_zone_t* zone, void* data) {
  if (data != nullptr) {
    zone->data = data;
    return NGX_OK;
  }
  auto* pool = reinterpret_cast<ngx_slab_pool_t*>(zone->shm.addr);
  const auto& main = *static_cast<const MainConfiguration*>(zone->data);
  void* memory = ngx_slab_alloc(pool, main.shared_memory_size);
  if (memory == nullptr) return NGX_ERROR;
  // Fresh pages of a mapping are zero, but a slab may be used again.
  ngx_memzero(memory, main.shared_memory_size);
  zone->data = memory;
  return NGX_OK;
}

}  // namespace

ngx_int_t add_shared_memory(ngx_conf_t* cf, MainConfiguration& main) {
  ngx_str_t name = ngx_string("portico");
  // The slab allocator keeps its own books in the zone: a header, and a descriptor for each page.
  const size_t zone_size = main.shared_memory_size + main.shared_memory_size / 64 + 8 * ngx_pagesize;
  main.zone = ngx_shared_memory_add(cf, &name, zone_size, &ngx_http_portico_module);
  if (main.zone == nullptr) return NGX_ERROR;
  main.zone->init = init_zone;
  main.zone->data = &main;
  return NGX_OK;
}

}  // namespace portico::nginx
