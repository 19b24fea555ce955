// The section `rules`. Whether the expressions mean something is the guard's to say: it knows the contract's types.
#include <algorithm>

#include "policy/sections.h"
#include "policy/status_range.h"

namespace portico::policy {
void read(Mapping& rule, Rule& to) {
  rule.selectors("operations", to.operations, "The operations that it is about").required();
  rule.text("require", to.require, "What must be true of a request: CEL, docs/cel.md");
  rule.text("response", to.response, "What must be true of an answer: CEL, docs/cel.md");
  rule.texts("statuses", to.statuses, "The answers that `response` is about: 200, 2XX, *; 2XX if it is not there");
  rule.text("name", to.name, "What events call it; its number if it is not there");
  rule.text("message", to.message, "What the client is told");
  rule.count("status", to.status, 400, 499, "Of the refusal; 404 keeps to itself whether something is there");
  rule.check(!to.require.text.empty() || !to.response.text.empty(), "a rule needs require or response");
  rule.check(
      std::ranges::all_of(to.statuses, [](const Text& status) { return parse_status_range(status.text).has_value(); }),
      "statuses are 200, 2XX or *");
  rule.check(to.statuses.empty() || !to.response.text.empty(), "statuses without response");
}

}  // namespace portico::policy
