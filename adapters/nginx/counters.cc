#include "counters.h"

#include "base/hash.h"

namespace portico::nginx {

OperationCounters* Counters::operation(std::string_view api, std::string_view id) {
  const std::uint64_t wanted = hash(id, hash(api)) | 1;
  for (std::size_t i = 0; i < kOperations; ++i) {
    OperationCounters& slot = operations[(wanted + i) % kOperations];
    std::uint64_t found = 0;
    if (slot.key.compare_exchange_strong(found, wanted, std::memory_order_relaxed) || found == wanted) return &slot;
  }
  return nullptr;
}

}  // namespace portico::nginx
