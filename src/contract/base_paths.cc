#include "contract/base_paths.h"

#include <algorithm>
#include <set>

#include "contract/loading.h"

namespace portico::contract {
namespace {

using json::Node;

// Every URL that the variables with enumerations can make; others take their default.
std::vector<std::string> expansions(std::string_view url, const Node* variables) {
  std::vector<std::string> urls{""};
  for (;;) {
    const auto open = url.find('{');
    const auto close = open == std::string_view::npos ? open : url.find('}', open);
    const auto end = close == std::string_view::npos ? url.size() : open;
    for (std::string& made : urls) made.append(url.substr(0, end));
    if (close == std::string_view::npos) return urls;
    const Node* variable =
        variables == nullptr ? nullptr : object_in(*variables, url.substr(open + 1, close - open - 1));
    std::vector<std::string_view> values;
    if (variable != nullptr) {
      values = texts_in(*variable, "enum");
      if (values.empty()) values.push_back(variable->text_of("default"));
    }
    std::vector<std::string> next;
    for (const std::string& made : urls) {
      for (const std::string_view value : values) next.push_back(made + std::string(value));
    }
    if (next.empty() || next.size() > kMaxBasePaths) return {};
    urls = std::move(next);
    url.remove_prefix(close + 1);
  }
}

}  // namespace

std::vector<std::string> base_paths(const Operation& operation) {
  std::set<std::string> paths;
  for (const Server& server : operation.servers) {
    paths.insert(server.base_path);
    if (server.node == nullptr || !server.node->is_object()) continue;
    for (const std::string& url : expansions(server.node->text_of("url"), server.node->find("variables"))) {
      paths.insert(base_path_of(url));
    }
  }
  // What kept a "{" used a variable that is not declared: nobody knows which paths it has.
  std::erase_if(paths, [](const std::string& path) { return path.find('{') != std::string::npos; });
  return {paths.begin(), paths.end()};
}

}  // namespace portico::contract
