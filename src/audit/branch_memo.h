// Asks each branch of `oneOf` and `anyOf` once. Questions like "is it bounded in every branch?" recurse through
// references; asked afresh each time, a few lines of nested alternatives would take for ever.
#pragma once

#include <unordered_map>

#include "json/tree.h"

namespace portico::audit {

// For one question; not thread-safe.
class BranchMemo {
 public:
  // compute(), or what it said of this branch before. While the branch itself is being asked (recursion), and deeper
  // than people nest alternatives: no.
  template <class Compute>
  bool ask(const json::Node& branch, const Compute& compute) {
    if (depth_ == kDeepest) return false;
    const auto [found, added] = answers_.try_emplace(&branch, false);
    if (!added) return found->second;
    ++depth_;
    const bool answer = compute();
    --depth_;
    answers_[&branch] = answer;
    return answer;
  }

 private:
  static constexpr int kDeepest = 64;
  std::unordered_map<const json::Node*, bool> answers_;
  int depth_ = 0;
};

}  // namespace portico::audit
