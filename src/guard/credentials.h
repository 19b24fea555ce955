// Who is the caller, and may this caller use the operation (credential_plan.h)?
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "guard/guard.h"
#include "guard/modes.h"
#include "guard/plan.h"
#include "guard/revocations.h"
#include "guard/worker.h"

namespace portico::guard {

// Credentials in the worker's query and cookies must have been split.
class CredentialCheck {
 public:
  CredentialCheck(Worker::State& worker, const Judge& judge, const OperationPlan& operation, const RequestHead& head,
                  const Shared& shared, std::string_view authorization)
      : worker_(worker),
        judge_(judge),
        operation_(operation),
        plan_(operation.credentials),
        head_(head),
        shared_(shared),
        revocations_(shared.state),
        authorization_(authorization) {}

  // Judged. On success the transaction has the caller, if there is one; finish() gives it back.
  Decision decide(Transaction& transaction);

 private:
  // How far an alternative got; the largest is what is answered.
  enum class Met : std::uint8_t { kNoCredential, kInvalid, kNoScope, kYes };

  Decision tokens_in_query() const;
  Met meets(const std::vector<CredentialNeed>& alternative);
  const SchemeVerdict& verify(const SchemePlan& scheme);
  bool copy_earlier(const SchemePlan& scheme, SchemeVerdict& verdict) const;
  std::string_view presented(const SchemePlan& scheme, SchemeVerdict& verdict);
  void verify_token(const SchemePlan& scheme, std::string_view token, SchemeVerdict& verdict);
  void verify_key(const SchemePlan& scheme, std::string_view key, SchemeVerdict& verdict);
  void verify_certificate(const SchemePlan& scheme, SchemeVerdict& verdict);
  const identity::Identity* certificate();
  void check_proof(const SchemePlan& scheme, std::string_view token, policy::Binding binding, SchemeVerdict& verdict);
  Decision refusal(Met best) const;
  void keep_caller(Transaction& transaction);
  std::int64_t now_s() const { return head_.wall_us / 1'000'000; }

  Worker::State& worker_;
  const Judge& judge_;
  const OperationPlan& operation_;
  const CredentialPlan& plan_;
  const RequestHead& head_;
  const Shared& shared_;
  Revocations revocations_;
  std::string_view authorization_;
};

}  // namespace portico::guard
