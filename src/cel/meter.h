// What one evaluation may use: steps, and scratch memory. When either is used up, all that follows is an error, and so
// is the answer.
#pragma once

#include <cstring>
#include <string_view>

#include "cel/evaluate.h"

namespace portico::cel {

class Meter {
 public:
  Meter(Scratch& scratch, std::uint64_t steps) : scratch_(scratch), steps_(static_cast<std::int64_t>(steps)) {}

  bool spend(std::uint64_t steps = 1) {
    steps_ -= static_cast<std::int64_t>(steps);
    return steps_ >= 0;
  }
  bool exhausted() const { return steps_ < 0; }
  Value problem() const { return error_value(problem_); }

  // Null, and everything ends, when the memory is used up.
  Value* values(std::size_t count) { return static_cast<Value*>(allocate(count * sizeof(Value))); }
  char* bytes(std::size_t count) { return static_cast<char*>(allocate(count)); }

  Scratch::Mark mark() const { return scratch_.mark(); }
  void rewind(const Scratch::Mark& mark) { scratch_.rewind(mark); }

  Value copy(Kind kind, std::string_view text) {
    char* to = bytes(text.size());
    if (to == nullptr) return problem();
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return text_value(kind, {to, text.size()});
  }

 private:
  void* allocate(std::size_t size) {
    void* at = spend(1 + size / 64) ? scratch_.allocate(size) : nullptr;
    if (at == nullptr && steps_ >= 0) {
      problem_ = Problem::kMemory;
      steps_ = -1;
    }
    return at;
  }

  Scratch& scratch_;
  std::int64_t steps_;
  Problem problem_ = Problem::kBudget;
};

}  // namespace portico::cel
