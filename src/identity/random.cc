#include "identity/random.h"

#include <openssl/rand.h>

#include <cstdlib>

namespace portico::identity {

void random_bytes(std::span<unsigned char> out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
}

}  // namespace portico::identity
