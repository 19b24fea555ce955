#include "identity/digest.h"

#include <openssl/crypto.h>

#include <cstdlib>

#include "identity/openssl.h"

namespace portico::identity {
namespace {

using MessageDigest = std::unique_ptr<EVP_MD, Freed<EVP_MD_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

struct Hasher {
  MessageDigest algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  Context context{EVP_MD_CTX_new()};
};

}  // namespace

Digest sha256(std::string_view first, std::string_view second) {
  thread_local Hasher hasher;
  Digest digest{};
  EVP_MD_CTX* const context = hasher.context.get();
  const bool done = EVP_DigestInit_ex2(context, hasher.algorithm.get(), nullptr) == 1 &&
                    EVP_DigestUpdate(context, first.data(), first.size()) == 1 &&
                    EVP_DigestUpdate(context, second.data(), second.size()) == 1 &&
                    EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1;
  // All that could go on with would be a digest that others have, too.
  if (!done) std::abort();
  return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace portico::identity
