// `portico explain`: what a rule means, and what to do about it.
#include <array>

#include "audit/repair.h"
#include "base/text.h"
#include "cli/commands.h"
#include "finding/catalogue.h"
#include "finding/writers/rule_page.h"

namespace portico::cli {
namespace {

constexpr std::array kPositionals = {
    Positional{"RULE", "The id of a rule, as reports show it; without one all rules are listed", false},
};

int run_explain(const Arguments& arguments) {
  const auto id = arguments.positional();
  if (id.empty()) {
    for (const finding::Rule* rule : finding::all_rules()) {
      print(std::string(rule->id) + ": " + std::string(rule->title) + "\n");
    }
    return kSuccess;
  }
  const finding::Rule* rule = finding::find_rule(id);
  if (rule == nullptr) {
    std::vector<std::string_view> ids;
    for (const finding::Rule* known : finding::all_rules()) ids.push_back(known->id);
    const auto near = nearest(id, ids);
    return fail("there is no rule \"" + printable(id) + "\"" +
                (near ? ": \"" + std::string(*near) + "\" is meant, perhaps" : ""));
  }
  print(finding::write_rule_text(*rule));
  if (audit::is_repairable(*rule)) print("portico audit --fix can repair it.\n");
  return kSuccess;
}

}  // namespace

const Command kExplainCommand = {
    .name = "explain",
    .summary = "Say what a rule means",
    .description =
        "Tells why a rule of a report matters, what to do, and its categories in the OWASP API Security Top 10 "
        "of 2019 and 2023, in the Common Weakness Enumeration and in the OWASP ASVS 5.0.",
    .positionals = kPositionals,
    .options = {},
    .example = "portico explain auth-none",
    .run = run_explain,
};

}  // namespace portico::cli
