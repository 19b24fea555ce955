// A set of nodes that a walk has been at, each once for every role that it plays. Internal to contract/.
#pragma once

#include <cstdint>
#include <vector>

#include "json/tree.h"

namespace portico::contract {

class VisitedNodes {
 public:
  // Whether the node was not there in that role before.
  bool insert(const json::Node* node, std::uint8_t role) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    // Nodes are aligned to 8 bytes and user addresses have 47 bits: the role fits beside.
    const std::uint64_t key = (reinterpret_cast<std::uintptr_t>(node) << 8) | (role + 1U);
    const bool is_new = place(key);
    count_ += is_new ? 1 : 0;
    return is_new;
  }

 private:
  bool place(std::uint64_t key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (key * 0x9E3779B97F4A7C15U) >> 32 & mask;
    while (slots_[at] != 0) {
      if (slots_[at] == key) return false;
      at = (at + 1) & mask;
    }
    slots_[at] = key;
    return true;
  }

  void grow() {
    std::vector<std::uint64_t> old(slots_.empty() ? 1024 : slots_.size() * 2);
    old.swap(slots_);
    for (const std::uint64_t key : old) {
      if (key != 0) place(key);
    }
  }

  std::vector<std::uint64_t> slots_;
  std::size_t count_ = 0;
};

}  // namespace portico::contract
