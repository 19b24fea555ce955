// Gives back the room of blocks that have ended. Readers do not need it: an ended block is none.
#pragma once

#include "serve/task.h"

namespace portico::serve {

class BlockExpiry : public Task {
 public:
  BlockExpiry(std::string state, Report report) : state_(std::move(state)), report_(std::move(report)) {}

  std::int64_t run(std::stop_token stop) override;

 private:
  std::string state_;
  Report report_;
  std::string last_error_;
};

}  // namespace portico::serve
