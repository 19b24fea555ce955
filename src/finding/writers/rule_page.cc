#include "finding/writers/rule_page.h"

#include <array>

namespace portico::finding {
namespace {

std::string cwe_link(std::uint16_t cwe) {
  const std::string number = std::to_string(cwe);
  return "[CWE-" + number + "](https://cwe.mitre.org/data/definitions/" + number + ".html)";
}

std::string join_cwe(const Rule& rule) {
  std::string out;
  for (const auto cwe : rule.cwe) {
    if (cwe != 0) out += (out.empty() ? "" : ", ") + cwe_link(cwe);
  }
  return out;
}

std::string owasp_lines(const Rule& rule) {
  std::string out;
  for (const auto& category :
       {owasp_category(OwaspEdition::k2023, rule.owasp_2023), owasp_category(OwaspEdition::k2019, rule.owasp_2019)}) {
    if (category.id.empty()) continue;
    out += "- OWASP [" + std::string(category.id) + " " + std::string(category.title) + "](" +
           std::string(category.uri) + ")\n";
  }
  return out;
}

std::string_view heading(Pillar pillar) {
  constexpr std::array<std::string_view, 6> kHeadings = {"Inventory", "Design",     "Development",
                                                         "Testing",   "Protection", "Governance"};
  return kHeadings[static_cast<std::size_t>(pillar)];
}

}  // namespace

std::string write_rule_help(const Rule& rule) {
  std::string out = std::string(rule.why) + "\n\n**Remedy.** " + std::string(rule.remedy) + "\n\n";
  out += owasp_lines(rule);
  out += "- " + join_cwe(rule) + "\n";
  if (!rule.asvs.empty()) out += "- OWASP ASVS 5.0: " + std::string(rule.asvs) + "\n";
  return out;
}

std::string write_rule_page(const Rule& rule) {
  std::string out = "# " + std::string(rule.title) + "\n\n";
  out += "`" + std::string(rule.id) + "` · " + std::string(name(rule.pillar)) + " · severity **" +
         std::string(name(rule.severity)) + "**\n\n";
  return out + write_rule_help(rule);
}

std::string write_rule_text(const Rule& rule) {
  std::string out = std::string(rule.id) + ": " + std::string(rule.title) + "\n\n" + std::string(rule.why) +
                    "\n\nRemedy: " + std::string(rule.remedy) + "\n\nSeverity: " + std::string(name(rule.severity)) +
                    " in the usual case; precision " + std::string(name(rule.precision)) + "\n";
  for (const auto& category :
       {owasp_category(OwaspEdition::k2023, rule.owasp_2023), owasp_category(OwaspEdition::k2019, rule.owasp_2019)}) {
    if (!category.id.empty()) out += "OWASP " + std::string(category.id) + " " + std::string(category.title) + "\n";
  }
  for (const auto cwe : rule.cwe) {
    if (cwe != 0) out += "CWE-" + std::to_string(cwe) + "\n";
  }
  if (!rule.asvs.empty()) out += "OWASP ASVS 5.0: " + std::string(rule.asvs) + "\n";
  return out;
}

std::string write_rule_index(std::span<const Rule* const> rules) {
  std::string out =
      "# Rules\n\nWhat Portico reports, by pillar. The severity is that of the usual case: a finding is more or less\n"
      "severe by what is at stake ([how severe](design.md#how-severe)).\n";
  for (const Pillar pillar : {Pillar::kInventory, Pillar::kDesign, Pillar::kDevelopment, Pillar::kTesting,
                              Pillar::kProtection, Pillar::kGovernance}) {
    bool first = true;
    for (const Rule* rule : rules) {
      if (rule->pillar != pillar) continue;
      if (first) {
        out += "\n## " + std::string(heading(pillar)) +
               "\n\n| rule | severity | what | 2023 | 2019 |\n|---|---|---|---|---|\n";
      }
      first = false;
      const auto category = [](OwaspEdition edition, std::uint8_t number) {
        const auto id = owasp_category(edition, number).id;
        return std::string(id.substr(0, id.find(':')));
      };
      out += "| [" + std::string(rule->id) + "](rules/" + std::string(rule->id) + ".md) | " +
             std::string(name(rule->severity)) + " | " + std::string(rule->title) + " | " +
             category(OwaspEdition::k2023, rule->owasp_2023) + " | " + category(OwaspEdition::k2019, rule->owasp_2019) +
             " |\n";
    }
  }
  return out;
}

}  // namespace portico::finding
