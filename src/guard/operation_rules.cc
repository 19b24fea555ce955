#include "guard/operation_rules.h"

#include <algorithm>

#include "base/text.h"
#include "guard/plan.h"
#include "guard/schema_types.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

constexpr auto kMessage = static_cast<std::uint32_t>(Variable::kMessage);

constexpr policy::StatusRange kSuccess{200, 299};

// The fields of `response`.
enum ResponseField : std::uint32_t { kStatus, kHeader, kBody };

// Whether a response of the contract ("200", "2XX", "default") may have one of the statuses.
bool may_be_of(std::string_view declared, const std::vector<policy::StatusRange>& statuses) {
  const auto range = policy::parse_status_range(declared);
  return !range || std::ranges::any_of(statuses, [&](const policy::StatusRange& wanted) {
    return wanted.from <= range->to && range->from <= wanted.to;
  });
}

bool is_read(BodyKind kind) { return kind != BodyKind::kOpaque && kind != BodyKind::kUnreadable; }

class RuleCompiler {
 public:
  RuleCompiler(const contract::Contract& contract, const OperationPlan& plan)
      : plan_(plan), rules_(std::make_shared<OperationRules>()), schemas_(contract, rules_->types) {
    describe();
  }

  Result<void> add(const policy::Rule& rule, std::size_t number);
  Result<void> add(const policy::Limit& limit);

  std::shared_ptr<const OperationRules> take() { return std::move(rules_); }

 private:
  void describe();
  const cel::Shape* parameters(std::string name, const std::vector<ParameterPlan>& plans);
  const cel::Type* token();
  const cel::Type* response(const std::vector<policy::StatusRange>& statuses);
  cel::Environment environment(const cel::Type* message, std::string message_name);
  Result<void> compile(const policy::Rule& rule, const policy::Text& text, const cel::Environment& environment,
                       CompiledRule made);
  Result<cel::Program> program(const cel::Environment& environment, std::string_view expression, const Place& place,
                               std::string_view what) const;
  Result<void> add_key(const std::string& expression, const Place& place);
  cel::Environment request_environment();
  void note_uses(const cel::Program& program);

  const OperationPlan& plan_;
  std::shared_ptr<OperationRules> rules_;
  SchemaTypes schemas_;
  std::array<const cel::Type*, kVariables> types_{};
};

const cel::Shape* RuleCompiler::parameters(std::string name, const std::vector<ParameterPlan>& plans) {
  cel::Shape* shape = rules_->types.shape(std::move(name));
  for (const ParameterPlan& plan : plans) {
    const contract::Parameter& parameter = *plan.parameter;
    const bool header = parameter.in == contract::ParameterIn::kHeader;
    std::string field = header ? lower(parameter.name) : std::string(parameter.name);
    const json::Node* schema = parameter.content ? parameter.content->schema : parameter.schema;
    const cel::Type* type = schemas_.of(schema, shape->name + "." + field);
    shape->fields.push_back({std::move(field), type});
  }
  return shape;
}

// The registered claims (RFC 7519, section 4.1; RFC 8693; RFC 9068); others are there or not.
const cel::Type* RuleCompiler::token() {
  cel::Shape* shape = rules_->types.shape("token");
  shape->open = true;
  shape->takes_any_name = true;
  for (const char* text : {"iss", "sub", "jti", "client_id"}) shape->fields.push_back({text, cel::Types::string()});
  for (const char* time : {"exp", "nbf", "iat", "auth_time"}) shape->fields.push_back({time, cel::Types::integer()});
  return rules_->types.object(shape);
}

void RuleCompiler::describe() {
  using cel::Types;
  Types& types = rules_->types;
  rules_->parameters = {parameters("path", plan_.path), parameters("query", plan_.query),
                        parameters("header", plan_.header), parameters("cookie", plan_.cookie)};
  cel::Shape* caller = types.shape("caller");
  caller->fields = {{"kind", Types::string()}, {"subject", Types::string()}, {"scopes", types.list(Types::string())}};
  cel::Shape* request = types.shape("request");
  request->fields = {{"method", Types::string()},
                     {"path", Types::string()},
                     {"host", Types::string()},
                     {"address", Types::string()},
                     {"time", Types::timestamp()}};
  rules_->caller = caller;
  rules_->request = request;
  cel::Shape* fields = types.shape("response.header");
  fields->fields.push_back({"content-type", Types::string()});
  for (const contract::Response& response : plan_.operation->responses) {
    for (const contract::Header& header : response.headers) {
      if (!fields->find(lower(header.name))) fields->fields.push_back({lower(header.name), Types::string()});
    }
  }
  rules_->response_header = fields;
  for (std::size_t i = 0; i < rules_->parameters.size(); ++i) types_[i] = types.object(rules_->parameters[i]);
  types_[static_cast<std::size_t>(Variable::kToken)] = token();
  types_[static_cast<std::size_t>(Variable::kCaller)] = types.object(caller);
  types_[static_cast<std::size_t>(Variable::kRequest)] = types.object(request);
  for (std::size_t i = 0; i < kMessage; ++i) {
    const cel::Type& type = *types_[i];
    rules_->used[i].resize(type.kind == cel::Kind::kObject ? type.shape->fields.size() : 1);
  }
  rules_->used[kMessage].resize(3);
}

cel::Environment RuleCompiler::environment(const cel::Type* message, std::string message_name) {
  constexpr std::array kNames = {"path", "query", "header", "cookie", "token", "caller", "request"};
  cel::Environment environment;
  for (std::size_t i = 0; i < kNames.size(); ++i) environment.declare(kNames[i], types_[i]);
  if (message != nullptr) environment.declare(std::move(message_name), message);
  return environment;
}

// `response` of the answers that a rule is about; without `body` where none of them has one that is read.
const cel::Type* RuleCompiler::response(const std::vector<policy::StatusRange>& statuses) {
  std::vector<const json::Node*> bodies;
  for (std::size_t i = 0; i < plan_.responses.size(); ++i) {
    const contract::Response& declared = plan_.operation->responses[i];
    if (!may_be_of(declared.status, statuses)) continue;
    for (std::size_t m = 0; m < declared.content.size(); ++m) {
      if (is_read(plan_.responses[i].media[m].kind)) bodies.push_back(declared.content[m].schema);
    }
  }
  cel::Shape* shape = rules_->types.shape("response");
  shape->fields = {{"status", cel::Types::integer()}, {"header", rules_->types.object(rules_->response_header)}};
  if (!bodies.empty()) shape->fields.push_back({"body", schemas_.of_all(bodies, "response.body")});
  if (rules_->response == nullptr || shape->fields.size() > rules_->response->fields.size()) rules_->response = shape;
  return rules_->types.object(shape);
}

Result<cel::Program> RuleCompiler::program(const cel::Environment& environment, std::string_view expression,
                                           const Place& place, std::string_view what) const {
  auto program = cel::Program::compile(environment, expression);
  if (program) return program;
  Error error = std::move(program).error();
  error.message += " (at " + std::to_string(error.place.line) + ":" + std::to_string(error.place.column) + " of the " +
                   std::string(what) + ", for " + plan_.operation->id + ")";
  error.place = place;
  return std::unexpected(std::move(error));
}

Result<void> RuleCompiler::compile(const policy::Rule& rule, const policy::Text& text,
                                   const cel::Environment& environment, CompiledRule made) {
  PORTICO_TRY(made.program, program(environment, text.text, text.place, "rule"));
  const cel::Kind kind = made.program.type().kind;
  if (kind != cel::Kind::kBool && kind != cel::Kind::kDyn) {
    return failure(ErrorCode::kInvalid, "a rule is true or false, not " + cel::name(made.program.type()), text.place);
  }
  made.status = static_cast<std::uint16_t>(rule.status);
  made.place = to_string(text.place);
  made.message = rule.message;
  const bool answer = made.phase == RulePhase::kResponseHead;
  if (answer && made.program.uses(kMessage, kBody)) made.phase = RulePhase::kResponseBody;
  if (!answer && made.program.uses(kMessage)) made.phase = RulePhase::kRequestBody;
  note_uses(made.program);
  rules_->rules.push_back(std::move(made));
  return {};
}

void RuleCompiler::note_uses(const cel::Program& program) {
  for (std::uint32_t variable = 0; variable < kVariables; ++variable) {
    auto& fields = rules_->used[variable];
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      fields[field] = fields[field] || program.uses(variable, field);
    }
  }
}

cel::Environment RuleCompiler::request_environment() {
  std::vector<const json::Node*> bodies;
  if (plan_.operation->body) {
    for (std::size_t i = 0; i < plan_.request_media.size(); ++i) {
      if (is_read(plan_.request_media[i].kind)) bodies.push_back(plan_.operation->body->content[i].schema);
    }
  }
  const cel::Type* body = bodies.empty() ? nullptr : schemas_.of_all(bodies, "body");
  if (body != nullptr) rules_->body = body->kind;
  return environment(body, "body");
}

Result<void> RuleCompiler::add_key(const std::string& expression, const Place& place) {
  if (rules_->key(expression) != nullptr) return {};
  PORTICO_TRY(cel::Program made, program(request_environment(), expression, place, "limit's expression"));
  constexpr std::array kScalars = {cel::Kind::kString, cel::Kind::kBytes, cel::Kind::kInt, cel::Kind::kUint,
                                   cel::Kind::kDouble, cel::Kind::kBool,  cel::Kind::kDyn};
  if (std::ranges::find(kScalars, made.type().kind) == kScalars.end()) {
    return failure(ErrorCode::kInvalid, "a limit counts by text, a number or a truth, not by " + cel::name(made.type()),
                   place);
  }
  note_uses(made);
  const bool reads_body = made.uses(kMessage);
  rules_->keys.push_back({.expression = expression, .program = std::move(made), .reads_body = reads_body});
  return {};
}

Result<void> RuleCompiler::add(const policy::Limit& limit) {
  for (const policy::LimitValue* value : {&limit.per, &limit.distinct}) {
    if (value->from == policy::LimitValue::From::kCel) PORTICO_CHECK_OK(add_key(value->name, limit.place));
  }
  return {};
}

Result<void> RuleCompiler::add(const policy::Rule& rule, std::size_t number) {
  const std::string name = "rules/" + (rule.name.empty() ? std::to_string(number) : rule.name);
  // Only a program is missing; it is set by compile().
  const auto made = [&](RulePhase phase) {
    CompiledRule compiled;
    compiled.phase = phase;
    compiled.name = name;
    return compiled;
  };
  if (!rule.require.text.empty()) {
    PORTICO_CHECK_OK(compile(rule, rule.require, request_environment(), made(RulePhase::kRequestHead)));
  }
  if (rule.response.text.empty()) return {};
  CompiledRule compiled = made(RulePhase::kResponseHead);
  for (const policy::Text& status : rule.statuses) {
    if (const auto range = policy::parse_status_range(status.text)) compiled.statuses.push_back(*range);
  }
  if (compiled.statuses.empty()) compiled.statuses.push_back(kSuccess);
  const cel::Type* type = response(compiled.statuses);
  return compile(rule, rule.response, environment(type, "response"), std::move(compiled));
}

}  // namespace

bool OperationRules::has(RulePhase phase) const {
  return std::ranges::find(rules, phase, &CompiledRule::phase) != rules.end();
}

const CompiledKey* OperationRules::key(std::string_view expression) const {
  const auto found = std::ranges::find(keys, expression, &CompiledKey::expression);
  return found == keys.end() ? nullptr : &*found;
}

Result<std::shared_ptr<const OperationRules>> make_rules(const contract::Contract& contract,
                                                         const policy::Policy& policy, const OperationPlan& plan) {
  const auto is_meant = [&](const auto& entry) { return policy::selects(entry.operations, contract, *plan.operation); };
  const auto counts_by_expression = [&](const policy::Limit& limit) {
    using From = policy::LimitValue::From;
    return (limit.per.from == From::kCel || limit.distinct.from == From::kCel) && is_meant(limit);
  };
  if (std::ranges::none_of(policy.rules, is_meant) && std::ranges::none_of(policy.limits, counts_by_expression)) {
    return nullptr;
  }
  RuleCompiler compiler(contract, plan);
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    if (!is_meant(policy.rules[i])) continue;
    PORTICO_CHECK_OK(compiler.add(policy.rules[i], i + 1));
  }
  for (const policy::Limit& limit : policy.limits) {
    if (counts_by_expression(limit)) PORTICO_CHECK_OK(compiler.add(limit));
  }
  return compiler.take();
}

}  // namespace portico::guard
