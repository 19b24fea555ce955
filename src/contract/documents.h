// Documents of a contract and the references between them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/tree.h"

namespace portico::contract {

// Budgets and permissions of loading. Over a budget is an Error of kLimit that names the option to raise.
struct LoadOptions {
  std::uint64_t max_bytes = UINT64_C(32) << 20;  // of one file, and of all files together
  std::uint32_t max_depth = 200;                 // nesting of one document
  std::uint32_t max_nodes = 4'000'000;           // all documents together, aliases counted as often as they are used
  std::uint32_t max_documents = 1'000;
  std::string root;  // files outside of this folder are refused; empty: the document's own
  bool allow_outside_root = false;
  bool allow_network = false;  // http(s) references are refused unless set
};

}  // namespace portico::contract
