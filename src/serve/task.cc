#include "serve/task.h"

#include <algorithm>
#include <chrono>

namespace portico::serve {

Tasks::Tasks(std::vector<std::unique_ptr<Task>> tasks) : tasks_(std::move(tasks)) {
  for (const auto& task : tasks_) {
    threads_.emplace_back([this, &task = *task](const std::stop_token& stop) { work(task, stop); });
  }
}

void Tasks::work(Task& task, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const std::int64_t wait = std::max<std::int64_t>(task.run(stop), 1'000'000);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, std::chrono::nanoseconds(wait), [] { return false; });
  }
}

}  // namespace portico::serve
