// The kinds of threats to an HTTP API that are looked for, by class of STRIDE. Constant data.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace portico::threats {

enum class Stride : std::uint8_t {
  kSpoofing,
  kTampering,
  kRepudiation,
  kInformationDisclosure,
  kDenialOfService,
  kElevationOfPrivilege,
};
constexpr std::size_t kStrideCount = 6;

std::string_view name(Stride stride);   // "Information disclosure"
std::string_view token(Stride stride);  // "information-disclosure"
std::span<const Stride> all_stride();

enum class KindId : std::uint8_t {
  kAnonymousCall,
  kCredentialStuffing,
  kPinGuessing,
  kStaticCredential,
  kCrossSiteRequest,
  kMassAssignment,
  kForgedFact,
  kInjection,
  kMaliciousUpload,
  kExternalEntities,
  kMachineInTheMiddle,
  kUnaccountableChange,
  kSharedCredential,
  kForeignObject,
  kEnumeration,
  kPersonalDataPublic,
  kExcessiveData,
  kSecretReturned,
  kAccountEnumeration,
  kPositionTracking,
  kCredentialInUrl,
  kRevealingErrors,
  kFlooding,
  kOversizedRequest,
  kHarvesting,
  kFlowAutomation,
  kManagementInterface,
  kFunctionLevelAccess,
  kServerSideRequest,
  kCommandExecution,
};
constexpr std::size_t kKindCount = 30;

struct Kind {
  KindId id;
  std::string_view name;  // "foreign-object": stable
  std::string_view title;
  Stride stride;
  std::uint8_t owasp_2023;  // category 1..10; 0: none fits
  std::uint16_t cwe;
  std::uint16_t capec;
  std::string_view asvs;                  // requirements of OWASP ASVS 5.0
  std::string_view scenario;              // one sentence: what the attacker does, and gains
  std::array<std::string_view, 4> rules;  // of the audit, whose findings are the missing mitigations
  std::string_view contract_remedy;       // what the contract should say
  std::string_view policy_remedy;         // what portico.yaml can do; empty: nothing
};

const Kind& kind(KindId id);
std::span<const Kind> kinds();

}  // namespace portico::threats
