// Runs tests/cases/audit/*.yaml, one file a rule:
//
//   rule: auth-none                    # also the file's name
//   cases:
//     - name: nothing is said
//       contract: |                    # a whole OpenAPI document
//         openapi: 3.0.3
//         ...
//       expect:                        # all findings of the rule, in order; [] for none
//         - line: 6
//           pointer: /paths/~1orders/get
//           severity: medium           # this and what follows: only compared where given
//           operation: listOrders
//           message: can be called     # a part of it
//           evidence: https://***@api.example
//           related: 2                 # how many related locations
//
// Each rule of the design pillar must have a file with a case where it speaks and one where it is silent.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "base/file.h"
#include "contract/load.h"
#include "finding/catalogue.h"
#include "json/tree.h"
#include "yaml/reader.h"

namespace portico {
namespace {

using finding::Finding;
using json::Node;

struct Tally {
  int cases = 0;
  int failures = 0;
};

std::string shown(const Finding& finding) {
  return "line " + std::to_string(finding.location.place.line) + " " + finding.location.pointer + " " +
         std::string(name(finding.severity)) + " \"" + finding.message + "\" related " +
         std::to_string(finding.related.size());
}

// What differs from the expectation, or empty.
std::string difference(const Node& expected, const Finding& finding) {
  const auto integer = [&](std::string_view key) {
    const Node* value = expected.find(key);
    return value == nullptr ? std::nullopt : value->integer();
  };
  const auto differs = [&](std::string_view key, std::string_view actual) {
    return expected.find(key) != nullptr && expected.find(key)->text() != actual;
  };
  if (integer("line") != std::int64_t{finding.location.place.line}) return "line";
  if (expected.text_of("pointer") != finding.location.pointer) return "pointer";
  if (differs("severity", name(finding.severity))) return "severity";
  if (differs("operation", finding.location.operation)) return "operation";
  if (differs("evidence", finding.evidence)) return "evidence";
  if (finding.message.find(expected.text_of("message")) == std::string::npos) return "message";
  if (const auto related = integer("related");
      related && *related != static_cast<std::int64_t>(finding.related.size())) {
    return "related";
  }
  return {};
}

bool holds(const Node& test, std::string_view rule, std::string& report) {
  const auto contract = contract::load_text(test.text_of("contract"), "contract.yaml");
  if (!contract) {
    report = "cannot load: " + to_string(contract.error());
    return false;
  }
  auto findings = audit::audit(*contract);
  std::erase_if(findings, [&](const Finding& finding) { return finding.rule->id != rule; });
  const Node* expected = test.find("expect");
  if (expected == nullptr || !expected->is_array()) {
    report = "no list `expect`";
    return false;
  }
  bool good = findings.size() == expected->size();
  for (std::size_t i = 0; i < findings.size(); ++i) {
    std::string wrong = i < expected->size() ? difference(*expected->items()[i], findings[i]) : "not expected";
    if (!wrong.empty()) good = false;
    report += "    " + shown(findings[i]) + (wrong.empty() ? "" : "   <- " + wrong) + "\n";
  }
  if (findings.size() < expected->size()) {
    report += "    " + std::to_string(expected->size() - findings.size()) + " more expected\n";
  }
  return good;
}

void run_file(const std::filesystem::path& path, Tally& tally) {
  const auto fail = [&](const std::string& what) {
    ++tally.failures;
    std::printf("%s: %s\n", path.filename().c_str(), what.c_str());
  };
  const auto bytes = read_file(path.string());
  if (!bytes) return fail(to_string(bytes.error()));
  json::Documents documents;
  json::Document& document = documents.add(path.filename().string(), "");
  if (const auto read = yaml::read_document(*bytes, document); !read) return fail(to_string(read.error()));

  const std::string rule(document.root->text_of("rule"));
  if (rule != path.stem() || finding::find_rule(rule) == nullptr) fail("\"" + rule + "\" is not this file's rule");
  const Node* cases = document.root->find("cases");
  if (cases == nullptr) return fail("no cases");
  bool speaks = false;
  bool silent = false;
  for (const Node* test : cases->items()) {
    ++tally.cases;
    const Node* expected = test->find("expect");
    (expected != nullptr && expected->size() != 0 ? speaks : silent) = true;
    std::string report;
    if (!holds(*test, rule, report)) fail(std::string(test->text_of("name")) + "\n" + report);
  }
  if (!speaks) fail("no case where the rule speaks");
  if (!silent) fail("no case where the rule is silent");
}

int run(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  Tally tally;
  std::set<std::string> covered;
  for (const auto& file : files) {
    run_file(file, tally);
    covered.insert(file.stem().string());
  }
  for (const finding::Rule& rule : finding::rules_of(finding::Pillar::kDesign)) {
    if (covered.contains(std::string(rule.id))) continue;
    ++tally.failures;
    std::printf("the rule %s has no cases\n", std::string(rule.id).c_str());
  }
  std::printf("%d cases, %d failures\n", tally.cases, tally.failures);
  return tally.failures == 0 && tally.cases > 0 ? 0 : 1;
}

}  // namespace
}  // namespace portico

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: cases_audit FOLDER\n");
    return 2;
  }
  return portico::run(argv[1]);
}
