// The checks of a response.
#include <algorithm>

#include "base/text.h"
#include "guard/body.h"
#include "guard/checks.h"
#include "guard/plan.h"
#include "guard/rule_check.h"

namespace portico::guard {
namespace {

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
  if (response == nullptr) {
    return allows_undeclared_status() ? Decision{} : judge(refuse(RuleId::kResponseStatusUndeclared, "status"));
  }
  if (!head.has_body) {
    const bool lacks = must_have_body(*response, transaction, head.status);
    return lacks ? judge(refuse(RuleId::kResponseBodyMissing, "body")) : Decision{};
  }
  Decision decision = judge(check_media(*response, transaction, head));
  const OperationRules* rules = transaction.plan->rules.get();
  const bool rules_read_body = rules != nullptr && rules->has(RulePhase::kResponseBody);
  if (!rules_read_body && judge.ignores(RuleId::kResponseBodyMalformed, RuleId::kResponseBodyInvalid,
                                        RuleId::kResponseContentCoding, RuleId::kResponseBodyTooLarge)) {
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

Decision Guard::check_response_body(Worker& worker, Transaction& transaction, std::string_view body) const {
  if (transaction.response_media == nullptr) return {};
  const Judge judge = this->judge(worker, transaction);
  worker.state().value = {};
  if (body.empty() && transaction.response_kind == BodyKind::kJson) {
    Decision decision = judge(refuse(RuleId::kResponseBodyMissing, "body"));
    if (!decision.allowed()) return decision;
    return check_rules(worker.state(), judge, transaction, RulePhase::kResponseBody, nullptr);
  }
  const BodyHead head{transaction.response_media, transaction.response_kind, transaction.response_boundary};
  Decision decision = judge(check_body(worker.state(), head, transaction.response_coding, body, max_response_body(),
                                       {.malformed = RuleId::kResponseBodyMalformed,
                                        .invalid = RuleId::kResponseBodyInvalid,
                                        .too_large = RuleId::kResponseBodyTooLarge,
                                        .coding = RuleId::kResponseContentCoding,
                                        .big_numbers = true}));
  if (!decision.allowed()) return decision;
  return check_rules(worker.state(), judge, transaction, RulePhase::kResponseBody, &worker.state().value);
}

}  // namespace portico::guard
