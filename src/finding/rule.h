// finding/ holds the second of Portico's nouns: something wrong, found before run time. A Rule (this header) says what
// kind of weakness is meant, catalogue.h lists all rules of all pillars, finding.h is one occurrence, fingerprint.h
// recognises it again tomorrow, and writers/ print many of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portico::finding {

// Ordered: a gate compares with >=.
enum class Severity : std::uint8_t { kInfo, kLow, kMedium, kHigh, kCritical };
constexpr std::size_t kSeverityCount = 5;

std::string_view name(Severity severity);  // "info", "low", "medium", "high", "critical"
std::optional<Severity> severity_of(std::string_view name);

// The pillar whose command reports the rule.
enum class Pillar : std::uint8_t { kInventory, kDesign, kDevelopment, kTesting, kProtection, kGovernance };

std::string_view name(Pillar pillar);  // "inventory", "design", ...

// How often the rule is right when it speaks, in the words of SARIF consumers.
enum class Precision : std::uint8_t { kMedium, kHigh, kVeryHigh };

std::string_view name(Precision precision);  // "medium", "high", "very-high"

// One kind of weakness. Rules are constants of the catalogue: they are compared and kept by address.
struct Rule {
  std::string_view id;     // kebab-case, family first ("auth-none"); never changes its meaning, never used again
  std::string_view title;  // the weakness in a few words
  Pillar pillar = Pillar::kDesign;
  Severity severity = Severity::kMedium;  // of the usual case; a finding may be more or less severe
  Precision precision = Precision::kHigh;
  std::uint8_t owasp_2019 = 0;         // category 1..10 of the OWASP API Security Top 10 2019; 0: none fits
  std::uint8_t owasp_2023 = 0;         // the same of the 2023 edition
  std::array<std::uint16_t, 3> cwe{};  // Common Weakness Enumeration, most fitting first; 0: no more
  std::string_view asvs;               // OWASP ASVS 5.0 requirements, "8.2.1, 14.2.1", or empty
  std::string_view why;                // what an attacker does with it
  std::string_view remedy;             // what to write instead
};

// One edition's name and page of a category. Empty for category 0.
struct OwaspCategory {
  std::string_view id;     // "API1:2023"
  std::string_view title;  // "Broken Object Level Authorization"
  std::string_view uri;
};
enum class OwaspEdition : std::uint16_t { k2019 = 2019, k2023 = 2023 };

OwaspCategory owasp_category(OwaspEdition edition, std::uint8_t category);

// Where the rule's page lives, relative to the documentation's root: "rules/auth-none.md".
std::string page_of(const Rule& rule);

}  // namespace portico::finding
