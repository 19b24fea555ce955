#include "audit/draft.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_set>

#include "audit/node_paths.h"
#include "finding/fingerprint.h"

namespace portico::audit {
namespace {

using finding::Finding;

class Finisher {
 public:
  Finisher(const contract::Contract& contract, const Drafts& drafts) : contract_(&contract) {
    std::vector<const json::Node*> nodes;
    const auto want = [&](const json::Node* node) { nodes.push_back(node == nullptr ? contract.root : node); };
    for (const Draft& draft : drafts) {
      want(draft.node);
      for (const RelatedDraft& related : draft.related) want(related.node);
    }
    paths_ = find_paths(contract, nodes);
  }

  std::uint32_t order(const Draft& draft) const { return path(draft.node).order; }

  Finding finish(Draft&& draft) {
    const NodePath& at = path(draft.node);
    Finding finding{.rule = draft.rule,
                    .severity = draft.severity,
                    .location = location(draft.node, draft.operation),
                    .message = std::move(draft.message),
                    .evidence = std::move(draft.evidence),
                    .operations = std::move(draft.operations),
                    .deduction = draft.deduction,
                    .gain = draft.gain};
    if (draft.operation != nullptr) finding.operations = {index_of(*draft.operation)};
    if (draft.node == nullptr && draft.place.line != 0) finding.location.place = std::move(draft.place);
    for (RelatedDraft& related : draft.related) {
      if (finding.related.size() == finding::kMaxRelated) break;
      finding.related.push_back({location(related.node, related.operation), std::move(related.message)});
    }
    std::vector<std::string_view> parts(at.meaning.begin(), at.meaning.end());
    if (!draft.aspect.empty()) parts.push_back(draft.aspect);
    finding.fingerprint = finding::fingerprint(draft.rule->id, parts);
    if (taken_.insert(finding.fingerprint).second) return finding;
    // No finding may be lost for looking like another one.
    parts.push_back(at.pointer);
    std::string ordinal;
    for (std::size_t i = 2;; ++i) {
      finding.fingerprint = finding::fingerprint(draft.rule->id, parts);
      if (taken_.insert(finding.fingerprint).second) return finding;
      if (!ordinal.empty()) parts.pop_back();
      ordinal = std::to_string(i);
      parts.push_back(ordinal);
    }
  }

 private:
  std::uint32_t index_of(const contract::Operation& operation) const {
    return static_cast<std::uint32_t>(&operation - contract_->operations.data());
  }

  const NodePath& path(const json::Node* node) const {
    const auto found = paths_.find(node == nullptr ? contract_->root : node);
    return found == paths_.end() ? nowhere_ : found->second;
  }

  finding::Location location(const json::Node* node, const contract::Operation* operation) const {
    const NodePath& at = path(node);
    finding::Location location{.place = at.place, .pointer = at.pointer};
    if (location.place.line == 0 && node != nullptr) location.place = contract_->place(*node);
    if (operation != nullptr) location.operation = operation->id;
    return location;
  }

  const contract::Contract* contract_;
  std::unordered_map<const json::Node*, NodePath> paths_;
  std::unordered_set<std::string> taken_;
  const NodePath nowhere_;
};

}  // namespace

void drop_repeated(Drafts& drafts) {
  std::set<std::tuple<const finding::Rule*, const json::Node*, std::string, std::string>> seen;
  std::erase_if(drafts, [&](const Draft& draft) {
    return draft.node != nullptr && !seen.emplace(draft.rule, draft.node, draft.aspect, draft.message).second;
  });
}

std::vector<Finding> finish(const contract::Contract& contract, Drafts drafts) {
  Finisher finisher(contract, drafts);
  // Document order, so that of two drafts with one meaning the same one keeps the plain fingerprint each time.
  std::vector<std::pair<std::uint32_t, std::size_t>> order;
  order.reserve(drafts.size());
  for (std::size_t i = 0; i < drafts.size(); ++i) order.emplace_back(finisher.order(drafts[i]), i);
  std::ranges::sort(order, [&](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    const Draft& left = drafts[a.second];
    const Draft& right = drafts[b.second];
    return std::tie(left.rule->id, left.aspect, left.message) < std::tie(right.rule->id, right.aspect, right.message);
  });
  std::vector<Finding> findings;
  findings.reserve(drafts.size());
  for (const auto& [place, index] : order) findings.push_back(finisher.finish(std::move(drafts[index])));
  finding::sort_and_merge(findings);
  return findings;
}

}  // namespace portico::audit
