// Limits as they meet a request. Within a phase it is all or nothing: a request that one limit refuses takes nothing
// from the others of the phase. What only the answer tells (was it a failure? was it found?) is settled at the end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "contract/routes.h"
#include "guard/guard.h"
#include "guard/limit_plan.h"
#include "guard/worker.h"

namespace portico::guard {

// What limits ask of a request; what is not there is empty. A limit by a value that the request does not have counts by
// the caller's address instead, so that nobody escapes by leaving it out.
struct LimitFacts {
  const Transaction* transaction = nullptr;  // for expressions
  address::Ip client;
  std::string_view issuer;
  std::string_view subject;
  std::string_view credential;  // bytes that name it
  std::string_view path;        // raw
  std::span<const contract::PathArgument> arguments;
  std::span<const HeaderField> headers;
  json::TapeView body;  // words null: none
};

class LimitCheck {
 public:
  // The trail has a table.
  LimitCheck(Worker::State& worker, LimitTrail& trail)
      : table_(*trail.table), worker_(worker), trail_(trail), plans_(*trail.plans), now_ns_(trail.now_ns) {}

  Decision take(LimitPhase phase, const LimitFacts& facts);

  // When the answer is known. What the service said counts as well as what the client got in its place. A client that
  // is gone before has no excuse: it may know what the answer would have been.
  void settle(const Ending& ending);

  // Whether any limit of the phase is there to be asked.
  bool has(LimitPhase phase) const {
    return std::ranges::any_of(plans_, [&](const LimitPlan& plan) { return plan.phase == phase; });
  }

 private:
  void remember_items(std::size_t from);
  Decision ask(const LimitPlan& plan, const LimitFacts& facts, std::size_t index);
  Decision ask_distinct(const LimitPlan& plan, const LimitFacts& facts, std::size_t index, std::uint64_t key);
  Decision take_windows(const LimitPlan& plan, std::uint64_t value, std::size_t index);
  void undo(std::size_t from);
  void show(std::size_t index, std::size_t window, std::uint64_t key);
  std::uint64_t value_of(const policy::LimitValue& value, const CompiledKey* key, const LimitFacts& facts,
                         bool fold) const;

  LimitTable& table_;
  Worker::State& worker_;
  LimitTrail& trail_;
  std::span<const LimitPlan> plans_;
  std::int64_t now_ns_;
};

// The values of the fields RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers): a list with an entry
// for each window that was asked. Empty when none was.
void append_limit_fields(const LimitTrail& trail, std::string& policy, std::string& state);

}  // namespace portico::guard
