#include "contract/path_template.h"

#include <algorithm>

#include "base/text.h"
#include "base/uri.h"

namespace portico::contract {

std::vector<std::string_view> variables_of(std::string_view path) {
  std::vector<std::string_view> names;
  for (;;) {
    const auto open = path.find('{');
    const auto close = open == std::string_view::npos ? open : path.find('}', open);
    if (close == std::string_view::npos) return names;
    names.push_back(path.substr(open + 1, close - open - 1));
    path.remove_prefix(close + 1);
  }
}

std::string_view template_fault(std::string_view path) {
  if (!path.starts_with('/')) return "a path must start with \"/\"";
  bool open = false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '{' && open) return "a \"{\" inside of a variable";
    if (c == '}' && !open) return "a \"}\" without a \"{\"";
    if (c == '}' && path[i - 1] == '{') return "a variable without a name";
    if (c == '/' && open) return "a variable stands for one segment only: it cannot hold a \"/\"";
    if (c == '{') open = true;
    if (c == '}') open = false;
    if (c == '}' && i + 1 < path.size() && path[i + 1] == '{') {
      return "two variables side by side: nothing tells where the first one ends";
    }
  }
  if (open) return "a \"{\" without a \"}\"";
  auto names = variables_of(path);
  if (names.size() > kMaxVariables) return "more than 16 variables";
  if (std::ranges::count(path, '/') > static_cast<std::ptrdiff_t>(kMaxSegments)) return "more than 100 segments";
  for (const std::string_view segment : split(path, '/')) {
    if (segment.size() > kMaxSegmentBytes) return "a segment of more than 200 bytes";
  }
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) == names.end() ? std::string_view() : "the same variable twice";
}

bool is_reachable(std::string_view path) {
  bool open = false;
  for (const char c : path) {
    if (c == '{' || c == '}') open = c == '{';
    if ((c == '?' || c == '#') && !open) return false;
  }
  return true;
}

std::string shape_of(std::string_view path) {
  std::string shape;
  for (;;) {
    const auto open = path.find('{');
    const auto close = open == std::string_view::npos ? open : path.find('}', open);
    if (close == std::string_view::npos) return shape.append(path);
    shape.append(path.substr(0, open + 1)) += '}';
    path.remove_prefix(close + 1);
  }
}

std::vector<SegmentPart> parts_of(std::string_view segment) {
  std::vector<SegmentPart> parts;
  const auto add_literal = [&](std::string_view text) {
    if (!text.empty()) parts.push_back({percent_decode(text).value_or(std::string(text)), false});
  };
  for (;;) {
    const auto open = segment.find('{');
    const auto close = open == std::string_view::npos ? open : segment.find('}', open);
    if (close == std::string_view::npos) {
      add_literal(segment);
      return parts;
    }
    add_literal(segment.substr(0, open));
    parts.push_back({std::string(segment.substr(open + 1, close - open - 1)), true});
    segment.remove_prefix(close + 1);
  }
}

}  // namespace portico::contract
