// What the loader could not make sense of. It says so with a place; findings want the node there, for pointer and
// fingerprint.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "audit/checks.h"
#include "base/text.h"
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

// A keyword that would have bound the value, were it not beside a reference.
bool is_bound(const contract::Problem& problem) {
  constexpr std::array<std::string_view, 15> kBounds = {"maxLength",
                                                        "minLength",
                                                        "pattern",
                                                        "format",
                                                        "maxItems",
                                                        "minItems",
                                                        "enum",
                                                        "type",
                                                        "maximum",
                                                        "minimum",
                                                        "exclusiveMaximum",
                                                        "exclusiveMinimum",
                                                        "additionalProperties",
                                                        "maxProperties",
                                                        "required"};
  return std::ranges::any_of(kBounds,
                             [&](auto bound) { return problem.message.starts_with("\"" + std::string(bound) + "\""); });
}

// The rule that says more than that the contract is broken.
const finding::Rule* rule_of(const contract::Problem& problem) {
  const std::string_view code = problem.code;
  if (code == "security-scheme-undefined") return finding::design_rule("auth-scheme-undefined");
  if (code == "path-identical" || code == "path-ambiguous") return finding::design_rule("inventory-path-ambiguous");
  if (code == "reference-siblings" && is_bound(problem)) return finding::design_rule("schema-reference-siblings");
  if (code == "reference-forbidden") {
    return problem.message.contains("outside of the root") ? finding::design_rule("consume-reference-escapes")
                                                           : finding::design_rule("consume-reference-remote");
  }
  if (code == "parameter-ignored" && contains_ignoring_case(problem.message, "authorization")) {
    return finding::design_rule("auth-header-parameter");
  }
  return finding::design_rule("contract-invalid");
}

Severity severity_of(const contract::Problem& problem, const finding::Rule* rule) {
  if (rule->id == "contract-invalid" || rule->id == "inventory-path-ambiguous") {
    // Fatal: the guard refuses to run with it, and so should a release gate.
    return problem.fatal ? Severity::kHigh : Severity::kLow;
  }
  return rule->severity;
}

}  // namespace

void check_structure(const Subject& subject, Drafts& drafts) {
  NodesByPlace nodes;
  for (const auto& problem : subject.contract.problems) nodes.try_emplace(key_of(problem.place));
  if (nodes.empty()) return;
  PlaceSearch(subject.contract, nodes).run();
  for (const auto& problem : subject.contract.problems) {
    if (problem.code == "schema-items-missing") continue;  // the rule of that name says it, where it matters
    const finding::Rule* rule = rule_of(problem);
    drafts.push_back({.rule = rule,
                      .severity = severity_of(problem, rule),
                      .node = nodes.at(key_of(problem.place)),
                      .message = problem.message + " (" + std::string(problem.code) + ")",
                      .place = problem.place,
                      .aspect = std::string(problem.code)});
  }
}

}  // namespace portico::audit
