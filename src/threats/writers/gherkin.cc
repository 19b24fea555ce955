#include <algorithm>

#include "base/text.h"
#include "threats/writers/names.h"
#include "threats/writers/writers.h"

namespace portico::threats {
namespace {

std::string one_line(std::string_view text) { return printable(text, 400); }

}  // namespace

std::string write_gherkin(const Model& model) {
  std::string out = "# Each scenario is an abuse case that the API must refuse.\n@security\nFeature: Abuse cases of " +
                    one_line(model.title) + " " + one_line(model.version) + "\n";
  for (const auto index : open_by_severity(model)) {
    const Threat& threat = model.threats[index];
    const AbuseCase abuse = abuse_case_of(model, threat);
    out += "\n  @" + threat.id + " @" + std::string(name(threat.severity())) + " @" +
           std::string(token(threat.kind->stride)) + " @CWE-" + std::to_string(threat.kind->cwe) +
           "\n  Scenario: " + one_line(abuse.title) + "\n    Given " + one_line(abuse.precondition) + "\n";
    std::string_view word = "    When ";
    for (const auto& step : abuse.steps) {
      out += std::string(word) + "the attacker sends " + one_line(step) + "\n";
      word = "    And ";
    }
    out += "    Then the answer is " + one_line(abuse.expected) + "\n";
  }
  return out;
}

}  // namespace portico::threats
