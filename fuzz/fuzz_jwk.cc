// Key sets: JWK, JWK Sets and PEM. What is taken has keys that are sound and told apart, and verifies nothing that it
// should not.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "identity/key_set.h"

namespace {

using namespace portico::identity;

void demand(bool good) {
  if (!good) std::abort();
}

void try_set(std::string_view text, std::vector<Algorithm> algorithms) {
  const auto set = KeySet::parse(text, {.algorithms = algorithms, .name = "keys"});
  if (!set) return;
  demand(!set->keys().empty() && set->keys().size() <= KeySet::kMaxKeys);
  std::set<std::string> ids;
  for (const Key& key : set->keys()) {
    demand(key.key_id().empty() || ids.insert(key.key_id()).second);
    demand(algorithms.empty() || std::find(algorithms.begin(), algorithms.end(), key.algorithm()) != algorithms.end());
    demand(is_symmetric(key.algorithm()) == is_symmetric(set->keys().front().algorithm()));
    demand(!key.verify("header.payload", ""));
    demand(!key.verify("header.payload", std::string_view("\0\0\0\0", 4)));
    const std::string_view id = key.key_id();
    if (!id.empty()) demand(set->find(&id, name(key.algorithm())) == &key);
    demand(set->find(nullptr, "none") == nullptr);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_set(text, {});
  try_set(text, {Algorithm::kRs256, Algorithm::kEs256, Algorithm::kHs256});
  return 0;
}
