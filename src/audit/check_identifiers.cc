// Keys that can be counted up (OWASP API1). A number in the contract is sequential until something says otherwise:
// there is no keyword for "random", and nobody draws random integers for keys.
#include <algorithm>
#include <array>

#include "audit/branch_memo.h"
#include "audit/checks.h"
#include "audit/names.h"
#include "audit/pattern_length.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Operation;
using contract::Parameter;
using contract::ParameterIn;
using finding::Severity;
using json::Node;

// Integers, one of them among alternatives, and strings of digits.
class Numbers {
 public:
  explicit Numbers(const contract::Contract& contract) : contract_(&contract) {}

  bool contain(const Node& schema) {
    return memo_.ask(schema, [&] {
      const Composition composed(*contract_, std::array<const Node*, 1>{&schema});
      if (composed.has("enum") || composed.has("const")) return false;
      if (composed.allows(kInteger)) return true;
      if (composed.allows(kString)) {
        const Node* pattern = composed.find("pattern");
        return pattern != nullptr && matches_digits_only(pattern->text());
      }
      return std::ranges::any_of(alternatives_of(composed), [&](const auto group) {
        return std::ranges::any_of(group, [&](const Node* branch) { return contain(*branch); });
      });
    });
  }

 private:
  const contract::Contract* contract_;
  BranchMemo memo_;
};

bool names_object(const Parameter& parameter) {
  switch (parameter.in) {
    case ParameterIn::kPath: return !is_measure(parameter.name);
    case ParameterIn::kQuery:
    case ParameterIn::kHeader:
    case ParameterIn::kCookie: return is_identifier(parameter.name) || is_serial_number(parameter.name);
  }
  return false;
}

void draft_sites(const Subject& subject, const Sites& sites, std::string_view what, Drafts& drafts) {
  for (const Site& site : sites) {
    const bool open = std::ranges::any_of(
        site.operations, [&](auto index) { return subject.contract.operations[index].open_to_nobody(); });
    std::string message = describe(site) + std::string(what);
    if (open) message += ", and no credentials are needed to try them all";
    drafts.push_back(draft_of(subject, site, finding::design_rule("access-id-sequential"),
                              open ? Severity::kHigh : Severity::kMedium, std::move(message)));
  }
}

// The same but for case and separators: what is asked of every property of every answer must not take them apart.
bool equal_names(std::string_view a, std::string_view b) {
  std::size_t j = 0;
  for (const char c : a) {
    if (!is_alnum(c)) continue;
    while (j < b.size() && !is_alnum(b[j])) ++j;
    if (j == b.size() || to_lower(c) != to_lower(b[j++])) return false;
  }
  while (j < b.size() && !is_alnum(b[j])) ++j;
  return j == b.size();
}

// Where a path names an object by a string, but the responses show that the string is a number: /parcels/{number} of
// type string beside a property `number` of type integer.
void check_returned_keys(const Subject& subject, const Operation& operation, std::uint32_t index, Numbers& numbers,
                         Sites& sites) {
  const auto last = operation.path.rfind('{');
  if (last == std::string_view::npos || !operation.path.ends_with('}')) return;
  const auto name = operation.path.substr(last + 1, operation.path.size() - last - 2);
  const auto parameter = std::ranges::find_if(operation.parameters, [&](const Parameter& candidate) {
    return candidate.in == ParameterIn::kPath && candidate.name == name;
  });
  if (parameter == operation.parameters.end() || parameter->schema == nullptr || !names_object(*parameter)) return;
  const Composition key(subject.contract, std::array<const Node*, 1>{parameter->schema});
  if (!key.allows(kString) || key.has("format") || key.has("pattern") || key.has("enum")) return;
  subject.schemas.visit_response_properties(index, success_of(operation), [&](const PropertyUse& property) {
    if (property.resolved == nullptr || !equal_names(property.name, name)) return;
    if (numbers.contain(*property.resolved)) {
      sites.add(*property.schema, {"property", property.name}, kResponse, {index});
    }
  });
}

}  // namespace

void check_identifiers(const Subject& subject, Drafts& drafts) {
  Numbers numbers(subject.contract);
  Sites parameters;
  Sites sent;
  Sites returned;
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    for (const Parameter& parameter : operation.parameters) {
      if (parameter.schema == nullptr || parameter.node == nullptr || !names_object(parameter)) continue;
      if (!numbers.contain(*parameter.schema)) continue;
      parameters.add(*parameter.node, {kind_of(parameter.in), parameter.name}, kRequest, {i});
    }
    check_returned_keys(subject, operation, i, numbers, returned);
  }
  subject.schemas.visit_properties([&](const PropertyUse& property, Directions directions, std::uint32_t unit) {
    if ((directions & kRequest) == 0 || property.resolved == nullptr || !is_identifier(property.name)) return;
    if (!numbers.contain(*property.resolved)) return;
    sent.add(*property.schema, {"property", property.name}, kRequest, subject.schemas.operations(unit, kRequest));
  });
  draft_sites(subject, parameters, " names an object by a number that can be counted up", drafts);
  draft_sites(subject, sent, " names an object by a number that can be counted up", drafts);
  draft_sites(subject, returned, " shows that the key in the path is a number that can be counted up", drafts);
}

}  // namespace portico::audit
