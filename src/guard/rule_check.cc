#include "guard/rule_check.h"

#include <algorithm>

#include "guard/rule_inputs.h"
#include "identity/identity.h"

namespace portico::guard {
namespace {

using cel::Value;

std::string_view kind_of(const identity::Identity* identity) {
  if (identity == nullptr) return "nobody";
  switch (identity->method) {
    case identity::Method::kToken: return "token";
    case identity::Method::kApiKey: return "api-key";
    case identity::Method::kCertificate: return "certificate";
  }
  return "nobody";
}

bool is_of_status(const CompiledRule& rule, std::uint16_t status) {
  return std::ranges::any_of(rule.statuses, [&](const policy::StatusRange& range) { return range.covers(status); });
}

// The variables of the rules, as views of what was kept. Lives for one call of check_rules().
class Variables {
 public:
  Variables(Worker::State& worker, const Transaction& transaction, const json::TapeView* body, bool answer)
      : inputs_(*transaction.inputs), rules_(inputs_.rules()), worker_(worker), tape_(inputs_.tape()) {
    worker_.rule_values.clear();
    // Records point into it, so it must not move while it is filled.
    worker_.rule_values.reserve(size(transaction));
    for (const Variable kind : {Variable::kPath, Variable::kQuery, Variable::kHeader, Variable::kCookie}) {
      set(kind, record(rules_.parameters[static_cast<std::size_t>(kind)], inputs_.parameters(kind)));
    }
    const identity::Identity* identity = transaction.identity;
    if (identity != nullptr && identity->claims.count > 0) {
      set(Variable::kToken, cel::tape_value(identity->claims, json::TapeView::kFirst));
    }
    set(Variable::kCaller, caller(identity));
    set(Variable::kRequest, request());
    set(Variable::kMessage, answer ? response(body) : value_of(body, rules_.body));
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;

  std::span<const Value> values() const { return values_; }

 private:
  std::size_t size(const Transaction& transaction) const {
    std::size_t count =
        rules_.caller->fields.size() + rules_.request->fields.size() + rules_.response_header->fields.size();
    for (const cel::Shape* shape : rules_.parameters) count += shape->fields.size();
    if (rules_.response != nullptr) count += rules_.response->fields.size();
    return count + (transaction.identity == nullptr ? 0 : transaction.identity->scopes.size());
  }

  void set(Variable variable, const Value& value) { values_[static_cast<std::size_t>(variable)] = value; }

  Value* room(std::size_t count) {
    auto& values = worker_.rule_values;
    values.resize(values.size() + count);
    return values.data() + values.size() - count;
  }

  Value as_record(const cel::Shape* shape, const Value* values) {
    cel::Record& record = records_[record_count_++];
    record = {.shape = shape, .values = values};
    return cel::record_value(&record);
  }

  static Value value_of(const json::TapeView* tape, cel::Kind kind) {
    if (tape == nullptr || tape->count == 0) return {};
    return cel::tape_value(*tape, json::TapeView::kFirst, kind);
  }

  Value record(const cel::Shape* shape, const std::vector<std::uint32_t>& positions) {
    Value* values = room(shape->fields.size());
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (positions[i] != 0) values[i] = cel::tape_value(tape_, positions[i], shape->fields[i].type->kind);
    }
    return as_record(shape, values);
  }

  Value caller(const identity::Identity* identity) {
    Value* values = room(rules_.caller->fields.size());
    values[static_cast<std::size_t>(CallerField::kKind)] = cel::string_value(kind_of(identity));
    const std::size_t count = identity == nullptr ? 0 : identity->scopes.size();
    Value* scopes = room(count);
    for (std::size_t i = 0; i < count; ++i) scopes[i] = cel::string_value(identity->scopes[i]);
    values[static_cast<std::size_t>(CallerField::kScopes)] = cel::made_value(cel::Kind::kList, scopes, count);
    if (identity != nullptr && !identity->subject.empty()) {
      values[static_cast<std::size_t>(CallerField::kSubject)] = cel::string_value(identity->subject);
    }
    return as_record(rules_.caller, values);
  }

  Value request() {
    const Value made = record(rules_.request, inputs_.request());
    constexpr std::int64_t kMillion = 1'000'000;
    const std::int64_t now = inputs_.wall_us();
    worker_.rule_values[worker_.rule_values.size() - 1] =
        cel::timestamp_value(now / kMillion, static_cast<std::uint32_t>(now % kMillion * 1000));
    return made;
  }

  Value response(const json::TapeView* body) {
    const cel::Shape* shape = rules_.response;
    if (shape == nullptr) return {};
    const Value header = record(rules_.response_header, inputs_.response_header());
    Value* values = room(shape->fields.size());
    values[0] = cel::int_value(inputs_.status());
    values[1] = header;
    if (shape->fields.size() > 2) values[2] = value_of(body, shape->fields[2].type->kind);
    return as_record(shape, values);
  }

  const RuleInputs& inputs_;
  const OperationRules& rules_;
  Worker::State& worker_;
  json::TapeView tape_;
  std::array<Value, kVariables> values_;
  std::array<cel::Record, kVariables + 1> records_;
  std::size_t record_count_ = 0;
};

Decision denied(const CompiledRule& rule, RuleId id, const Value& answer) {
  std::string why = "is not true";
  if (!answer.is_false()) why = "cannot be decided";
  if (answer.is_error()) (why += ": ") += cel::name(answer.problem);
  Decision decision = refuse(id, rule.name, why + " (" + rule.place + ")");
  decision.status = rule.status;
  decision.message = rule.message;
  return decision;
}

}  // namespace

cel::Value evaluate_scalar(Worker::State& worker, const Transaction& transaction, const cel::Program& program,
                           const json::TapeView* body) {
  if (transaction.inputs == nullptr) return cel::error_value(cel::Problem::kUnbound);
  const Variables variables(worker, transaction, body, false);
  const Value value = cel::evaluate(program, variables.values(), worker.rule_scratch);
  const bool scalar = value.kind != cel::Kind::kList && value.kind != cel::Kind::kMap;
  return scalar ? value : cel::error_value(cel::Problem::kNoOverload);
}

Decision check_rules(Worker::State& worker, const Judge& judge, const Transaction& transaction, RulePhase phase,
                     const json::TapeView* body) {
  if (transaction.inputs == nullptr) return {};
  const OperationRules& rules = transaction.inputs->rules();
  const bool answer = phase == RulePhase::kResponseHead || phase == RulePhase::kResponseBody;
  const RuleId id = answer ? RuleId::kResponseRuleDenied : RuleId::kRequestRuleDenied;
  if (!rules.has(phase) || judge.ignores(id)) return {};
  const Variables variables(worker, transaction, body, answer);
  for (const CompiledRule& rule : rules.rules) {
    if (rule.phase != phase || (answer && !is_of_status(rule, transaction.inputs->status()))) continue;
    const Value value = cel::evaluate(rule.program, variables.values(), worker.rule_scratch);
    if (value.is_true()) continue;
    Decision decision = judge(denied(rule, id, value));
    if (!decision.allowed()) return decision;
  }
  return {};
}

}  // namespace portico::guard
