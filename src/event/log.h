// The event log: JSON lines appended to one file by any number of processes, and the queue between the guard and all
// that reads events.
//
// A Log is one writer's end. Lines gather in a buffer and go out in one write(2) with O_APPEND, so lines of several
// writers never mix. Nothing here waits for a disk to have room or a folder to appear: a batch that cannot be written
// is dropped and counted, and once the file can be written again a line {"type":"events_lost",...} says how many are
// missing. Not thread-safe: one Log a worker.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "event/event.h"

namespace portico::event {

// Shared between all writers of a log, in memory that the host chooses (nginx: shared memory).
struct LogCounters {
  std::atomic<std::uint64_t> written{0};  // events
  std::atomic<std::uint64_t> lost{0};
};

class Log {
 public:
  static constexpr std::size_t kBatchBytes = std::size_t{64} << 10;

  // `path`: created if missing; "-" is standard output. Nothing is opened yet.
  Log(std::string path, LogCounters& counters);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();  // flushes

  // Opens, or opens anew (after a rotation). On failure the reason is kept in error(), and each later flush tries
  // again.
  bool open();

  // Writes to `fd` from now on, which stays the caller's to close and to open anew.
  void use(int fd);

  // Buffers one event; writes when the batch is full.
  void append(const Transaction& transaction);

  // Writes what is buffered. False when that failed; the batch is dropped and counted then.
  bool flush();

  // Why the last open or flush failed, as errno; 0 when it did not.
  int error() const { return error_; }
  const std::string& path() const { return path_; }
  bool empty() const { return buffered_ == 0; }

 private:
  void close_own();
  bool write_batch();
  void drop();

  std::string path_;
  LogCounters* counters_;
  std::string batch_;
  std::uint64_t buffered_ = 0;  // events in the batch
  std::uint64_t unsaid_ = 0;    // events lost since the last line that said so
  std::int64_t retry_at_ns_ = 0;
  int fd_ = -1;
  bool owns_fd_ = false;
  int error_ = 0;
  bool torn_ = false;  // the file ends in half a line
};

}  // namespace portico::event
