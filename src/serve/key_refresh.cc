#include "serve/key_refresh.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "identity/key_set.h"
#include "state/writer.h"

namespace portico::serve {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

KeyRefresh::KeyRefresh(KeySource source, std::string state, FetchLimits limits, RefreshTimes times, Report report)
    : source_(std::move(source)),
      state_(std::move(state)),
      limits_(std::move(limits)),
      times_(times),
      report_(std::move(report)) {}

Result<void> KeyRefresh::refresh(const std::stop_token& stop) {
  PORTICO_TRY(const Fetched fetched, fetch(source_.url, entity_tag_, limits_, stop));
  fresh_ns_ = fetched.fresh_s ? *fetched.fresh_s * kSecond : times_.usual_ns;
  if (fetched.unchanged) return {};
  const identity::KeySetOptions options{
      .algorithms = source_.algorithms, .name = source_.url, .bad_key = identity::BadKey::kLeaveOut};
  PORTICO_TRY(const identity::KeySet keys, identity::KeySet::parse(fetched.body, options));
  PORTICO_TRY(state::Writer writer, state::Writer::open(state_));
  PORTICO_TRY(const bool changed, writer.publish_keys(source_.url, fetched.body));
  // Only of what is in force: a set that was refused is to be sent again.
  entity_tag_ = fetched.entity_tag;
  if (!changed) return {};
  report_("published " + std::to_string(keys.keys().size()) + " keys of " + source_.url);
  for (const std::string& note : keys.notes()) report_(source_.url + ": " + note);
  return {};
}

std::int64_t KeyRefresh::next() const {
  if (failures_ == 0) return std::clamp(fresh_ns_, times_.least_ns, times_.most_ns);
  const int doublings = std::min(failures_ - 1, 20);
  return std::min(times_.retry_ns << doublings, std::max(times_.usual_ns, times_.retry_ns));
}

std::int64_t KeyRefresh::run(std::stop_token stop) {
  const auto refreshed = refresh(stop);
  if (stop.stop_requested()) return 0;
  if (refreshed) {
    if (failures_ != 0) report_("the keys of " + source_.url + " can be had again");
    failures_ = 0;
    last_error_.clear();
  } else {
    ++failures_;
    std::string error = to_string(refreshed.error());
    // An error that lasts is told once.
    if (error != last_error_) report_(error + "; the last good keys stay in force");
    last_error_ = std::move(error);
  }
  return next();
}

}  // namespace portico::serve
