// Memory that all workers map. A reload keeps it, unless its size changes.
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
  const size_t size = static_cast<const SharedMemory*>(zone->data)->size;
  void* memory = ngx_slab_alloc(pool, size);
  if (memory == nullptr) return NGX_ERROR;
  // Fresh pages of a mapping are zero, but a slab may be used again.
  ngx_memzero(memory, size);
  zone->data = memory;
  return NGX_OK;
}

}  // namespace

ngx_int_t add_shared_memory(ngx_conf_t* cf, std::string_view name, SharedMemory& memory) {
  ngx_str_t zone_name = string_of(name);
  // The slab allocator keeps its own books in the zone: a header, and a descriptor for each page.
  const size_t zone_size = memory.size + memory.size / 64 + 8 * ngx_pagesize;
  memory.zone = ngx_shared_memory_add(cf, &zone_name, zone_size, &ngx_http_portico_module);
  if (memory.zone == nullptr) return NGX_ERROR;
  memory.zone->init = init_zone;
  memory.zone->data = &memory;
  return NGX_OK;
}

}  // namespace portico::nginx
