#include "threats/writers/names.h"

#include <algorithm>

#include "finding/fingerprint.h"

namespace portico::threats {

std::string list_of(const std::vector<contract::DataClass>& classes) {
  std::string out;
  for (const auto data_class : classes) out += (out.empty() ? "" : ", ") + std::string(contract::name(data_class));
  return out.empty() ? "none" : out;
}

std::string owasp_of(const Kind& kind) {
  const auto category = finding::owasp_category(finding::OwaspEdition::k2023, kind.owasp_2023);
  return category.id.empty() ? std::string() : std::string(category.id) + " " + std::string(category.title);
}

std::string references_of(const Kind& kind) {
  return "CWE-" + std::to_string(kind.cwe) + ", CAPEC-" + std::to_string(kind.capec) + ", ASVS " +
         std::string(kind.asvs);
}

std::string mitigations_of(const Threat& threat) {
  std::string out;
  for (const auto& mitigation : threat.mitigations) out += (out.empty() ? "" : "; ") + mitigation.text;
  return out.empty() ? "none" : out;
}

std::string gaps_of(const Threat& threat) {
  std::string out;
  for (const auto& gap : threat.gaps) {
    if (!out.empty()) out += ' ';
    out += gap.text;
    if (gap.rule != nullptr) out += " (" + std::string(gap.rule->id) + ")";
  }
  return out;
}

std::array<std::size_t, finding::kSeverityCount> count_open(const Model& model) {
  std::array<std::size_t, finding::kSeverityCount> counts{};
  for (const Threat& threat : model.threats) {
    if (threat.open()) ++counts[static_cast<std::size_t>(threat.severity())];
  }
  return counts;
}

std::vector<std::uint32_t> open_by_severity(const Model& model) {
  std::vector<std::uint32_t> indexes;
  for (std::uint32_t i = 0; i < model.threats.size(); ++i) {
    if (model.threats[i].open()) indexes.push_back(i);
  }
  std::ranges::stable_sort(indexes, std::ranges::greater(), [&](auto i) {
    return std::pair(model.threats[i].severity(), model.surface[model.threats[i].operation].rank());
  });
  return indexes;
}

std::string uuid_of(std::initializer_list<std::string_view> parts) {
  std::string hex = finding::fingerprint("uuid", parts).substr(0, 32);
  constexpr std::size_t kVersion = 12;
  constexpr std::size_t kVariant = 16;
  hex[kVersion] = '8';
  hex[kVariant] = 'a';
  for (const std::size_t dash : {20U, 16U, 12U, 8U}) hex.insert(dash, "-");
  return hex;
}

}  // namespace portico::threats
