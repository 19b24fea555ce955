#include "serve/block_expiry.h"

#include "base/clock.h"
#include "state/writer.h"

namespace portico::serve {

std::int64_t BlockExpiry::run(std::stop_token) {
  constexpr std::int64_t kEvery = INT64_C(10) * 1'000'000'000;
  auto writer = state::Writer::open(state_);
  if (writer) {
    writer->expire(wall_us());
    last_error_.clear();
  } else if (std::string error = to_string(writer.error()); error != last_error_) {
    report_(error);
    last_error_ = std::move(error);
  }
  return kEvery;
}

}  // namespace portico::serve
