// What the loader could not make sense of. It says so with a place; findings want the node there, for pointer and
// fingerprint.
#include <algorithm>
#include <map>
#include <tuple>

#include "audit/checks.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using finding::Severity;
using json::Node;

using PlaceKey = std::tuple<std::string_view, std::uint32_t, std::uint32_t>;
using NodesByPlace = std::map<PlaceKey, const Node*>;

// The outermost node at each place; a key stands for the value that it names.
class PlaceSearch {
 public:
  PlaceSearch(const contract::Contract& contract, NodesByPlace& wanted) : contract_(&contract), wanted_(&wanted) {}

  void run() {
    for (const json::Document& document : *contract_->documents) {
      name_ = document.name;
      if (document.root != nullptr) visit(*document.root);
    }
  }

 private:
  void visit(const Node& node) {
    note(node, node);
    for (const json::Member& member : node.members()) {
      note(*member.key, *member.value);
      visit(*member.value);
    }
    for (const Node* item : node.items()) visit(*item);
  }

  void note(const Node& at, const Node& meant) {
    const auto found = wanted_->find({name_, at.line(), at.column()});
    if (found != wanted_->end() && found->second == nullptr) found->second = &meant;
  }

  const contract::Contract* contract_;
  NodesByPlace* wanted_;
  std::string_view name_;
};

PlaceKey key_of(const Place& place) { return {place.file, place.line, place.column}; }

const finding::Rule* rule_of(std::string_view code) {
  if (code == "security-scheme-undefined") return finding::design_rule("auth-scheme-undefined");
  return finding::design_rule("contract-invalid");
}

}  // namespace

void check_structure(const Subject& subject, Drafts& drafts) {
  NodesByPlace nodes;
  for (const auto& problem : subject.contract.problems) nodes.try_emplace(key_of(problem.place));
  if (nodes.empty()) return;
  PlaceSearch(subject.contract, nodes).run();
  for (const auto& problem : subject.contract.problems) {
    // Fatal: the guard refuses to run with it, and so should a release gate.
    drafts.push_back({.rule = rule_of(problem.code),
                      .severity = problem.fatal ? Severity::kHigh : Severity::kLow,
                      .node = nodes.at(key_of(problem.place)),
                      .message = problem.message + " (" + std::string(problem.code) + ")",
                      .place = problem.place,
                      .aspect = std::string(problem.code)});
  }
}

}  // namespace portico::audit
