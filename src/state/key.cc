#include "state/key.h"

namespace portico::state {

std::optional<std::size_t> find_key_set(const Mapping& mapping, std::string_view url) {
  const Key key = key_of_url(mapping.header(), url);
  for (std::size_t i = 0; i < layout::kKeySets; ++i) {
    const layout::KeySet& keys = mapping.header().key_sets[i];
    // The second half is written first.
    if (keys.url[0].load(std::memory_order_acquire) != key.tag) continue;
    if (keys.url[1].load(std::memory_order_relaxed) == key.rest) return i;
  }
  return std::nullopt;
}

}  // namespace portico::state
