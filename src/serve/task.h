// serve/ is what `portico serve` does: work that needs the network, the disk or time, and that nginx's workers must not
// wait for. Each piece of work is a Task with a thread of its own, so that none holds up another; what they find out
// goes into the policy's state file, from where the workers have it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace portico::serve {

// Lines for the operator: whole sentences without a full stop, never a secret. May be called by any thread.
using Report = std::function<void(const std::string& line)>;

class Task {
 public:
  virtual ~Task() = default;

  // Does what is due, and gives the nanoseconds until it should be called again. What goes wrong is reported, not
  // thrown. Long waits end early when `stop` is requested.
  virtual std::int64_t run(std::stop_token stop) = 0;
};

// Runs tasks until it is destroyed.
class Tasks {
 public:
  explicit Tasks(std::vector<std::unique_ptr<Task>> tasks);
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;
  ~Tasks() = default;  // ends the threads, which the members' order sees to

 private:
  void work(Task& task, const std::stop_token& stop);

  std::vector<std::unique_ptr<Task>> tasks_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<std::jthread> threads_;
};

}  // namespace portico::serve
