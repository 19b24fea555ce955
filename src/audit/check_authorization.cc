// Who may do what (OWASP API5): the requirements of operations compared with each other.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "audit/checks.h"
#include "audit/names.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Method;
using contract::Operation;
using finding::design_rule;
using finding::Severity;

bool is_read_scope(std::string_view scope) {
  const auto words = words_of(scope);
  constexpr std::string_view kReads =
      "read|readonly|read only|view|viewer|list|get|reader|reading|fetch|query|see|watch";
  constexpr std::string_view kWrites =
      "write|writer|readwrite|admin|manage|edit|modify|create|update|delete|full|all|rw|send|execute|change|editor|"
      "owner|publish|add|remove|set|post|put|patch|open|control|access all|upload|run|trigger|cancel|approve";
  return has_phrase(words, kReads) && !has_phrase(words, kWrites);
}

// All scopes that are asked for, and whether any alternative asks for none.
std::set<std::string_view> scopes_of(const Operation& operation) {
  std::set<std::string_view> scopes;
  for (const auto& requirement : operation.security) {
    for (const auto& need : requirement.needs) scopes.insert(need.scopes.begin(), need.scopes.end());
  }
  return scopes;
}

// The requirement in a form in which two of them can be compared.
std::string signature_of(const Operation& operation) {
  std::set<std::string> alternatives;
  for (const auto& requirement : operation.security) {
    std::set<std::string> needs;
    for (const auto& need : requirement.needs) {
      std::set<std::string_view> scopes(need.scopes.begin(), need.scopes.end());
      std::string text(need.scheme);
      for (const auto scope : scopes) text += " " + std::string(scope);
      needs.insert(std::move(text));
    }
    std::string text;
    for (const auto& need : needs) text += need + "&";
    alternatives.insert(std::move(text));
  }
  std::string signature;
  for (const auto& alternative : alternatives) signature += alternative + "|";
  return signature;
}

const json::Node* place_of(const Operation& operation) {
  const json::Node* own = operation.node->find("security");
  return own != nullptr && own == operation.security_node ? own : operation.node;
}

Draft draft_for(const finding::Rule* rule, const Operation& operation, std::string message) {
  return {.rule = rule,
          .severity = rule->severity,
          .node = place_of(operation),
          .operation = &operation,
          .message = title_of(operation) + std::move(message)};
}

// How much is asked for: the scheme, and whether a scope is.
int demand_of(const Traits& traits) { return static_cast<int>(traits.strength) * 2 + (traits.scoped ? 1 : 0); }

}  // namespace

void check_write_scopes(const Subject& subject, Drafts& drafts) {
  for (std::uint32_t i = 0; i < subject.traits.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    if (subject.traits[i].safe || operation.node == nullptr) continue;
    const auto scopes = scopes_of(operation);
    const bool any_reads = std::ranges::any_of(operation.security, [](const auto& requirement) {
      std::set<std::string_view> asked;
      for (const auto& need : requirement.needs) asked.insert(need.scopes.begin(), need.scopes.end());
      return !asked.empty() && std::ranges::all_of(asked, is_read_scope);
    });
    if (any_reads)
      drafts.push_back(
          draft_for(design_rule("access-write-read-scope"), operation,
                    " changes something, and a scope for reading is enough: " + printable(*scopes.begin())));
  }
}

void check_weaker_writes(const Subject& subject, Drafts& drafts) {
  std::map<std::string_view, int> reads;  // by path: the most that reading asks for
  for (std::uint32_t i = 0; i < subject.traits.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    if (operation.method != Method::kGet && operation.method != Method::kHead) continue;
    auto& most = reads[operation.path];
    most = std::max(most, demand_of(subject.traits[i]));
  }
  for (std::uint32_t i = 0; i < subject.traits.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    const Traits& traits = subject.traits[i];
    const auto read = reads.find(operation.path);
    if (is_safe(operation.method) || traits.entry || traits.open || read == reads.end() || operation.node == nullptr)
      continue;
    if (demand_of(traits) >= read->second) continue;
    drafts.push_back(
        draft_for(design_rule("access-write-weaker"), operation, " asks for less than reading the same path does"));
  }
}

void check_shared_management(const Subject& subject, Drafts& drafts) {
  std::set<std::string> ordinary;
  for (std::uint32_t i = 0; i < subject.traits.size(); ++i) {
    const Traits& traits = subject.traits[i];
    if (!traits.management && !traits.entry && !traits.published && !traits.open) {
      ordinary.insert(signature_of(subject.contract.operations[i]));
    }
  }
  for (std::uint32_t i = 0; i < subject.traits.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    const Traits& traits = subject.traits[i];
    if (!traits.management || traits.open || traits.entry || !ordinary.contains(signature_of(operation))) continue;
    drafts.push_back(draft_for(design_rule("access-admin-shared"), operation,
                               " is a management operation and asks for what ordinary operations ask for"));
  }
}

void check_single_scope(const Subject& subject, Drafts& drafts) {
  constexpr std::size_t kFewest =
      5;  // operations; below that two scopes would be many. A note: size must not cost points
  std::set<std::string_view> all;
  bool reads = false;
  bool writes = false;
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < subject.traits.size(); ++i) {
    const Traits& traits = subject.traits[i];
    if (traits.open || traits.entry) continue;
    const auto scopes = scopes_of(subject.contract.operations[i]);
    if (scopes.size() != 1) return;
    all.insert(scopes.begin(), scopes.end());
    (traits.safe ? reads : writes) = true;
    ++count;
  }
  if (all.size() != 1 || !reads || !writes || count < kFewest) return;
  drafts.push_back({.rule = design_rule("access-scope-single"),
                    .severity = Severity::kInfo,
                    .node = subject.contract.root->find("paths"),
                    .message = "all " + std::to_string(count) + " operations ask for the scope \"" +
                               printable(*all.begin()) + "\", whether they read or change",
                    .operations = subject.all_operations()});
}

// A weak alternative beside a strong one, per `security` list: most operations share the document's.
void check_alternatives(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (std::uint32_t i = 0; i < subject.traits.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    if (operation.security_node == nullptr) continue;
    auto weakest = Strength::kDelegated;
    auto strongest = Strength::kNone;
    for (const auto& requirement : operation.security) {
      if (requirement.needs.empty()) continue;
      auto strength = Strength::kNone;
      for (const auto& need : requirement.needs) {
        const auto* scheme = subject.contract.scheme(need.scheme);
        if (scheme != nullptr) strength = std::max(strength, strength_of(*scheme));
      }
      weakest = std::min(weakest, strength);
      strongest = std::max(strongest, strength);
    }
    if (weakest == Strength::kWeak && strongest >= Strength::kToken) {
      sites.add(*operation.security_node, {"security", {}}, 0, {i});
    }
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-weaker-alternative"), Severity::kMedium,
                              "basic authentication or a key in the URL is accepted beside a token"));
  }
}

}  // namespace portico::audit
