// `portico threats`: the threat model of an API.
#include <array>

#include "audit/audit.h"
#include "cli/commands.h"
#include "contract/load.h"
#include "policy/load.h"
#include "threats/difference.h"
#include "threats/threats.h"
#include "threats/writers/writers.h"

namespace portico::cli {
namespace {

constexpr std::array kPositionals = {
    Positional{"FILE", "The OpenAPI document (2.0, 3.0, 3.1 or 3.2; YAML or JSON), or with --diff the old one"},
    Positional{"NEW", "With --diff: the new document", false},
};

constexpr std::array kOptions = {
    Option{"--policy", "FILE", "The portico.yaml that stands beside the contract"},
    Option{"--format", "FORMAT", "How to write the model", "text",
           "text|json|markdown|html|gherkin|threat-dragon|otm|threagile"},
    Option{"--output", "FILE", "Write to a file instead of standard output"},
    Option{"--diff", "", "Show what NEW adds to the attack surface of FILE; exits with 1 when it widens"},
};

Result<threats::Model> model_of(const std::string& path, const policy::Policy& policy) {
  PORTICO_TRY(const contract::Contract contract, contract::load(path));
  const auto findings = audit::audit(contract).findings;
  return threats::model_of(contract, policy, findings);
}

std::string write(const threats::Model& model, std::string_view format) {
  if (format == "json") return threats::write_json(model);
  if (format == "markdown") return threats::write_markdown(model);
  if (format == "html") return threats::write_html(model);
  if (format == "gherkin") return threats::write_gherkin(model);
  if (format == "threat-dragon") return threats::write_threat_dragon(model);
  if (format == "otm") return threats::write_otm(model);
  if (format == "threagile") return threats::write_threagile(model);
  return threats::write_text(model);
}

Result<std::string> write(const threats::Difference& difference, std::string_view format) {
  if (format == "text") return threats::write_text(difference);
  if (format == "json") return threats::write_json(difference);
  if (format == "markdown") return threats::write_markdown(difference);
  return failure(ErrorCode::kInvalidArgument, "--diff is written as text, json or markdown");
}

int run_difference(const Arguments& arguments, const policy::Policy& policy) {
  if (arguments.positional(1).empty()) return fail("--diff needs two documents: the old and the new one");
  const auto before = model_of(std::string(arguments.positional(0)), policy);
  if (!before) return fail(before.error());
  const auto after = model_of(std::string(arguments.positional(1)), policy);
  if (!after) return fail(after.error());
  const auto difference = threats::difference_of(*before, *after);
  const auto text = write(difference, arguments.get("--format"));
  if (!text) return fail(text.error());
  const int code = give(arguments, *text);
  return code == kSuccess && difference.widens() ? kGateFailed : code;
}

int run_threats(const Arguments& arguments) {
  policy::Policy policy;
  if (arguments.has("--policy")) {
    auto loaded = policy::load(arguments.text("--policy"));
    if (!loaded) return fail(loaded.error());
    policy = *std::move(loaded);
  }
  if (arguments.has("--diff")) return run_difference(arguments, policy);
  if (!arguments.positional(1).empty()) return fail("one document is modelled; --diff compares two");
  const auto model = model_of(std::string(arguments.positional()), policy);
  if (!model) return fail(model.error());
  return give(arguments, write(*model, arguments.get("--format")));
}

}  // namespace

const Command kThreatsCommand = {
    .name = "threats",
    .summary = "Model the threats to an API from its contract and policy",
    .description =
        "Reads an OpenAPI document and, if given, the policy beside it, and writes the threat model: the attack "
        "surface "
        "ranked, actors, use cases, every operation decided against every class of STRIDE, abuse cases with the "
        "request and "
        "the expected refusal, mitigations that are proven and those that are missing (with rule, CWE, CAPEC and ASVS "
        "5.0), "
        "the resources and who owns them, and the questions that only people can answer. The same input gives the same "
        "bytes. With --diff it compares two contracts.",
    .positionals = kPositionals,
    .options = kOptions,
    .example = "portico threats api.yaml --format markdown --output threats.md",
    .run = run_threats,
};

}  // namespace portico::cli
