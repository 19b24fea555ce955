#include "policy/operations.h"

#include <algorithm>

#include "base/text.h"

namespace portico::policy {
namespace {

constexpr std::string_view kAll = "*";
constexpr std::string_view kTag = "tag:";

bool has_tag(const contract::Operation& operation, std::string_view tag) {
  return std::ranges::find(operation.tags, tag) != operation.tags.end();
}

bool means(std::string_view selector, const contract::Contract& contract, const contract::Operation& operation) {
  if (selector == kAll) return true;
  // An operationId may look like a tag's selector; the operation is meant then.
  if (const auto* named = contract.operation(selector)) return named == &operation;
  return selector.starts_with(kTag) && has_tag(operation, selector.substr(kTag.size()));
}

// Everything that a selector could have meant.
std::vector<std::string> candidates(const contract::Contract& contract) {
  std::vector<std::string> names;
  for (const auto& operation : contract.operations) {
    names.push_back(operation.id);
    names.push_back(std::string(operation.method_name) + ' ' + std::string(operation.path));
    for (const auto tag : operation.tags) names.push_back(std::string(kTag) += tag);
  }
  return names;
}

}  // namespace

bool selects(const Selectors& selectors, const contract::Contract& contract, const contract::Operation& operation) {
  return std::ranges::any_of(selectors, [&](const Text& one) { return means(one.text, contract, operation); });
}

bool selects_all(const Selectors& selectors) {
  return std::ranges::find(selectors, kAll, &Text::text) != selectors.end();
}

Result<void> check_selector(const Text& selector, const contract::Contract& contract) {
  const auto is_meant = [&](const auto& operation) { return means(selector.text, contract, operation); };
  if (selector.text == kAll || std::ranges::any_of(contract.operations, is_meant)) return {};
  const std::vector<std::string> names = candidates(contract);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto near = nearest(selector.text, views);
  const bool tag = selector.text.starts_with(kTag);
  return failure(
      ErrorCode::kInvalid,
      "the contract has no operation " + std::string(tag ? "with \"" : "\"") + printable(selector.text) + '"',
      selector.place, near ? "Did you mean \"" + std::string(*near) + "\"?" : "");
}

}  // namespace portico::policy
