// The guard's part in sealed ids: when they are opened and sealed, and what comes of those that do not open.
#include <algorithm>

#include "base/text.h"
#include "guard/body.h"
#include "guard/checks.h"
#include "guard/forms.h"
#include "guard/guard.h"
#include "guard/modes.h"
#include "guard/seals.h"
#include "http/target.h"

namespace portico::guard {
namespace {

constexpr std::size_t kMaxFormPairs = 1000;

constexpr BodyRules kRequestRules{.malformed = RuleId::kRequestBodyMalformed,
                                  .invalid = RuleId::kRequestBodyInvalid,
                                  .too_large = RuleId::kRequestBodyTooLarge,
                                  .coding = RuleId::kRequestContentCoding};
constexpr BodyRules kAnswerRules{.malformed = RuleId::kResponseBodyMalformed,
                                 .invalid = RuleId::kResponseBodyInvalid,
                                 .too_large = RuleId::kResponseBodyTooLarge,
                                 .coding = RuleId::kResponseContentCoding,
                                 .big_numbers = true};

const repair::Plan& plan_of(const SealPlan& seal, const MediaPlan& media) {
  return media.seal != nullptr ? *media.seal : *seal.body;
}

repair::Document document_of(Worker::State& state, std::string_view text) {
  return {text, state.parser.tape(), state.parser.marks()};
}

}  // namespace

const ForwardedHead& Guard::forwarded_head(Worker& worker) const { return worker.state().seals.forwarded; }

// `head` and `match` become what the service sees.
Decision Guard::open_head(Worker& worker, const Judge& judge, Transaction& transaction, RequestHead& head,
                          contract::Match& match) const {
  Worker::State& state = worker.state();
  const SealPlan& plan = *transaction.plan->seal;
  const SealRoutes routes = seal_routes();
  Seals seals(state.seals, plan, routes, transaction);
  std::string place;
  const std::span arguments(match.arguments.data(), match.argument_count);
  const bool strict = plan.seals && judge.blocks(RuleId::kRequestIdentifierNotIssued);
  const auto opened = seals.open_head(head, arguments, state.query, strict, place);
  if (opened == Seals::Opened::kRefused) return refuse(RuleId::kRequestIdentifierNotIssued, std::move(place));
  if (seals.met_plain() && plan.seals) judge(refuse(RuleId::kRequestIdentifierNotIssued));
  if (opened == Seals::Opened::kAsItWas) return {};
  // An id may be what a user chose: it must not make the path another one.
  const http::Target target = http::split_target(head.target);
  const contract::Operation* operation = transaction.plan->operation;
  match = routes.routes.match(operation->method_name, target.path);
  if (!http::path_ambiguity(target.path).empty() || match.operation != operation) {
    return refuse(RuleId::kRequestTargetAmbiguous, "path", "an id in it is not one segment of it");
  }
  state.seals.forwarded = {.changed = true, .target = head.target, .headers = head.headers};
  return {};
}

// `forwarded` becomes the body without its content coding and with its ids opened, if any are in it.
Decision Guard::open_body(Worker& worker, const Judge& judge, const BodyHead& head, Transaction& transaction,
                          Repaired& forwarded) const {
  Worker::State& state = worker.state();
  const SealPlan& plan = *transaction.plan->seal;
  std::string_view body = forwarded.body;
  // What cannot be read is the next check's to judge.
  if (!decode_body(state, transaction.request_coding, body, max_request_body(), kRequestRules).allowed()) return {};
  const SealRoutes routes = seal_routes();
  Seals seals(state.seals, plan, routes, transaction);
  const bool strict = plan.seals && judge.blocks(RuleId::kRequestIdentifierNotIssued);
  auto opened = Seals::Opened::kAsItWas;
  std::string_view out;
  switch (head.kind) {
    case BodyKind::kJson:
      if (!parse_json(state, body, kRequestRules, "body").allowed()) return {};
      opened = seals.open_json(plan_of(plan, *head.media), document_of(state, body), state.validator, strict, out);
      break;
    case BodyKind::kForm:
      if (!split_query(body, true, kMaxFormPairs, state.form, state.form_names)) return {};
      opened = seals.open_form(body, state.form, true, strict, out);
      break;
    case BodyKind::kMultipart:
      if (split_multipart(body, head.boundary, state.form) != http::MultipartProblem::kNone) return {};
      opened = seals.open_form(body, state.form, false, strict, out);
      break;
    default: break;
  }
  if (opened == Seals::Opened::kRefused) return refuse(RuleId::kRequestIdentifierNotIssued, "body");
  if (seals.met_plain() && plan.seals) judge(refuse(RuleId::kRequestIdentifierNotIssued, "body"));
  if (opened == Seals::Opened::kChanged) forwarded = {.body = out, .changed = true};
  return {};
}

Decision Guard::seal_body(Worker& worker, const Judge& judge, Transaction& transaction, Repaired& repaired) const {
  if (transaction.response_kind != BodyKind::kJson) return {};
  Worker::State& state = worker.state();
  const SealPlan& plan = *transaction.plan->seal;
  std::string_view body = repaired.body;
  if (!repaired.changed &&
      !decode_body(state, transaction.response_coding, body, max_response_body(), kAnswerRules).allowed()) {
    return judge(refuse(RuleId::kResponseIdentifierUnsealed, "body"));
  }
  if (body.empty()) return {};
  const bool parsed = state.parsed.data() == body.data() && state.parsed.size() == body.size();
  if (!parsed && !parse_json(state, body, kAnswerRules, "body").allowed()) {
    return judge(refuse(RuleId::kResponseIdentifierUnsealed, "body"));
  }
  const SealRoutes routes = seal_routes();
  Seals seals(state.seals, plan, routes, transaction);
  std::string_view out;
  if (!seals.seal_json(plan_of(plan, *transaction.response_media), document_of(state, body), state.validator, out)) {
    return judge(refuse(RuleId::kResponseIdentifierUnsealed, "body", "holds an id that cannot be sealed"));
  }
  if (out.data() != nullptr) repaired = {.body = out, .changed = true};
  return {};
}

void Guard::append_sealed_fields(Worker& worker, const Transaction& transaction) const {
  if (transaction.sealed_field_count == 0) return;
  Worker::State& state = worker.state();
  const SealRoutes routes = seal_routes();
  Seals seals(state.seals, *transaction.plan->seal, routes, transaction);
  for (std::size_t i = 0; i < transaction.sealed_field_count; ++i) {
    const SealedField& field = transaction.sealed_fields[i];
    const auto earlier = [&](const SealedField& other) { return equal_ignoring_case(other.name, field.name); };
    const std::span all(transaction.sealed_fields.data(), transaction.sealed_field_count);
    if (std::ranges::any_of(all.first(i), earlier)) continue;
    // Several lines are one list (RFC 9110, section 5.3).
    std::string& value = state.seals.fields[i];
    value.clear();
    bool changed = false;
    for (const SealedField& line : all.subspan(i)) {
      if (!equal_ignoring_case(line.name, field.name)) continue;
      if (&line != &field) value += ", ";
      const std::size_t begin = value.size();
      if (seals.seal_field(line, value)) {
        changed = true;
      } else {
        value.resize(begin);
        value += line.value;
      }
    }
    if (!changed) continue;
    state.changes.push_back(
        {.action = FieldChange::Action::kReplace, .name = field.name, .value = value, .brief = true});
  }
}

}  // namespace portico::guard
