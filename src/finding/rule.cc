#include "finding/rule.h"

namespace portico::finding {
namespace {

constexpr std::array<std::string_view, kSeverityCount> kSeverities = {"info", "low", "medium", "high", "critical"};

constexpr OwaspCategory kNone = {};

constexpr std::array<OwaspCategory, 11> kOwasp2019 = {{
    kNone,
    {"API1:2019", "Broken Object Level Authorization",
     "https://owasp.org/API-Security/editions/2019/en/0xa1-broken-object-level-authorization/"},
    {"API2:2019", "Broken User Authentication",
     "https://owasp.org/API-Security/editions/2019/en/0xa2-broken-user-authentication/"},
    {"API3:2019", "Excessive Data Exposure",
     "https://owasp.org/API-Security/editions/2019/en/0xa3-excessive-data-exposure/"},
    {"API4:2019", "Lack of Resources & Rate Limiting",
     "https://owasp.org/API-Security/editions/2019/en/0xa4-lack-of-resources-and-rate-limiting/"},
    {"API5:2019", "Broken Function Level Authorization",
     "https://owasp.org/API-Security/editions/2019/en/0xa5-broken-function-level-authorization/"},
    {"API6:2019", "Mass Assignment", "https://owasp.org/API-Security/editions/2019/en/0xa6-mass-assignment/"},
    {"API7:2019", "Security Misconfiguration",
     "https://owasp.org/API-Security/editions/2019/en/0xa7-security-misconfiguration/"},
    {"API8:2019", "Injection", "https://owasp.org/API-Security/editions/2019/en/0xa8-injection/"},
    {"API9:2019", "Improper Assets Management",
     "https://owasp.org/API-Security/editions/2019/en/0xa9-improper-assets-management/"},
    {"API10:2019", "Insufficient Logging & Monitoring",
     "https://owasp.org/API-Security/editions/2019/en/0xaa-insufficient-logging-monitoring/"},
}};

constexpr std::array<OwaspCategory, 11> kOwasp2023 = {{
    kNone,
    {"API1:2023", "Broken Object Level Authorization",
     "https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/"},
    {"API2:2023", "Broken Authentication",
     "https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/"},
    {"API3:2023", "Broken Object Property Level Authorization",
     "https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/"},
    {"API4:2023", "Unrestricted Resource Consumption",
     "https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/"},
    {"API5:2023", "Broken Function Level Authorization",
     "https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/"},
    {"API6:2023", "Unrestricted Access to Sensitive Business Flows",
     "https://owasp.org/API-Security/editions/2023/en/0xa6-unrestricted-access-to-sensitive-business-flows/"},
    {"API7:2023", "Server Side Request Forgery",
     "https://owasp.org/API-Security/editions/2023/en/0xa7-server-side-request-forgery/"},
    {"API8:2023", "Security Misconfiguration",
     "https://owasp.org/API-Security/editions/2023/en/0xa8-security-misconfiguration/"},
    {"API9:2023", "Improper Inventory Management",
     "https://owasp.org/API-Security/editions/2023/en/0xa9-improper-inventory-management/"},
    {"API10:2023", "Unsafe Consumption of APIs",
     "https://owasp.org/API-Security/editions/2023/en/0xaa-unsafe-consumption-of-apis/"},
}};

}  // namespace

std::string_view name(Severity severity) { return kSeverities[static_cast<std::size_t>(severity)]; }

std::optional<Severity> severity_of(std::string_view name) {
  for (std::size_t i = 0; i < kSeverities.size(); ++i) {
    if (kSeverities[i] == name) return static_cast<Severity>(i);
  }
  return std::nullopt;
}

std::string_view name(Pillar pillar) {
  constexpr std::array<std::string_view, 6> kNames = {"inventory", "design",     "development",
                                                      "testing",   "protection", "governance"};
  return kNames[static_cast<std::size_t>(pillar)];
}

std::string_view name(Precision precision) {
  constexpr std::array<std::string_view, 3> kNames = {"medium", "high", "very-high"};
  return kNames[static_cast<std::size_t>(precision)];
}

OwaspCategory owasp_category(OwaspEdition edition, std::uint8_t category) {
  if (category >= kOwasp2023.size()) return kNone;
  return edition == OwaspEdition::k2019 ? kOwasp2019[category] : kOwasp2023[category];
}

std::string page_of(const Rule& rule) { return "rules/" + std::string(rule.id) + ".md"; }

}  // namespace portico::finding
