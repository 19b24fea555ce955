// What checks are given, and how they are written: a check is a function that looks at the contract and adds drafts.
// The list of all checks is in audit.cc.
#pragma once

#include "audit/draft.h"
#include "audit/fields.h"
#include "audit/schema_usage.h"
#include "audit/traits.h"
#include "contract/model.h"

namespace portico::audit {

struct Subject {
  const contract::Contract& contract;
  const SchemaUsage& schemas;
  const Fields& fields;
  const std::vector<Traits>& traits;  // of contract.operations, by index

  std::vector<std::uint32_t> all_operations() const;
};

using Check = void (*)(const Subject& subject, Drafts& drafts);

// "GET /orders/{id}"
std::string title_of(const contract::Operation& operation);

// Chooses the answers that the operation exists for: 2xx, or `default` where there are none.
SchemaUsage::StatusFilter success_of(const contract::Operation& operation);

}  // namespace portico::audit
