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
// or one change of a contract that has nothing wrong with it (audit/clean/*.yaml), where only the pointers are
// compared:
//
//     - name: a key is all that is asked for
//       clean: ["3.0", "3.1"]          # of which versions; 2.0 has a contract of its own
//       set: {/paths/~1me/get/security: [{key: []}]}
//       remove: [/servers]
//       expect: [/paths/~1me/get]
//
// Each rule of the design pillar must have a file with a case where it speaks and one where it is silent, and the clean
// contracts must have no finding at all.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "audit/repair.h"
#include "audit/text_edit.h"
#include "base/file.h"
#include "changed_document.h"
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
  int mutants = 0;                 // cases that make one defect in a clean contract
  int repairs = 0;                 // cases whose findings were repaired, proven by a second audit
  std::set<std::string> repaired;  // rules
  int failures = 0;
};

std::string shown(const Finding& finding) {
  return "line " + std::to_string(finding.location.place.line) + " " + finding.location.pointer + " " +
         std::string(name(finding.severity)) + " \"" + finding.message + "\" related " +
         std::to_string(finding.related.size());
}

// What differs from the expectation, or empty.
std::string difference(const Node& expected, const Finding& finding) {
  if (expected.is_string()) return expected.text() == finding.location.pointer ? "" : "pointer";
  const auto integer = [&](std::string_view key) {
    const Node* value = expected.find(key);
    return value == nullptr ? std::nullopt : value->integer();
  };
  const auto differs = [&](std::string_view key, std::string_view actual) {
    return expected.find(key) != nullptr && expected.find(key)->text() != actual;
  };
  if (const auto line = integer("line"); line && *line != std::int64_t{finding.location.place.line}) return "line";
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

// The clean contracts, by version.
class CleanContracts {
 public:
  explicit CleanContracts(const std::filesystem::path& folder) {
    read(folder / "2.0.yaml", {"2.0"});
    read(folder / "3.yaml", {"3.0", "3.1"});
  }

  // The contract of that version with a case's changes.
  std::string changed(std::string_view version, const Node* set, const Node* remove) const {
    const std::string text = cases::ChangedDocument(set, remove).apply(*documents_.at(std::string(version)));
    constexpr std::string_view kWritten = R"("openapi":"3.0.3")";
    const auto at = text.find(kWritten);
    if (version != "3.1" || at == std::string::npos) return text;
    return text.substr(0, at) + R"("openapi":"3.1.0")" + text.substr(at + kWritten.size());
  }

  // How many of them have findings.
  int unclean() const {
    int count = 0;
    for (const auto& [version, document] : documents_) {
      const auto contract = contract::load_text(changed(version, nullptr, nullptr), "contract.yaml");
      const auto findings = contract ? audit::audit(*contract).findings : std::vector<Finding>();
      for (const Finding& finding : findings) std::printf("clean %s: %s\n", version.c_str(), shown(finding).c_str());
      if (!contract || !findings.empty()) ++count;
    }
    return count;
  }

 private:
  void read(const std::filesystem::path& path, std::initializer_list<const char*> versions) {
    json::Document& document = store_.add(path.filename().string(), "");
    const auto bytes = read_file(path.string());
    if (!bytes || !yaml::read_document(*bytes, document)) return;
    for (const char* version : versions) documents_[version] = document.root;
  }

  json::Documents store_;
  std::map<std::string, const Node*> documents_;
};

bool holds(const std::string& text, const Node& test, std::string_view rule, std::string& report) {
  const auto contract = contract::load_text(text, "contract.yaml");
  if (!contract) {
    report = "cannot load: " + to_string(contract.error());
    return false;
  }
  auto findings = audit::audit(*contract).findings;
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

// Repairs what can be repaired, audits again, and says what is wrong with that: a repaired finding is still there, or
// the score is lower.
std::string repair_failure(const std::string& text, Tally& tally) {
  const auto contract = contract::load_text(text, "contract.yaml");
  if (!contract) return {};
  const auto before = audit::audit(*contract);
  const auto repairs = audit::repairs_of(*contract, before.findings);
  std::vector<audit::Edit> edits;
  std::map<std::string, std::ptrdiff_t> expected;
  for (const auto& repair : repairs) {
    edits.insert(edits.end(), repair.edits.begin(), repair.edits.end());
    ++expected[repair.reason];
  }
  if (edits.empty()) return {};
  const auto edited = audit::apply_edits(text, *contract->root, edits);
  const auto again = contract::load_text(edited.text, "contract.yaml");
  if (!again) return "repaired it cannot be loaded: " + to_string(again.error()) + "\n" + edited.text;
  const auto after = audit::audit(*again);
  if (after.score.total() < before.score.total() - 1e-9) return "repaired it has a lower score\n" + edited.text;
  if (!edited.left.empty()) return {};
  const auto count = [](const audit::Audit& done, const std::string& rule) {
    return std::ranges::count(done.findings, rule, [](const Finding& finding) { return finding.rule->id; });
  };
  for (const auto& [rule, number] : expected) {
    if (count(after, rule) > count(before, rule) - number)
      return "repaired, " + rule + " is still there\n" + edited.text;
    tally.repaired.insert(rule);
  }
  ++tally.repairs;
  return {};
}

void run_file(const std::filesystem::path& path, const CleanContracts& clean, Tally& tally) {
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
    const Node* expected = test->find("expect");
    const bool loud = expected != nullptr && expected->size() != 0;
    (loud ? speaks : silent) = true;
    const auto run = [&](const std::string& text, const std::string& version) {
      ++tally.cases;
      std::string report;
      if (!holds(text, *test, rule, report)) fail(version + std::string(test->text_of("name")) + "\n" + report);
      if (const auto wrong = repair_failure(text, tally); !wrong.empty()) {
        fail(version + std::string(test->text_of("name")) + ": " + wrong);
      }
    };
    const Node* versions = test->find("clean");
    if (versions == nullptr) {
      run(std::string(test->text_of("contract")), "");
      continue;
    }
    for (const Node* version : versions->items()) {
      if (loud) ++tally.mutants;
      run(clean.changed(version->text(), test->find("set"), test->find("remove")), std::string(version->text()) + " ");
    }
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
  const CleanContracts clean(folder / "clean");
  tally.failures += clean.unclean();
  std::set<std::string> covered;
  for (const auto& file : files) {
    run_file(file, clean, tally);
    covered.insert(file.stem().string());
  }
  for (const finding::Rule& rule : finding::rules_of(finding::Pillar::kDesign)) {
    if (covered.contains(std::string(rule.id))) continue;
    ++tally.failures;
    std::printf("the rule %s has no cases\n", std::string(rule.id).c_str());
  }
  constexpr std::size_t kRepairable = 40;
  if (tally.repaired.size() < kRepairable) {
    ++tally.failures;
    std::printf("only %zu rules are repaired by any case\n", tally.repaired.size());
  }
  std::printf("%d cases, %d of them defects in clean contracts, %d repaired (%zu rules), %d failures\n", tally.cases,
              tally.mutants, tally.repairs, tally.repaired.size(), tally.failures);
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
