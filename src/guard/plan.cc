#include "guard/plan.h"

#include <algorithm>
#include <array>

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

// What is between two neighbours only, or said by each server for itself: the guard's host sees none of it in an
// answer.
bool is_end_to_end(std::string_view name) {
  constexpr std::array<std::string_view, 9> kOthers = {"connection", "content-length",   "date",
                                                       "keep-alive", "proxy-connection", "server",
                                                       "trailer",    "upgrade",          "transfer-encoding"};
  return std::ranges::none_of(kOthers, [&](std::string_view other) { return equal_ignoring_case(other, name); });
}

// Fields that are lists by HTTP's own definition, and that contracts declare as texts all the same.
bool is_list_field(std::string_view name) {
  constexpr std::array<std::string_view, 10> kLists = {
      "accept-ranges",      "allow",         "cache-control", "content-language", "link",
      "preference-applied", "server-timing", "vary",          "www-authenticate", "access-control-expose-headers"};
  return std::ranges::any_of(kLists, [&](std::string_view list) { return equal_ignoring_case(list, name); });
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
  Result<ParameterPlan> parameter(const contract::Parameter& parameter, schema::Direction direction,
                                  const std::string& where);
  Result<ResponsePlan> response(const contract::Response& response, const std::string& where);
  Result<std::vector<MediaPlan>> media(const std::vector<contract::MediaType>& content, schema::Direction direction,
                                       const std::string& where);
  void credentials(OperationPlan& plan) const;
  void note_supplied(OperationPlan& plan) const;

  const contract::Contract& contract_;
  const policy::Policy& policy_;
  const Authority& authority_;
  std::vector<std::string>& notes_;
  BrowserRules browser_;
  schema::Compiler compiler_;
  XmlPlanner xml_;
};

Result<ParameterPlan> Planner::parameter(const contract::Parameter& parameter, schema::Direction direction,
                                         const std::string& where) {
  ParameterPlan plan{.parameter = &parameter, .carrier = carrier_of(parameter)};
  const json::Node* schema = parameter.content ? parameter.content->schema : parameter.schema;
  plan.wire_place = std::string(contract::name(parameter.in)) + '/' + std::string(parameter.name);
  plan.contract_place = portico::to_string(contract_.place(*parameter.node));
  plan.sensitive = contract::is_sensitive(contract::classify(parameter.name, schema));
  if (parameter.content) {
    const std::string subject = where + " parameter " + printable(parameter.name);
    PORTICO_TRY(plan.content.emplace_back(),
                make_media_plan(contract_, compiler_, xml_, *parameter.content, direction, subject, notes_));
    return plan;
  }
  if (schema != nullptr) {
    PORTICO_TRY(plan.program, compiler_.compile(*schema, direction));
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

Result<ResponsePlan> Planner::response(const contract::Response& response, const std::string& where) {
  ResponsePlan plan{.status = response.status};
  PORTICO_TRY(plan.media, media(response.content, schema::Direction::kResponse, where));
  for (const contract::Header& header : response.headers) {
    if (!is_end_to_end(header.name)) continue;
    ResponseHeaderPlan& added = plan.headers.emplace_back();
    PORTICO_TRY(added.value, parameter(header, schema::Direction::kResponse, where));
    added.value.is_list_field = is_list_field(header.name);
    added.each_line = equal_ignoring_case(header.name, "set-cookie");
  }
  return plan;
}

// Fields that a contract may promise, and that the guard adds to what the service says.
void Planner::note_supplied(OperationPlan& plan) const {
  for (ResponsePlan& response : plan.responses) {
    for (ResponseHeaderPlan& header : response.headers) {
      const std::string name = lower(header.value.parameter->name);
      header.supplied = plan.fields.supplies(name) || (browser_.has_cors() && name.starts_with("access-control-")) ||
                        (!plan.limits.empty() && name.starts_with("ratelimit"));
    }
  }
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
    PORTICO_TRY(ParameterPlan compiled, parameter(declared, schema::Direction::kRequest, operation.id));
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
    PORTICO_TRY(plan.responses.emplace_back(),
                this->response(response, operation.id + " response " + std::string(response.status)));
  }
  credentials(plan);
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
  note_supplied(plan);
  PORTICO_TRY(plan.rules, make_rules(contract_, policy_, plan));
  plan.limits = make_limits(contract_, policy_, &operation, plan.rules.get());
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
