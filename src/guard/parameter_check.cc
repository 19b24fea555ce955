#include "guard/parameter_check.h"

#include <optional>

#include "base/text.h"
#include "guard/body.h"
#include "http/target.h"

namespace portico::guard {

// Why there is no value.
Decision ParameterCheck::refusal(const ParameterPlan& plan, Decoded decoded) const {
  const auto refused = [&](RuleId rule, std::string detail = {}) {
    Decision decision = refuse(rule, plan.wire_place, std::move(detail));
    decision.contract = plan.contract_place;
    return decision;
  };
  switch (decoded) {
    case Decoded::kValue: return {};
    case Decoded::kAbsent: return plan.parameter->required ? refused(rules_.missing) : Decision{};
    case Decoded::kRepeated: return refused(rules_.repeated);
    case Decoded::kMalformed: break;
  }
  return refused(rules_.invalid, "is not of the form that the contract declares");
}

Decision ParameterCheck::absent(const ParameterPlan& plan) const { return refusal(plan, Decoded::kAbsent); }

template <class Decode>
Decision ParameterCheck::styled(const ParameterPlan& plan, const Decode& decode) {
  const auto attempt = [&](Structure structure, Typing& typing) {
    worker_.builder.reset();
    const Decoded decoded = decode(ParameterDecoder(worker_.builder, worker_.text, structure, typing));
    if (decoded == Decoded::kValue) worker_.builder.finish();
    return decoded;
  };
  const auto accepts = [&] { return worker_.validator.accepts(plan.program, worker_.builder.view()); };
  auto problem = Decoded::kAbsent;
  std::optional<std::pair<Structure, Typing>> refused;
  for (const Reading& reading : plan.readings) {
    Typing typing{.text = reading.text};
    const Decoded decoded = attempt(reading.structure, typing);
    if (decoded != Decoded::kValue) {
      if (problem == Decoded::kAbsent) problem = decoded;
      continue;
    }
    bool good = accepts();
    if (good && typing.narrowed_untyped) {
      typing.untyped_as_text = true;
      good = attempt(reading.structure, typing) == Decoded::kValue && accepts();
    }
    if (good) {
      worker_.value = worker_.builder.view();
      return {};
    }
    if (!refused) refused = {reading.structure, typing};
    // Without a type the schema takes whatever it says nothing about: a refused text must not pass as a list of one.
    if (plan.plan.types == schema::kTypeAny) break;
  }
  if (!refused) return refusal(plan, problem);
  attempt(refused->first, refused->second);
  return check_value(worker_, plan.program, worker_.builder.view(), rules_.invalid, plan.wire_place);
}

Decision ParameterCheck::document(const ParameterPlan& plan, std::string_view raw) {
  const BodyRules rules{
      .malformed = rules_.invalid, .invalid = rules_.invalid, .too_large = rules_.invalid, .coding = rules_.invalid};
  worker_.document.clear();
  if (plan.carrier != Carrier::kUri) {
    worker_.document = raw;
  } else if (!http::append_percent_decoded(worker_.document, raw)) {
    return refuse(rules_.invalid, plan.wire_place, "has a malformed percent-encoding");
  }
  const MediaPlan& media = plan.content.front();
  BodyHead head{.media = &media, .kind = media.kind, .boundary = {}};
  if (head.kind == BodyKind::kOpaque) head.kind = BodyKind::kText;
  if (head.kind == BodyKind::kUnreadable || head.kind == BodyKind::kMultipart) {
    return refuse(rules_.invalid, plan.wire_place, "is of a media type that is not read");
  }
  return check_document(worker_, head, worker_.document, rules, plan.wire_place);
}

Decision ParameterCheck::text(const ParameterPlan& plan, std::string_view raw) {
  if (!plan.content.empty()) return document(plan, raw);
  return styled(plan, [&](ParameterDecoder decoder) { return decoder.from_text(plan.shape(), raw); });
}

Decision ParameterCheck::pairs(const ParameterPlan& plan, std::span<Pair> pairs) {
  if (plan.content.empty()) {
    return styled(plan, [&](ParameterDecoder decoder) { return decoder.from_pairs(plan.shape(), pairs); });
  }
  const auto group = pairs_named(pairs, plan.parameter->name);
  for (Pair& pair : group) pair.taken_by = &plan.plan;
  if (group.empty()) return absent(plan);
  if (group.size() > 1) return refusal(plan, Decoded::kRepeated);
  return document(plan, group.front().raw_value);
}

Decision ParameterCheck::field(const ParameterPlan& plan, std::span<const HeaderField> fields) {
  constexpr schema::TypeMask kLists = schema::kTypeArray | schema::kTypeObject;
  worker_.joined.clear();
  int lines = 0;
  for (const HeaderField& field : fields) {
    if (!equal_ignoring_case(field.name, plan.parameter->name)) continue;
    if (lines++ > 0) worker_.joined += ',';
    worker_.joined += trim(field.value);
  }
  if (lines == 0) return absent(plan);
  const bool takes_lines = plan.is_list_field || (plan.content.empty() && (plan.plan.types & kLists) != 0);
  if (lines > 1 && !takes_lines) return refusal(plan, Decoded::kRepeated);
  return text(plan, worker_.joined);
}

}  // namespace portico::guard
