#include "audit/subject.h"

#include <algorithm>
#include <numeric>

namespace portico::audit {

std::string title_of(const contract::Operation& operation) {
  return std::string(operation.method_name) + " " + std::string(operation.path);
}

std::vector<std::uint32_t> Subject::all_operations() const {
  std::vector<std::uint32_t> all(contract.operations.size());
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

SchemaUsage::StatusFilter success_of(const contract::Operation& operation) {
  const auto is_success = [](std::string_view status) { return status.starts_with('2'); };
  if (std::ranges::any_of(operation.responses, is_success, &contract::Response::status)) return is_success;
  return [](std::string_view status) { return status == "default"; };
}

}  // namespace portico::audit
