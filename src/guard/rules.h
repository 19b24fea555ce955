// The guard's rules: every reason for which a message can be refused. Ids are stable; they appear in problem documents,
// events and metrics. docs/protection.md says of each what it protects from.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace portico::guard {

enum class RuleId : std::uint8_t {
  kNone,  // nothing to object to
  kRequestTargetAmbiguous,
  kRequestHeaderMalformed,
  kRequestHostUnknown,
  kRequestForwardedMalformed,
  kRequestAddressDenied,
  kRequestAddressBlocked,
  kRequestCallerBlocked,
  kRequestPathUnknown,
  kRequestMethodUndeclared,
  kRequestOperationRetired,
  kRequestVersionUndeclared,
  kRequestOriginUnknown,
  kRequestCrossSite,
  kRequestLimitExceeded,
  kRequestCallerLocked,
  kRequestEnumeration,
  kRequestCredentialsMissing,
  kRequestCredentialsInvalid,
  kRequestScopeMissing,
  kRequestOperationClosed,
  kRequestTokenInQuery,
  kRequestIdentifierNotIssued,
  kRequestParameterMissing,
  kRequestParameterInvalid,
  kRequestParameterRepeated,
  kRequestParameterUndeclared,
  kRequestHeaderRepeated,
  kRequestMediaTypeUndeclared,
  kRequestContentCoding,
  kRequestBodyMissing,
  kRequestBodyUndeclared,
  kRequestBodyTooLarge,
  kRequestBodyMalformed,
  kRequestBodyInvalid,
  // In the order of injection::Attack.
  kRequestInjectionSql,
  kRequestInjectionNoSql,
  kRequestInjectionCommand,
  kRequestInjectionPath,
  kRequestInjectionTemplate,
  kRequestInjectionXxe,
  kRequestInjectionSsrf,
  kRequestInjectionHeader,
  kRequestObjectForeign,
  kRequestRuleDenied,
  kResponseStatusUndeclared,
  kResponseMediaTypeUndeclared,
  kResponseHeaderMissing,
  kResponseHeaderInvalid,
  kResponseContentCoding,
  kResponseBodyMissing,
  kResponseBodyUndeclared,
  kResponseBodyTooLarge,
  kResponseBodyMalformed,
  kResponseBodyInvalid,
  kResponseRuleDenied,
  kResponsePartial,
  kResponseRepaired,  // refuses nothing: its mode says whether answers are repaired
  kResponseRepairImpossible,
  kResponseIdentifierUnsealed,
  kResponseSecretLeaked,
  kResponseTraceLeaked,
  kResponseAddressLeaked,
  kServiceUnavailable,
  kServerRefused,
  kCount,
};

struct Rule {
  std::string_view id;     // "request-body-invalid"
  std::string_view title;  // what the client is told: short, and nothing of the contract's inner life
  std::uint16_t status;    // of the answer
};

const Rule& rule(RuleId id);
std::span<const Rule> rules();  // indexed by RuleId

}  // namespace portico::guard
