#include "audit/sites.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace portico::audit {

void Sites::add(const json::Node& node, const Label& label, Directions directions,
                const std::vector<std::uint32_t>& operations) {
  const auto [found, added] = index_.try_emplace(&node, sites_.size());
  if (added) sites_.push_back({.node = &node, .label = label});
  Site& site = sites_[found->second];
  site.directions |= directions;
  std::vector<std::uint32_t> all;
  std::ranges::set_union(site.operations, operations, std::back_inserter(all));
  site.operations = std::move(all);
}

void Sites::add(const Subject& subject, const json::Node& node, const SchemaUse& use) {
  add(node, use.label, subject.schemas.directions(use), subject.schemas.operations(use));
}

std::string describe(const Site& site) {
  std::string label = to_string({site.label.kind, site.label.name});
  const auto kind = site.label.kind;
  const bool plain = kind.ends_with("parameter") || kind.ends_with("body") || kind == "header";
  if (plain || site.directions == (kRequest | kResponse)) return label;
  return (site.directions == kRequest ? "request " : "response ") + label;
}

Draft draft_of(const Subject& subject, const Site& site, const finding::Rule* rule, finding::Severity severity,
               std::string message) {
  Draft draft{.rule = rule, .severity = severity, .node = site.node, .message = std::move(message)};
  draft.operations = site.operations;
  if (site.operations.size() == 1) {
    draft.operation = &subject.contract.operations[site.operations.front()];
    return draft;
  }
  draft.message += " (" + std::to_string(site.operations.size()) + " operations)";
  for (const auto index : site.operations) {
    if (draft.related.size() == finding::kMaxRelated) break;
    const contract::Operation& operation = subject.contract.operations[index];
    draft.related.push_back({operation.node, &operation, "used by " + title_of(operation)});
  }
  return draft;
}

}  // namespace portico::audit
