// Compiles a policy's lists of addresses anew when one of their files has changed, and hands them to the workers.
#pragma once

#include <string>
#include <vector>

#include "address/lists.h"
#include "serve/task.h"

namespace portico::serve {

class ListWatch : public Task {
 public:
  ListWatch(address::ListSources allow, address::ListSources deny, std::string state, Report report)
      : allow_(std::move(allow)), deny_(std::move(deny)), state_(std::move(state)), report_(std::move(report)) {}

  std::int64_t run(std::stop_token stop) override;

 private:
  // When the files were last written, and which they are, as one text.
  std::string appearance() const;
  Result<void> publish();

  address::ListSources allow_;
  address::ListSources deny_;
  std::string state_;
  Report report_;
  std::string seen_;
};

}  // namespace portico::serve
