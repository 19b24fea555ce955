#include "contract/routes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "contract/base_paths.h"
#include "contract/path_automaton.h"

namespace portico::contract {
namespace {

// How one operation's template takes a path apart.
struct Target {
  const Operation* operation = nullptr;
  std::vector<std::vector<SegmentPart>> segments;  // empty for segments without variables
  std::vector<std::string_view> names;             // of all variables, in order: views into the contract
};

struct Route {
  std::vector<Target> targets;  // one a method
  std::string allowed;
  std::uint32_t folded = 0;   // the first route of the same shape, but for the case of letters
  bool may_resemble = false;  // see Match::resembles_other
};

Target target_of(const Operation& operation, std::string_view base_path) {
  Target target{.operation = &operation, .segments = {}, .names = variables_of(operation.path)};
  const std::string full = std::string(base_path) + std::string(operation.path);
  std::string_view rest = full;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto end = std::min(rest.find('/'), rest.size());
    auto parts = parts_of(rest.substr(0, end));
    const bool plain = std::ranges::none_of(parts, [](const SegmentPart& part) { return part.variable; });
    target.segments.push_back(plain ? std::vector<SegmentPart>() : std::move(parts));
    rest.remove_prefix(end);
  }
  return target;
}

void take_arguments(const Target& target, const Segments& segments, Match& match) {
  std::array<std::string_view, Match::kMaxArguments> values;
  for (std::size_t i = 0; i < target.segments.size() && match.argument_count < target.names.size(); ++i) {
    const auto& parts = target.segments[i];
    if (parts.empty()) continue;
    std::size_t count = 1;
    if (parts.size() == 1) {
      values[0] = segments[i];
    } else {
      match_segment(parts, segments[i], values);
      count =
          static_cast<std::size_t>(std::ranges::count_if(parts, [](const SegmentPart& part) { return part.variable; }));
    }
    for (std::size_t k = 0; k < count && match.argument_count < Match::kMaxArguments; ++k) {
      match.arguments[match.argument_count] = {&target.names[match.argument_count], values[k]};
      ++match.argument_count;
    }
  }
}

// Of a template's segments, in lower case; nothing for segments with variables.
using Literals = std::vector<std::optional<std::string>>;

Literals literals_of(std::string_view path) {
  Literals literals;
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  for (const std::string_view segment : split(path, '/')) {
    const auto parts = parts_of(segment);
    const bool plain = std::ranges::none_of(parts, [](const SegmentPart& part) { return part.variable; });
    auto& literal = literals.emplace_back();
    if (plain) literal = parts.empty() ? std::string() : lower(parts.front().text);
  }
  return literals;
}

// Whether a path of the one may be taken for one of the other, which says literally what the one leaves open.
bool may_resemble(const Literals& open, const Literals& concrete) {
  if (open.size() != concrete.size()) return false;
  bool any = false;
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (open[i] && concrete[i] && *open[i] != *concrete[i]) return false;
    any = any || (!open[i] && concrete[i]);
  }
  return any;
}

// A template in lower case, but for the names of its variables.
std::string folded_template(std::string_view path) {
  std::string out;
  bool in_name = false;
  for (const char c : path) {
    in_name = c == '{' || (in_name && c != '}');
    out += in_name ? c : to_lower(c);
  }
  return out;
}

// A segment as the most careless server reads it. What would be longer than any literal stays as it is.
class FoldedSegments {
 public:
  std::string_view fold(std::string_view segment, bool cut) {
    if (segment.size() > 3 * kMaxSegmentBytes || size_ + segment.size() > buffer_.size()) return segment;
    char* const begin = buffer_.data() + size_;
    std::size_t length = 0;
    for (std::size_t at = 0; at < segment.size(); ++at) {
      char c = segment[at];
      if (c == '%' && at + 2 < segment.size() && hex_value(segment[at + 1]) >= 0 && hex_value(segment[at + 2]) >= 0) {
        c = static_cast<char>(hex_value(segment[at + 1]) * 16 + hex_value(segment[at + 2]));
        at += 2;
      }
      begin[length++] = to_lower(c);
    }
    size_ += length;
    const std::string_view folded(begin, length);
    if (!cut) return folded;
    std::string_view bare = folded.substr(0, folded.find(';'));
    while (bare.ends_with('.') || bare.ends_with(' ')) bare.remove_suffix(1);
    return bare.empty() ? folded : bare;
  }

 private:
  std::array<char, 8192> buffer_;
  std::size_t size_ = 0;
};

bool is_never_served(std::string_view method) { return method == "TRACE" || method == "CONNECT"; }

}  // namespace

struct Routes::Tables {
  // Marks routes of which paths may be taken for others'; builds what tells whether one is.
  void compile_resemblance(const std::vector<std::string>& paths);
  bool resembles_other(std::uint32_t route, const Target& target, const Segments& segments) const;

  PathAutomaton automaton;
  std::vector<Route> routes;
  PathAutomaton folded;  // of the templates in lower case
};

void Routes::Tables::compile_resemblance(const std::vector<std::string>& paths) {
  // Beyond, comparing each with each takes too long: all are looked at when requests come.
  constexpr std::size_t kMaxCompared = 4096;
  std::map<std::string, std::uint32_t> by_shape;
  std::vector<Literals> literals;
  for (std::uint32_t i = 0; i < paths.size(); ++i) {
    const std::string path = folded_template(paths[i]);
    const auto [found, is_new] = by_shape.try_emplace(shape_of(path), i);
    if (is_new) folded.add(path, i);
    routes[i].folded = found->second;
    literals.push_back(literals_of(paths[i]));
  }
  folded.build();
  for (std::size_t i = 0; i < paths.size(); ++i) {
    routes[i].may_resemble = paths.size() > kMaxCompared || std::ranges::any_of(literals, [&](const Literals& other) {
                               return may_resemble(literals[i], other);
                             });
  }
}

bool Routes::Tables::resembles_other(std::uint32_t route, const Target& target, const Segments& segments) const {
  if (!routes[route].may_resemble) return false;
  FoldedSegments fold;
  Segments careless = segments;
  for (std::size_t i = 0; i < segments.size() && i < target.segments.size(); ++i) {
    careless.replace(i, fold.fold(segments[i], target.segments[i].size() == 1));
  }
  const std::uint32_t found = folded.match(careless);
  return found != PathAutomaton::kNone && found != routes[route].folded;
}

Routes::Routes(const Contract& contract) : tables_(std::make_unique<Tables>()) {
  std::map<std::string, std::uint32_t> by_shape;
  std::vector<std::string> paths;
  for (const Operation& operation : contract.operations) {
    if (!template_fault(operation.path).empty() || !is_reachable(operation.path)) continue;
    for (const std::string& base_path : base_paths(operation)) {
      const std::string full = base_path + std::string(operation.path);
      const auto [found, is_new] =
          by_shape.try_emplace(shape_of(full), static_cast<std::uint32_t>(tables_->routes.size()));
      if (is_new) {
        tables_->routes.emplace_back();
        tables_->automaton.add(full, found->second);
        paths.push_back(full);
      }
      if (is_never_served(operation.method_name)) continue;
      Route& route = tables_->routes[found->second];
      const auto same_method = [&](const Target& other) {
        return other.operation->method_name == operation.method_name;
      };
      if (std::ranges::any_of(route.targets, same_method)) continue;  // path-identical: said when loading
      route.targets.push_back(target_of(operation, base_path));
      if (!route.allowed.empty()) route.allowed += ", ";
      route.allowed += operation.method_name;
    }
  }
  tables_->automaton.build();
  tables_->compile_resemblance(paths);
}

Routes::~Routes() = default;
Routes::Routes(Routes&&) noexcept = default;
Routes& Routes::operator=(Routes&&) noexcept = default;

Match Routes::match(std::string_view method, std::string_view path) const {
  Match match;
  Segments segments;
  if (!segments.split(path)) return match;
  const std::uint32_t found = tables_->automaton.match(segments);
  if (found == PathAutomaton::kNone) return match;
  match.outcome = Match::Outcome::kNoMethod;
  match.path_index = found;
  for (const Target& target : tables_->routes[found].targets) {
    if (target.operation->method_name != method) continue;
    match.outcome = Match::Outcome::kFound;
    match.operation = target.operation;
    take_arguments(target, segments, match);
    match.resembles_other = tables_->resembles_other(found, target, segments);
    break;
  }
  return match;
}

std::string_view Routes::allowed_methods(std::uint32_t path_index) const {
  return path_index < tables_->routes.size() ? std::string_view(tables_->routes[path_index].allowed)
                                             : std::string_view();
}

}  // namespace portico::contract
