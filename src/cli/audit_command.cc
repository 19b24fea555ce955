// `portico audit`: what in a contract is unsafe.
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "audit/audit.h"
#include "audit/data_inventory.h"
#include "audit/overlay.h"
#include "audit/repair.h"
#include "audit/text_edit.h"
#include "audit/user_rules.h"
#include "audit/waivers.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "contract/load.h"
#include "finding/baseline.h"
#include "finding/catalogue.h"
#include "finding/writers/html.h"
#include "finding/writers/json.h"
#include "finding/writers/points.h"
#include "finding/writers/sarif.h"
#include "finding/writers/text.h"
#include "policy/load.h"
#include "version.h"

namespace portico::cli {
namespace {

constexpr std::array kPositionals = {
    Positional{"FILE", "The OpenAPI document (2.0, 3.0, 3.1 or 3.2; YAML or JSON)"},
};

constexpr std::array kOptions = {
    Option{"--format", "FORMAT", "How to write the findings", "text", "text|json|sarif|html"},
    Option{"--output", "FILE", "Write them to a file instead of standard output"},
    Option{"--fail-on", "SEVERITY", "Exit with 1 when an open finding is as severe as this or more", "high",
           "critical|high|medium|low|info|never"},
    Option{"--min-score", "POINTS", "Exit with 1 when the score is below this (0 to 100)"},
    Option{"--baseline", "FILE", "An earlier report as JSON: only what is not in it counts"},
    Option{"--policy", "FILE", "The portico.yaml whose waivers hold"},
    Option{"--rules", "FILE", "Rules of your own, in YAML"},
    Option{"--fix", "FILE", "Write what can be repaired as an OpenAPI Overlay"},
    Option{"--apply", "", "Make the repairs in the contract itself; comments and order stay"},
    Option{"--data", "", "List which operation takes or gives which class of data, and to whom (text or json)"},
};

// Colour is for people who look at a terminal and have not said otherwise (https://no-color.org).
finding::Colour colour_for(const Arguments& arguments) {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool unwanted = no_colour != nullptr && *no_colour != '\0';
  return !unwanted && !arguments.has("--output") && ::isatty(STDOUT_FILENO) == 1 ? finding::Colour::kOn
                                                                                 : finding::Colour::kOff;
}

std::string write(const finding::Report& report, const Arguments& arguments) {
  if (arguments.get("--format") == "json") return finding::write_json(report);
  if (arguments.get("--format") == "sarif") return finding::write_sarif(report);
  if (arguments.get("--format") == "html") return finding::write_html(report);
  return finding::write_text(report, colour_for(arguments));
}

finding::ReportScore shown(const audit::Score& score) {
  return {.total = score.total(),
          .security = score.security,
          .security_points = audit::kSecurityPoints,
          .data_validation = score.data_validation,
          .data_validation_points = audit::kDataValidationPoints};
}

// Baseline and waivers; what the owner of the waivers should know goes to standard error.
Result<void> settle(const Arguments& arguments, std::vector<finding::Finding>& findings) {
  if (arguments.has("--baseline")) {
    const std::string path = arguments.text("--baseline");
    PORTICO_TRY(const std::string text, read_file(path));
    PORTICO_TRY(const finding::Baseline baseline, finding::Baseline::read(text, path));
    baseline.apply(findings);
  }
  if (arguments.has("--policy")) {
    PORTICO_TRY(const policy::Policy policy, policy::load(arguments.text("--policy")));
    for (const auto& note : audit::apply_waivers(policy.waivers, wall_us() / 1'000'000, findings)) {
      std::fputs(("portico: " + note + "\n").c_str(), stderr);
    }
  }
  return {};
}

// How good the contract would be with the edits made.
Result<audit::Score> score_of(const std::string& text, const std::string& path) {
  PORTICO_TRY(const contract::Contract contract, contract::load_text(text, path));
  return audit::audit(contract).score;
}

int repair(const Arguments& arguments, const contract::Contract& contract, const audit::Score& before,
           std::span<const audit::Repair> repairs) {
  const std::string path(arguments.positional());
  if (arguments.has("--fix")) {
    const std::string title = "Repairs of " + std::string(contract.title);
    const auto overlay = audit::write_overlay(repairs, title, path);
    if (arguments.get("--fix") == "-") {
      print(overlay);
    } else if (const auto written = write_file(arguments.text("--fix"), overlay); !written) {
      return fail(written.error());
    }
  }
  std::vector<audit::Edit> edits;
  for (const auto& repair : repairs) edits.insert(edits.end(), repair.edits.begin(), repair.edits.end());
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  const auto edited = audit::apply_edits(*text, *contract.root, edits);
  const auto after = score_of(edited.text, path);
  if (!after) return fail(after.error());
  std::string said = std::to_string(repairs.size()) + " repairs in " + std::to_string(edits.size()) +
                     " places: score " + finding::points(before.total()) + ", repaired " +
                     finding::points(after->total()) + "\n";
  if (!edited.left.empty()) said += std::to_string(edited.left.size()) + " places cannot be changed in the text\n";
  std::fputs(said.c_str(), stderr);
  if (!arguments.has("--apply")) return kSuccess;
  const auto written = write_file(path, edited.text);
  return written ? kSuccess : fail(written.error());
}

int show_data(const Arguments& arguments, const contract::Contract& contract) {
  const auto inventory = audit::data_inventory(contract);
  const bool json = arguments.get("--format") == "json";
  if (!json && arguments.get("--format") != "text") return fail("--data is written as text or json");
  const int code = give(
      arguments, json ? audit::write_data_json(inventory, arguments.positional()) : audit::write_data_text(inventory));
  if (code != kSuccess || (!arguments.has("--fix") && !arguments.has("--apply"))) return code;
  return repair(arguments, contract, audit::audit(contract).score, audit::classification_labels(contract));
}

std::optional<double> min_score_of(const Arguments& arguments) {
  if (!arguments.has("--min-score")) return 0;
  const auto text = arguments.get("--min-score");
  double value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc{} && end == text.data() + text.size() && value >= 0 && value <= 100;
  return good ? std::optional(value) : std::nullopt;
}

int run_audit(const Arguments& arguments) {
  const std::string path(arguments.positional());
  const auto min_score = min_score_of(arguments);
  if (!min_score) return fail("--min-score is a number from 0 to 100");
  const auto contract = contract::load(path);
  if (!contract) return fail(contract.error());
  if (arguments.has("--data")) return show_data(arguments, *contract);
  std::optional<audit::UserRules> own;
  if (arguments.has("--rules")) {
    auto loaded = audit::UserRules::load(arguments.text("--rules"));
    if (!loaded) return fail(loaded.error());
    own = *std::move(loaded);
  }
  auto [findings, score] = audit::audit(*contract, own ? &*own : nullptr);
  if (arguments.has("--fix") || arguments.has("--apply")) {
    return repair(arguments, *contract, score, audit::repairs_of(*contract, findings));
  }
  if (const auto settled = settle(arguments, findings); !settled) return fail(settled.error());

  std::error_code ignored;
  const std::string root = std::filesystem::current_path(ignored).string();
  const finding::Report report{.command = "audit",
                               .target = path,
                               .version = PORTICO_VERSION,
                               .root = root,
                               .findings = findings,
                               .rules = finding::rules_of(finding::Pillar::kDesign),
                               .operations = contract->operations.size(),
                               .score = shown(score),
                               .compared = arguments.has("--baseline")};
  if (const int code = give(arguments, write(report, arguments)); code != kSuccess) return code;
  const auto gate = finding::severity_of(arguments.get("--fail-on"));
  const bool failed = (gate && finding::reaches(findings, *gate)) || score.total() < *min_score;
  return failed ? kGateFailed : kSuccess;
}

}  // namespace

const Command kAuditCommand = {
    .name = "audit",
    .summary = "Find what is unsafe in a contract",
    .description =
        "Reads an OpenAPI document and everything that it refers to, and reports operations without authentication, "
        "personal data given to anyone, keys that can be counted up, values without bounds, objects open to undeclared "
        "properties, weak security schemes, servers without TLS and whatever is broken in the document itself. Each "
        "finding has a place, a rule, its categories in the OWASP API Security Top 10 of 2019 and 2023, and a remedy; "
        "the contract has a score from 0 to 100. With --fix or --apply it repairs instead of reporting.",
    .positionals = kPositionals,
    .options = kOptions,
    .example = "portico audit api.yaml --format sarif --output audit.sarif",
    .run = run_audit,
};

}  // namespace portico::cli
