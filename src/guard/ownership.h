// Object ownership: an operation's part in it, and what is learned and checked. The policy's section `ownership` says
// which values are ids (policy/ownership.h).
//
// The guard remembers who was given what as keyed hashes in a LimitTable of its own, without values: an entry for each
// (kind of object, caller, id), renewed whenever an answer holds the id again and gone `ttl` after that. Where ids that
// nobody was given may pass, there is also one for each (kind, id). The table is bounded; of entries that share a
// window the one nearest to its end makes room.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "guard/guard.h"
#include "guard/modes.h"
#include "json/tape.h"
#include "policy/policy.h"

namespace portico::guard {

struct ObjectKind {
  std::uint64_t key = 0;  // of the API and the name: the same after a reload
  bool allow_unknown = false;
  std::int64_t ttl_ns = 0;
  std::uint16_t status = 403;
};

// A place of a request or an answer where ids of a kind stand.
struct WatchedId {
  std::uint16_t kind = 0;
  bool checked = false;                            // false: only looked at, so that what is echoed teaches nothing
  const contract::Parameter* parameter = nullptr;  // null: of a body
  bool anywhere = false;                           // of a body: at any depth
  std::string name;                                // of the property, or the pointer without its first slash
};

struct OwnershipPlan {
  std::vector<ObjectKind> kinds;
  std::vector<WatchedId> parameters;
  std::vector<WatchedId> body;
  std::vector<WatchedId> answer;
  // API keys that the contract's security asks for, by the name of their field or pair.
  std::vector<std::string_view> key_headers;
  std::vector<std::string_view> key_pairs;  // of query or cookie

  bool reads_body() const { return !body.empty(); }
};

// Null where the policy has nothing to do with the operation.
std::shared_ptr<const OwnershipPlan> make_ownership(const contract::Contract& contract, const policy::Policy& policy,
                                                    const contract::Operation& operation);

// What the policy's ownership names and the contract does not have.
std::vector<Error> check_ownership(const contract::Contract& contract, const policy::Policy& policy);

// The start of an exchange, before its parameters are read.
void start_ownership(Worker::State& worker, const Shared& shared, const RequestHead& head, Transaction& transaction);

// Notes the ids in a parameter's value, which is the worker's; `present`: there is one, though it may have been
// refused.
void note_ids(Worker::State& worker, const Transaction& transaction, const contract::Parameter& parameter,
              bool present);

// Finds out who calls, and decides on the ids that were noted. Verified callers are told apart by issuer and subject;
// others by the Authorization field and the API keys that they sent; who sent none of these by the address.
Decision check_parameter_ids(Worker::State& worker, const Judge& judge, const RequestHead& head,
                             Transaction& transaction);
// Decides on the ids of a body; null where it could not be read.
Decision check_body_ids(Worker::State& worker, const Judge& judge, Transaction& transaction,
                        const json::TapeView* body);

// After an answer was let pass: what it holds is known from now on.
void learn_ids(Worker::State& worker, const Transaction& transaction, const json::TapeView& body);

}  // namespace portico::guard
