// `portico audit`: what in a contract is unsafe.
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "audit/audit.h"
#include "base/file.h"
#include "cli/commands.h"
#include "contract/load.h"
#include "finding/catalogue.h"
#include "finding/writers/json.h"
#include "finding/writers/sarif.h"
#include "finding/writers/text.h"
#include "version.h"

namespace portico::cli {
namespace {

constexpr std::array kPositionals = {
    Positional{"FILE", "The OpenAPI document (2.0, 3.0, 3.1 or 3.2; YAML or JSON)"},
};

constexpr std::array kOptions = {
    Option{"--format", "FORMAT", "How to write the findings", "text", "text|json|sarif"},
    Option{"--output", "FILE", "Write them to a file instead of standard output"},
    Option{"--fail-on", "SEVERITY", "Exit with 1 when a finding is as severe as this or more", "high",
           "critical|high|medium|low|info|never"},
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
  return finding::write_text(report, colour_for(arguments));
}

int run_audit(const Arguments& arguments) {
  const std::string path(arguments.positional());
  const auto contract = contract::load(path);
  if (!contract) return fail(contract.error());
  const auto [findings, score] = audit::audit(*contract);

  std::error_code ignored;
  const std::string root = std::filesystem::current_path(ignored).string();
  const finding::Report report{.command = "audit",
                               .target = path,
                               .version = PORTICO_VERSION,
                               .root = root,
                               .findings = findings,
                               .rules = finding::rules_of(finding::Pillar::kDesign),
                               .operations = contract->operations.size(),
                               .score = finding::ReportScore{.total = score.total(),
                                                             .security = score.security,
                                                             .security_points = audit::kSecurityPoints,
                                                             .data_validation = score.data_validation,
                                                             .data_validation_points = audit::kDataValidationPoints}};
  const std::string text = write(report, arguments);
  if (arguments.has("--output")) {
    if (const auto written = write_file(arguments.text("--output"), text); !written) return fail(written.error());
  } else {
    print(text);
  }
  const auto gate = finding::severity_of(arguments.get("--fail-on"));
  return gate && finding::reaches(findings, *gate) ? kGateFailed : kSuccess;
}

}  // namespace

const Command kAuditCommand = {
    .name = "audit",
    .summary = "Find what is unsafe in a contract",
    .description =
        "Reads an OpenAPI document and everything that it refers to, and reports operations without authentication, "
        "personal data given to anyone, keys that can be counted up, values without bounds, objects open to undeclared "
        "properties, weak security schemes, servers without TLS and whatever is broken in the document itself. Each "
        "finding has a place, a rule, its categories in the OWASP API Security Top 10 of 2019 and 2023, and a remedy.",
    .positionals = kPositionals,
    .options = kOptions,
    .example = "portico audit api.yaml --format sarif --output audit.sarif",
    .run = run_audit,
};

}  // namespace portico::cli
