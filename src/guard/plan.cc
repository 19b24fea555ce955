#include "guard/plan.h"

#include <algorithm>

#include "base/text.h"
#include "contract/data_class.h"
#include "guard/injection_check.h"
#include "guard/inspection.h"
#include "guard/operation_rules.h"
#include "guard/ownership.h"
#include "guard/schema_shape.h"
#include "guard/seal_plan.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

using contract::ParameterIn;

// Header fields are not percent-encoded, whatever RFC 6570 does elsewhere; nor are cookies of 3.2's style "cookie".
Carrier carrier_of(const contract::Parameter& parameter) {
  if (parameter.in == ParameterIn::kHeader) return Carrier::kHeader;
  const bool is_plain_cookie = parameter.in == ParameterIn::kCookie && parameter.node->text_of("style") == "cookie";
  return is_plain_cookie ? Carrier::kPlain : Carrier::kUri;
}

// Objects spread over pairs take what is left, so they come after all that have names of their own.
void add_pair_parameter(std::vector<ParameterPlan>& plans, ParameterPlan added) {
  const auto spread = [](const ParameterPlan& plan) { return is_spread(plan.shape()); };
  const auto at = spread(added) ? plans.end() : std::ranges::find_if(plans, spread);
  plans.insert(at, std::move(added));
}

class Planner {
 public:
  Planner(const contract::Contract& contract, const policy::Policy& policy, const Authority& authority,
          std::vector<std::string>& notes)
      : contract_(contract),
        policy_(policy),
        authority_(authority),
        notes_(notes),
        browser_(policy),
        compiler_({.documents = contract.documents.get()}, {.dialect = dialect_of(contract.dialect)}),
        xml_(contract) {}

  Result<OperationPlan> operation(const contract::Operation& operation);
  void note_schemas();

 private:
  Result<ParameterPlan> parameter(const contract::Parameter& parameter, const std::string& where);
  Result<std::vector<MediaPlan>> media(const std::vector<contract::MediaType>& content, schema::Direction direction,
                                       const std::string& where);
  void credentials(OperationPlan& plan) const;

  const contract::Contract& contract_;
  const policy::Policy& policy_;
  const Authority& authority_;
  std::vector<std::string>& notes_;
  BrowserRules browser_;
  schema::Compiler compiler_;
  XmlPlanner xml_;
};

Result<ParameterPlan> Planner::parameter(const contract::Parameter& parameter, const std::string& where) {
  ParameterPlan plan{.parameter = &parameter, .carrier = carrier_of(parameter)};
  const json::Node* schema = parameter.content ? parameter.content->schema : parameter.schema;
  plan.contract_place = portico::to_string(contract_.place(*parameter.node));
  plan.sensitive = contract::is_sensitive(contract::classify(parameter.name, schema));
  if (parameter.content) {
    const std::string subject = where + " parameter " + printable(parameter.name);
    PORTICO_TRY(plan.content.emplace_back(), make_media_plan(contract_, compiler_, xml_, *parameter.content,
                                                             schema::Direction::kRequest, subject, notes_));
    return plan;
  }
  if (schema != nullptr) {
    PORTICO_TRY(plan.program, compiler_.compile(*schema, schema::Direction::kRequest));
    PORTICO_TRY(plan.plan, compiler_.scalar_plan(*schema));
    // Without declared properties an object takes whatever is left; else what it says about others.
    plan.takes_others = plan.plan.properties.empty() || shape_of(contract_, *schema).takes_others;
  }
  plan.readings = readings_of(plan.plan, parameter.style);
  return plan;
}

Result<std::vector<MediaPlan>> Planner::media(const std::vector<contract::MediaType>& content,
                                              schema::Direction direction, const std::string& where) {
  std::vector<MediaPlan> plans;
  for (const contract::MediaType& declared : content) {
    PORTICO_TRY(plans.emplace_back(), make_media_plan(contract_, compiler_, xml_, declared, direction, where, notes_));
  }
  return plans;
}

void Planner::credentials(OperationPlan& plan) const {
  plan.credentials = plan_credentials(authority_, contract_, policy_, *plan.operation);
  for (const auto& alternative : plan.credentials.alternatives) {
    for (const CredentialNeed& need : alternative) {
      if (need.scheme->where == SchemePlan::Where::kQuery) plan.query_credentials.push_back(need.scheme->name);
    }
  }
}

Result<OperationPlan> Planner::operation(const contract::Operation& operation) {
  OperationPlan plan{.operation = &operation,
                     .place = portico::to_string(contract_.place(*operation.node)),
                     .modes = make_modes(policy_, contract_, &operation)};
  for (const contract::Parameter& declared : operation.parameters) {
    PORTICO_TRY(ParameterPlan compiled, parameter(declared, operation.id));
    switch (declared.in) {
      case ParameterIn::kPath: plan.path.push_back(std::move(compiled)); break;
      case ParameterIn::kQuery: add_pair_parameter(plan.query, std::move(compiled)); break;
      case ParameterIn::kHeader: plan.header.push_back(std::move(compiled)); break;
      case ParameterIn::kCookie: add_pair_parameter(plan.cookie, std::move(compiled)); break;
    }
  }
  if (operation.body) {
    plan.body_required = operation.body->required;
    PORTICO_TRY(plan.request_media, media(operation.body->content, schema::Direction::kRequest, operation.id));
  }
  for (const contract::Response& response : operation.responses) {
    auto& compiled = plan.responses.emplace_back();
    compiled.status = response.status;
    PORTICO_TRY(compiled.media, media(response.content, schema::Direction::kResponse,
                                      operation.id + " response " + std::string(response.status)));
  }
  credentials(plan);
  plan.limits = make_limits(contract_, policy_, &operation);
  for (const policy::Uniform& uniform : policy_.uniform) {
    if (policy::selects(uniform.operations, contract_, operation)) plan.uniform = &uniform;
  }
  plan.ownership = make_ownership(contract_, policy_, operation);
  plan.browser = browser_.plan(policy_, contract_, operation);
  add_default_fields(plan.fields, policy_.headers, plan.credentials.asks());
  browser_.add_fields(plan.fields);
  PORTICO_TRY(plan.lifecycle, make_lifecycle_plan(policy_, contract_, operation, plan.fields, notes_));
  add_policy_fields(plan.fields, policy_.headers.global);
  for (const policy::FieldRules& rules : policy_.headers.rules) {
    if (rules.operations.empty() || policy::selects(rules.operations, contract_, operation)) {
      add_policy_fields(plan.fields, rules);
    }
  }
  PORTICO_TRY(plan.rules, make_rules(contract_, policy_, plan));
  return plan;
}

void Planner::note_schemas() {
  for (const schema::Note& note : compiler_.notes()) {
    std::string text = portico::to_string(note.place) + ": " + note.message;
    if (!note.subject.empty()) text += " (" + printable(note.subject) + ")";
    notes_.push_back(std::move(text));
  }
}

}  // namespace

schema::Dialect dialect_of(contract::SchemaDialect dialect) {
  switch (dialect) {
    case contract::SchemaDialect::kOpenApi20: return schema::Dialect::kOpenApi20;
    case contract::SchemaDialect::kOpenApi30: return schema::Dialect::kOpenApi30;
    case contract::SchemaDialect::kJsonSchema202012: break;
  }
  return schema::Dialect::kJsonSchema202012;
}

Shape ParameterPlan::shape() const {
  return {.name = parameter->name,
          .style = parameter->style,
          .explode = parameter->explode,
          .delimiter_repeats_prefix = parameter->delimiter_repeats_prefix,
          .takes_others = takes_others,
          .carrier = carrier,
          .plan = &plan};
}

Result<std::vector<OperationPlan>> make_plans(const contract::Contract& contract, const policy::Policy& policy,
                                              const Authority& authority, std::vector<std::string>& notes) {
  std::vector<OperationPlan> plans;
  plans.reserve(contract.operations.size());
  Planner planner(contract, policy, authority, notes);
  for (const contract::Operation& operation : contract.operations) {
    PORTICO_TRY(plans.emplace_back(), planner.operation(operation));
  }
  planner.note_schemas();
  PORTICO_CHECK_OK(add_inspections(plans, policy, contract));
  PORTICO_CHECK_OK(add_injection_plans(plans, policy, contract));
  PORTICO_CHECK_OK(add_seals(plans, policy, contract, notes));
  return plans;
}

}  // namespace portico::guard
