// The first byte says which: a file of API keys, or a client's certificate in DER or PEM.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "identity/api_keys.h"
#include "identity/certificate.h"

namespace {

using namespace portico::identity;

constexpr std::int64_t kNow = 1'800'000'000;

void demand(bool good) {
  if (!good) std::abort();
}

void look_at(const CertificateVerdict& verdict) {
  demand((verdict.problem == CertificateProblem::kNone) == (verdict.identity != nullptr));
  if (verdict.identity == nullptr) return;
  demand(verdict.identity->certificate_thumbprint.size() == 43);
  demand(verdict.identity->expires_at_s >= kNow && verdict.identity->issued_at_s <= kNow);
  demand(verdict.identity->claims.type(portico::json::TapeView::kFirst) == portico::json::tape::kObject);
  release(verdict.identity);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static CertificateWorker worker;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 3 == 0) {
    const auto keys = ApiKeys::parse(text, "keys.yaml");
    if (keys) demand(keys->verify("a key", kNow).identity == nullptr);
  } else if (data[0] % 3 == 1) {
    look_at(worker.identify({data + 1, size - 1}, kNow));
  } else {
    look_at(worker.identify_pem(text, kNow));
  }
  return 0;
}
