// Evaluates programs. See program.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cel/program.h"
#include "cel/value.h"

namespace portico::cel {

// Memory for what an evaluation makes: texts that are put together, lists that are filtered. One a worker; kept from
// one evaluation to the next, so that evaluating does not allocate once it has grown.
class Scratch {
 public:
  explicit Scratch(std::size_t max_bytes = std::size_t{1} << 20) : max_bytes_(max_bytes) {}

  // Null when the limit is reached. Aligned for values.
  void* allocate(std::size_t size);
  void reset();
  // Gives back what was allocated since the mark, as far as it lies in the same block.
  struct Mark {
    std::byte* cursor = nullptr;
    std::size_t used = 0;
  };
  Mark mark() const { return {cursor_, used_}; }
  void rewind(const Mark& mark);
  std::size_t footprint() const { return footprint_; }

 private:
  void grow(std::size_t size);

  std::size_t max_bytes_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* cursor_ = nullptr;
  std::byte* end_ = nullptr;
  std::size_t footprint_ = 0;  // bytes of all blocks
  std::size_t used_ = 0;
};

constexpr std::uint64_t kMaxSteps = 1'000'000;

// The answer, or an error. `variables` are in the order of the environment's declarations; those that are records must
// have the shape that was declared. What the answer points to is in the variables, in the program or in `scratch`, and
// lasts until the next evaluation with it.
Value evaluate(const Program& program, std::span<const Value> variables, Scratch& scratch,
               std::uint64_t max_steps = kMaxSteps);

}  // namespace portico::cel
