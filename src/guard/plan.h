// What the guard makes of a contract and a policy before traffic comes: for each operation everything that a check
// needs, compiled. Plans point into the contract and are immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "guard/browser.h"
#include "guard/credential_plan.h"
#include "guard/fields.h"
#include "guard/lifecycle.h"
#include "guard/limit_plan.h"
#include "guard/media_plan.h"
#include "guard/modes.h"
#include "guard/parameters.h"
#include "policy/policy.h"
#include "schema/compile.h"

namespace portico::guard {

struct InjectionPlan;  // injection_check.h
struct Inspection;     // inspection.h
struct SealPlan;       // seal_plan.h

struct ParameterPlan {
  const contract::Parameter* parameter = nullptr;
  schema::Program program;
  schema::ScalarPlan plan;
  std::vector<Reading> readings;
  std::vector<MediaPlan> content;  // one: the value is a document of that media type; empty: it is styled text
  Carrier carrier = Carrier::kUri;
  bool takes_others = false;                  // see Shape
  schema::PlaceId place = schema::kAnyPlace;  // for InjectionPlan
  bool sensitive = false;                     // personal or secret: never shown in events
  bool is_list_field = false;                 // several lines are one text, though the schema takes no array
  std::string wire_place;                     // "query/limit"
  std::string contract_place;                 // of its declaration: "orders.yaml:9:11"

  Shape shape() const;
};

struct ResponseHeaderPlan {
  ParameterPlan value;
  bool each_line = false;  // Set-Cookie: its lines are no list (RFC 9110, section 5.3)
  bool supplied = false;   // the guard adds it to answers: the service need not
};

struct ResponsePlan {
  std::string_view status;  // "200", "2XX", "default"
  std::vector<MediaPlan> media;
  std::vector<ResponseHeaderPlan> headers;
};

struct OperationRules;
struct OwnershipPlan;  // ownership.h

struct OperationPlan {
  const contract::Operation* operation = nullptr;
  std::string place;  // in the contract
  ModeTable modes{};
  std::vector<ParameterPlan> path;
  std::vector<ParameterPlan> query;
  std::vector<ParameterPlan> header;
  std::vector<ParameterPlan> cookie;
  CredentialPlan credentials;
  std::vector<std::string_view> query_credentials;  // API keys in the query: declared by their scheme alone
  bool body_required = false;
  std::vector<MediaPlan> request_media;
  std::vector<ResponsePlan> responses;
  std::vector<LimitPlan> limits;
  std::shared_ptr<const OwnershipPlan> ownership;  // null: no ids are looked at
  const policy::Uniform* uniform = nullptr;        // null: answers leave as they are
  BrowserPlan browser;
  LifecyclePlan lifecycle;
  FieldsPlan fields;                               // of answers
  std::shared_ptr<const OperationRules> rules;     // null: there are none
  std::shared_ptr<const InjectionPlan> injection;  // null: not looked for
  std::shared_ptr<const Inspection> inspection;    // of answers; null: none
  std::shared_ptr<const SealPlan> seal;            // null: no ids are sealed
};

// How the contract's Schema Objects are read.
schema::Dialect dialect_of(contract::SchemaDialect dialect);

// Compiles one plan for each operation of the contract, in the contract's order. `notes` gets what the owner should
// know. All arguments but `notes` must outlive the plans.
Result<std::vector<OperationPlan>> make_plans(const contract::Contract& contract, const policy::Policy& policy,
                                              const Authority& authority, std::vector<std::string>& notes);
}  // namespace portico::guard
