#include "contract/routes.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

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

}  // namespace

struct Routes::Tables {
  PathAutomaton automaton;
  std::vector<Route> routes;
};

Routes::Routes(const Contract& contract) : tables_(std::make_unique<Tables>()) {
  std::map<std::string, std::uint32_t> by_shape;
  for (const Operation& operation : contract.operations) {
    if (!template_fault(operation.path).empty() || !is_reachable(operation.path)) continue;
    for (const std::string& base_path : base_paths(operation)) {
      const std::string full = base_path + std::string(operation.path);
      const auto [found, is_new] =
          by_shape.try_emplace(shape_of(full), static_cast<std::uint32_t>(tables_->routes.size()));
      if (is_new) {
        tables_->routes.emplace_back();
        tables_->automaton.add(full, found->second);
      }
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
    break;
  }
  return match;
}

std::string_view Routes::allowed_methods(std::uint32_t path_index) const {
  return path_index < tables_->routes.size() ? std::string_view(tables_->routes[path_index].allowed)
                                             : std::string_view();
}

}  // namespace portico::contract
