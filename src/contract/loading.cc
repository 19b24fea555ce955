#include "contract/loading.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace portico::contract {

using json::Node;

void Loading::problem(std::string_view code, Gravity gravity, const Node& at, std::string message) {
  if (problems_.size() > kMaxProblems) return;
  problems_.push_back({code, std::move(message), contract->documents->place(at), gravity == Gravity::kFatal});
}

void Loading::reference_problem(const Error& error) {
  if (problems_.size() > kMaxProblems) return;
  const std::string_view code = error.code == ErrorCode::kForbidden  ? "reference-forbidden"
                                : error.code == ErrorCode::kNotFound ? "reference-unresolved"
                                : error.code == ErrorCode::kLimit    ? "reference-limit"
                                                                     : "reference-invalid";
  std::string message = error.message;
  if (!error.remedy.empty()) message += "; " + error.remedy;
  problems_.push_back({code, std::move(message), error.place, true});
}

std::vector<Problem> Loading::take_problems() {
  // Documents in the order in which they were read, the first being the user's own.
  std::unordered_map<std::string_view, std::size_t> order;
  for (const auto& document : *contract->documents) order.try_emplace(document.name, document.index);
  const auto key = [&](const Problem& problem) {
    const auto found = order.find(problem.place.file);
    return std::tuple(found == order.end() ? order.size() : found->second, problem.place.line, problem.place.column,
                      problem.code, std::string_view(problem.message));
  };
  std::ranges::sort(problems_, {}, key);
  const auto repeated = std::ranges::unique(problems_, {}, key);
  problems_.erase(repeated.begin(), repeated.end());
  if (problems_.size() > kMaxProblems) {
    problems_.resize(kMaxProblems);
    problems_.push_back({"too-many-problems", "there are more problems than these", {}, true});
  }
  return std::move(problems_);
}

const Node* object_in(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found != nullptr && found->is_object() ? found : nullptr;
}

const Node* array_in(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found != nullptr && found->is_array() ? found : nullptr;
}

const Node* follow(Loading& loading, const Node* node) {
  if (node == nullptr) return nullptr;
  const auto end = loading.references->resolve(*node);
  if (end) return *end;
  loading.reference_problem(end.error());
  return nullptr;
}

bool flag_in(const Node& node, std::string_view key, bool otherwise) {
  const Node* found = node.find(key);
  return found != nullptr && found->is_boolean() ? found->is_true() : otherwise;
}

std::vector<std::string_view> texts_in(const Node& node, std::string_view key) {
  std::vector<std::string_view> texts;
  if (const Node* list = array_in(node, key)) {
    for (const Node* item : list->items()) {
      if (item->is_string()) texts.push_back(item->text());
    }
  }
  return texts;
}

bool is_extension(std::string_view key) { return key.starts_with("x-"); }

}  // namespace portico::contract
