// The checks of a response.
#include <algorithm>

#include "base/text.h"
#include "guard/body.h"
#include "guard/checks.h"
#include "guard/inspection.h"
#include "guard/ownership.h"
#include "guard/parameter_check.h"
#include "guard/plan.h"
#include "guard/rule_check.h"
#include "guard/seals.h"
#include "policy/status_range.h"

namespace portico::guard {
namespace {

constexpr std::uint16_t kPartialContent = 206;
constexpr std::uint16_t kNotModified = 304;

// An exact status beats a range, and a range beats "default" (OpenAPI, "Responses Object").
const ResponsePlan* find_response(const OperationPlan& plan, std::uint16_t status) {
  const std::string exact = std::to_string(status);
  const std::string range = exact.substr(0, 1) + "XX";
  for (const std::string_view wanted :
       {std::string_view(exact), std::string_view(range), std::string_view("default")}) {
    const auto found = std::ranges::find_if(
        plan.responses, [&](const ResponsePlan& response) { return equal_ignoring_case(response.status, wanted); });
    if (found != plan.responses.end()) return &*found;
  }
  return nullptr;
}

struct ContentFields {
  std::string_view type;
  std::string_view encoding;
  int types = 0;
};

ContentFields content_fields(std::span<const HeaderField> headers) {
  ContentFields fields;
  for (const HeaderField& field : headers) {
    if (equal_ignoring_case(field.name, "content-type")) {
      fields.type = field.value;
      ++fields.types;
    } else if (equal_ignoring_case(field.name, "content-encoding")) {
      fields.encoding = field.value;
    }
  }
  return fields;
}

// What an answer without a body may lack.
bool must_have_body(const ResponsePlan& response, const Transaction& transaction, std::uint16_t status) {
  const bool could_have = !transaction.is_head && status >= 200 && status != 204 && status != kNotModified;
  return could_have && !response.media.empty() &&
         std::ranges::all_of(response.media, [](const MediaPlan& media) { return media.kind == BodyKind::kJson; });
}

Decision check_media(const ResponsePlan& response, Transaction& transaction, const ResponseHead& head) {
  if (response.media.empty()) return refuse(RuleId::kResponseBodyUndeclared, "body");
  const ContentFields fields = content_fields(head.headers);
  const auto media = fields.types == 1 ? http::parse_media_type(fields.type) : std::nullopt;
  const auto body = media ? find_body(response.media, *media) : std::nullopt;
  if (!body) return refuse(RuleId::kResponseMediaTypeUndeclared, "header/content-type");
  if (body->kind == BodyKind::kOpaque) return {};
  if (!charset_is_utf8(*media)) {
    return refuse(RuleId::kResponseMediaTypeUndeclared, "header/content-type");
  }
  if (!parse_coding(fields.encoding, transaction.response_coding)) {
    return refuse(RuleId::kResponseContentCoding, "header/content-encoding");
  }
  transaction.response_media = body->media;
  transaction.response_kind = body->kind;
  transaction.response_boundary = body->boundary;
  return {};
}

constexpr ParameterRules kHeaderRules{.missing = RuleId::kResponseHeaderMissing,
                                      .invalid = RuleId::kResponseHeaderInvalid,
                                      .repeated = RuleId::kResponseHeaderInvalid};

Decision check_header(Worker::State& worker, const ResponseHeaderPlan& plan, const ResponseHead& head, bool may_lack) {
  ParameterCheck check(worker, kHeaderRules);
  const auto is_it = [&](const HeaderField& field) {
    return equal_ignoring_case(field.name, plan.value.parameter->name);
  };
  if (may_lack && std::ranges::none_of(head.headers, is_it)) return {};
  if (!plan.each_line) return check.field(plan.value, head.headers);
  bool found = false;
  for (const HeaderField& field : head.headers) {
    if (!is_it(field)) continue;
    found = true;
    if (Decision decision = check.text(plan.value, trim(field.value)); !decision.allowed()) return decision;
  }
  return found ? Decision{} : check.absent(plan.value);
}

Decision check_headers(Worker::State& worker, const Judge& judge, const ResponsePlan& response, bool is_head,
                       const ResponseHead& head) {
  if (judge.ignores(RuleId::kResponseHeaderMissing, RuleId::kResponseHeaderInvalid)) return {};
  for (const ResponseHeaderPlan& plan : response.headers) {
    // An answer to HEAD may leave out what only the content tells (RFC 9110, section 9.3.2).
    const bool may_lack = is_head || plan.supplied;
    if (Decision decision = judge(check_header(worker, plan, head, may_lack)); !decision.allowed()) return decision;
  }
  return {};
}

// What no contract describes, and what is inspected all the same: of any schema.
const MediaPlan& undeclared_media() {
  static const MediaPlan any;
  return any;
}

// Error pages are where a service tells most about itself.
void look_at_undeclared(Transaction& transaction, const ResponseHead& head) {
  const ContentFields fields = content_fields(head.headers);
  const auto media = http::parse_media_type(fields.type);
  const BodyKind kind = media ? kind_of(*media) : BodyKind::kText;
  if (kind == BodyKind::kOpaque || kind == BodyKind::kUnreadable) return;
  if (!parse_coding(fields.encoding, transaction.response_coding)) return;
  transaction.response_media = &undeclared_media();
  transaction.response_kind = kind == BodyKind::kJson ? BodyKind::kJson : BodyKind::kText;
}

constexpr BodyRules kBodyRules{.malformed = RuleId::kResponseBodyMalformed,
                               .invalid = RuleId::kResponseBodyInvalid,
                               .too_large = RuleId::kResponseBodyTooLarge,
                               .coding = RuleId::kResponseContentCoding,
                               .big_numbers = true};

// The body that was just asked of its schema, also if that did not accept it.
json::TapeView given(const Worker::State& state, BodyKind kind, const Decision& decision) {
  const bool is_read = decision.allowed() || decision.rule == RuleId::kResponseBodyInvalid;
  return is_read ? body_tape(state, kind) : json::TapeView{};
}

}  // namespace

Decision Guard::check_response_head(Worker& worker, Transaction& transaction, const ResponseHead& head) const {
  if (transaction.plan == nullptr) return {};
  Decision decision = check_response_media(worker, transaction, head);
  if (!decision.allowed() || transaction.inputs == nullptr) return decision;
  const Judge judge = this->judge(worker, transaction);
  transaction.inputs->keep_response(head);
  decision = check_rules(worker.state(), judge, transaction, RulePhase::kResponseHead, nullptr);
  // A body that nobody will read is none.
  if (!decision.allowed() || (head.has_body && needs_response_body(transaction))) return decision;
  return check_rules(worker.state(), judge, transaction, RulePhase::kResponseBody, nullptr);
}

Decision Guard::check_response_media(Worker& worker, Transaction& transaction, const ResponseHead& head) const {
  const Judge judge = this->judge(worker, transaction);
  // The answer to a condition that the request made is HTTP's own (RFC 9110, section 15.4.5).
  if (head.status == kNotModified && transaction.conditional) return {};
  const ResponsePlan* response = find_response(*transaction.plan, head.status);
  const SealPlan* seal = transaction.plan->seal.get();
  const bool seals = seal != nullptr && seal->seals;
  const bool inspected = transaction.plan->inspection != nullptr || seals;
  if (seals && !note_fields(transaction, *seal, head.headers)) {
    Decision decision = judge(refuse(RuleId::kResponseIdentifierUnsealed, "header"));
    if (!decision.allowed()) return decision;
  }
  transaction.response_status = head.status;
  if (inspected && head.has_body && head.status == kPartialContent) {
    if (Decision decision = judge(refuse(RuleId::kResponsePartial, "status")); !decision.allowed()) return decision;
  }
  if (response == nullptr) {
    Decision decision;
    if (!allows_undeclared_status()) decision = judge(refuse(RuleId::kResponseStatusUndeclared, "status"));
    if (decision.allowed() && inspected && head.has_body) look_at_undeclared(transaction, head);
    return decision;
  }
  if (Decision decision = check_headers(worker.state(), judge, *response, transaction.is_head, head);
      !decision.allowed()) {
    return decision;
  }
  if (!head.has_body) {
    const bool lacks = must_have_body(*response, transaction, head.status);
    return lacks ? judge(refuse(RuleId::kResponseBodyMissing, "body")) : Decision{};
  }
  Decision decision = judge(check_media(*response, transaction, head));
  const OperationRules* rules = transaction.plan->rules.get();
  const bool rules_read_body = rules != nullptr && rules->has(RulePhase::kResponseBody);
  const bool teaches = transaction.plan->ownership != nullptr && !transaction.plan->ownership->answer.empty();
  if (!rules_read_body && !inspected && !teaches &&
      judge.ignores(RuleId::kResponseBodyMalformed, RuleId::kResponseBodyInvalid, RuleId::kResponseContentCoding,
                    RuleId::kResponseBodyTooLarge)) {
    transaction.response_media = nullptr;
  }
  return decision;
}

bool Guard::allows_upgrade(const Transaction& transaction) const {
  constexpr std::string_view kSwitchingProtocols = "101";
  if (transaction.plan == nullptr) return !blocks();
  if (transaction.plan->modes[static_cast<std::size_t>(RuleId::kResponseStatusUndeclared)] != policy::Mode::kBlock) {
    return true;
  }
  return std::ranges::find(transaction.plan->responses, kSwitchingProtocols, &ResponsePlan::status) !=
         transaction.plan->responses.end();
}

bool Guard::needs_response_body(const Transaction& transaction) const {
  return transaction.response_media != nullptr && !transaction.is_head;
}

std::optional<UniformAnswer> Guard::uniform_answer(const Transaction& transaction) const {
  // Who only watches changes nothing.
  if (transaction.plan == nullptr || !blocks()) return std::nullopt;
  const policy::Uniform* uniform = transaction.plan->uniform;
  if (uniform == nullptr) return std::nullopt;
  const bool is_meant = std::ranges::any_of(uniform->statuses, [&](const std::string& text) {
    const auto range = policy::parse_status_range(text);
    return range && range->covers(transaction.response_status);
  });
  if (!is_meant) return std::nullopt;
  return UniformAnswer{.status = static_cast<std::uint16_t>(uniform->status),
                       .media_type = uniform->body.empty() ? std::string_view() : uniform->media_type,
                       .body = uniform->body,
                       .floor_ns = uniform->floor_ns};
}

bool Guard::may_change_body(const Transaction& transaction) const {
  if (transaction.plan == nullptr) return false;
  const OperationPlan& plan = *transaction.plan;
  return (plan.inspection != nullptr && plan.inspection->changes()) || (plan.seal != nullptr && plan.seal->seals);
}

Decision Guard::check_response_body(Worker& worker, Transaction& transaction, std::string_view body,
                                    Repaired& repaired) const {
  repaired = {.body = body};
  if (transaction.response_media == nullptr) return {};
  const Judge judge = this->judge(worker, transaction);
  worker.state().parsed = {};
  worker.state().given = {};
  Decision decision = check_answer(worker, judge, transaction, body, repaired);
  if (!decision.allowed()) return decision;
  learn_ids(worker.state(), transaction, worker.state().given);
  const SealPlan* seal = transaction.plan->seal.get();
  if (seal == nullptr || !seal->seals) return decision;
  return seal_body(worker, judge, transaction, repaired);
}

// Up to what leaves as the service said it, or repaired.
Decision Guard::check_answer(Worker& worker, const Judge& judge, Transaction& transaction, std::string_view body,
                             Repaired& repaired) const {
  const BodyHead head{transaction.response_media, transaction.response_kind, transaction.response_boundary};
  Worker::State& state = worker.state();
  state.value = {};
  const bool declared = head.media != &undeclared_media();
  if (body.empty() && head.kind == BodyKind::kJson) {
    Decision decision = declared ? judge(refuse(RuleId::kResponseBodyMissing, "body")) : Decision{};
    if (!decision.allowed()) return decision;
    return check_rules(state, judge, transaction, RulePhase::kResponseBody, nullptr);
  }
  if (transaction.plan->inspection == nullptr) {
    if (!declared) return check_rules(state, judge, transaction, RulePhase::kResponseBody, nullptr);
    Decision decision = check_body(state, head, transaction.response_coding, body, max_response_body(), kBodyRules);
    state.given = given(state, head.kind, decision);
    decision = judge(std::move(decision));
    if (!decision.allowed()) return decision;
    return check_rules(state, judge, transaction, RulePhase::kResponseBody, &state.value);
  }
  std::string_view decoded = body;
  Decision decision = decode_body(state, transaction.response_coding, decoded, max_response_body(), kBodyRules);
  if (!decision.allowed()) {
    decision = judge(std::move(decision));
    // What could not be read is no body that a rule could hold for.
    if (!decision.allowed()) return decision;
    return check_rules(state, judge, transaction, RulePhase::kResponseBody, nullptr);
  }
  decision = inspect_body(worker, judge, head, transaction, decoded, repaired);
  if (!decision.allowed()) {
    transaction.repairs = {};
    transaction.personal = {};
  }
  return decision;
}

Decision Guard::inspect_body(Worker& worker, const Judge& judge, const BodyHead& head, Transaction& transaction,
                             std::string_view body, Repaired& repaired) const {
  Worker::State& state = worker.state();
  const Inspection& inspection = *transaction.plan->inspection;
  bool parsed = false;
  if (head.kind == BodyKind::kJson) {
    Decision malformed = parse_json(state, body, kBodyRules, "body");
    parsed = malformed.allowed();
    const bool declared = head.media != &undeclared_media();
    if (Decision decision = declared ? judge(std::move(malformed)) : Decision{}; !decision.allowed()) return decision;
  }
  Inspected inspected = parsed ? inspect_json(state, inspection, head.media->place, body, transaction, worker.reports())
                               : inspect_text(state, inspection, body, transaction, worker.reports());
  if (Decision decision = judge(std::move(inspected.decision)); !decision.allowed()) return decision;
  if (inspected.changed) repaired = {.body = inspected.body, .changed = true};
  if (head.media == &undeclared_media()) {
    return check_rules(state, judge, transaction, RulePhase::kResponseBody, nullptr);
  }
  // The owner's rules are about what the service said; what leaves is what must be valid.
  if (inspected.changed && parsed) {
    state.value = state.parser.tape();
    Decision decision = check_rules(state, judge, transaction, RulePhase::kResponseBody, &state.value);
    if (!decision.allowed()) return decision;
    decision = check_document(state, head, inspected.body, kBodyRules, "body");
    state.given = given(state, head.kind, decision);
    return judge(std::move(decision));
  }
  Decision decision =
      parsed ? check_value(state, head.media->program, state.parser.tape(), RuleId::kResponseBodyInvalid, "body")
             : check_document(state, head, inspected.body, kBodyRules, "body");
  state.given = given(state, head.kind, decision);
  decision = judge(std::move(decision));
  if (!decision.allowed()) return decision;
  return check_rules(state, judge, transaction, RulePhase::kResponseBody, &state.value);
}

}  // namespace portico::guard
