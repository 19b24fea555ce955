#include "event/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/clock.h"
#include "event/codec.h"
#include "json/writer.h"

namespace portico::event {
namespace {

constexpr std::size_t kLongestLine = std::size_t{8} << 10;
constexpr std::int64_t kRetryAfterNs = 1'000'000'000;

void append_lost_line(std::string& batch, std::uint64_t count) {
  std::string time;
  append_rfc3339(time, wall_us());
  json::Writer(batch)
      .begin_object()
      .key("type")
      .string("events_lost")
      .key("time")
      .string(time)
      .key("count")
      .unsigned_integer(count)
      .end_object();
  batch += '\n';
}

}  // namespace

Log::Log(std::string path, LogCounters& counters) : path_(std::move(path)), counters_(&counters) {
  batch_.reserve(kBatchBytes + 2 * kLongestLine);
}

Log::~Log() {
  flush();
  close_own();
}

void Log::close_own() {
  if (owns_fd_) ::close(fd_);
  owns_fd_ = false;
}

void Log::use(int fd) {
  close_own();
  fd_ = fd;
}

bool Log::open() {
  if (path_ == "-") {
    use(STDOUT_FILENO);
    error_ = 0;
    return true;
  }
  // O_NONBLOCK: a FIFO without a reader must fail at once rather than stop the worker.
  const int fd = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
  if (fd < 0) {
    error_ = errno;
    return false;
  }
  use(fd);
  owns_fd_ = true;
  error_ = 0;
  return true;
}

void Log::append(const Transaction& transaction) {
  append_line(batch_, transaction);
  ++buffered_;
  if (batch_.size() >= kBatchBytes) flush();
}

bool Log::flush() {
  if (buffered_ == 0) return true;
  // While the file cannot be opened, asking again for each batch would cost the traffic more than it gives.
  if (fd_ < 0 && (monotonic_ns() < retry_at_ns_ || !open())) {
    if (monotonic_ns() >= retry_at_ns_) retry_at_ns_ = monotonic_ns() + kRetryAfterNs;
    drop();
    return false;
  }
  if (torn_ || unsaid_ != 0) {
    // A disk that filled up in the middle of a batch left half a line behind.
    std::string before = torn_ ? "\n" : "";
    if (unsaid_ != 0) append_lost_line(before, unsaid_);
    batch_.insert(0, before);
  }
  if (!write_batch()) {
    drop();
    return false;
  }
  counters_->written.fetch_add(buffered_, std::memory_order_relaxed);
  torn_ = false;
  unsaid_ = 0;
  buffered_ = 0;
  batch_.clear();
  error_ = 0;
  return true;
}

bool Log::write_batch() {
  std::string_view rest = batch_;
  while (!rest.empty()) {
    const auto written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      error_ = errno;
      torn_ = torn_ || rest.size() != batch_.size();
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void Log::drop() {
  counters_->lost.fetch_add(buffered_, std::memory_order_relaxed);
  unsaid_ += buffered_;
  buffered_ = 0;
  batch_.clear();
}

}  // namespace portico::event
