// The checks of a request's parameters.
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "guard/body.h"
#include "guard/injection_check.h"
#include "guard/ownership.h"
#include "guard/request.h"
#include "http/target.h"

namespace portico::guard {
namespace {

constexpr std::size_t kMaxPairs = 256;

std::string place_of(std::string_view kind, std::string_view name) {
  return std::string(kind) + '/' + std::string(name);
}

// Why there is no value.
Decision refusal(const ParameterPlan& plan, std::string_view kind, Decoded decoded) {
  const auto refused = [&](RuleId rule, std::string detail = {}) {
    Decision decision = refuse(rule, place_of(kind, plan.parameter->name), std::move(detail));
    decision.contract = plan.contract_place;
    return decision;
  };
  switch (decoded) {
    case Decoded::kValue: return {};
    case Decoded::kAbsent: return plan.parameter->required ? refused(RuleId::kRequestParameterMissing) : Decision{};
    case Decoded::kRepeated: return refused(RuleId::kRequestParameterRepeated);
    case Decoded::kMalformed: break;
  }
  return refused(RuleId::kRequestParameterInvalid, "is not of the form that the contract declares");
}

}  // namespace

void RequestCheck::keep(Variable kind, const std::vector<ParameterPlan>& plans, const ParameterPlan& plan,
                        const Transaction& transaction, bool present) {
  note_ids(worker_, transaction, *plan.parameter, present);
  if (inputs_ == nullptr || worker_.value.count == 0) return;
  inputs_->keep_parameter(kind, static_cast<std::size_t>(&plan - plans.data()), worker_.value);
}

bool RequestCheck::split_cookie_fields() {
  worker_.cookie_text.clear();
  for (const HeaderField& field : head_.headers) {
    if (field.name.size() != 6 || !equal_ignoring_case(field.name, "cookie")) continue;
    worker_.cookie_text = field.value;
  }
  return split_cookies(worker_.cookie_text, kMaxPairs, worker_.cookies);
}

template <class Decode>
Decision RequestCheck::styled(const ParameterPlan& plan, std::string_view kind, const Decode& decode) {
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
  if (!refused) return refusal(plan, kind, problem);
  attempt(refused->first, refused->second);
  return check_value(worker_, plan.program, worker_.builder.view(), RuleId::kRequestParameterInvalid,
                     place_of(kind, plan.parameter->name));
}

Decision RequestCheck::document(const ParameterPlan& plan, std::string_view kind, std::string_view raw) {
  constexpr BodyRules kRules{.malformed = RuleId::kRequestParameterInvalid,
                             .invalid = RuleId::kRequestParameterInvalid,
                             .too_large = RuleId::kRequestParameterInvalid,
                             .coding = RuleId::kRequestParameterInvalid};
  std::string place = place_of(kind, plan.parameter->name);
  worker_.document.clear();
  if (plan.carrier != Carrier::kUri) {
    worker_.document = raw;
  } else if (!http::append_percent_decoded(worker_.document, raw)) {
    return refuse(RuleId::kRequestParameterInvalid, std::move(place), "has a malformed percent-encoding");
  }
  const MediaPlan& media = plan.content.front();
  BodyHead head{.media = &media, .kind = media.kind, .boundary = {}};
  if (head.kind == BodyKind::kOpaque) head.kind = BodyKind::kText;
  if (head.kind == BodyKind::kUnreadable || head.kind == BodyKind::kMultipart) {
    return refuse(RuleId::kRequestParameterInvalid, std::move(place), "is of a media type that is not read");
  }
  return check_document(worker_, head, worker_.document, kRules, place);
}

Decision RequestCheck::pair_document(const ParameterPlan& plan, std::string_view kind, std::span<Pair> pairs) {
  const auto group = pairs_named(pairs, plan.parameter->name);
  for (Pair& pair : group) pair.taken_by = &plan.plan;
  if (group.empty()) return refusal(plan, kind, Decoded::kAbsent);
  if (group.size() > 1) return refusal(plan, kind, Decoded::kRepeated);
  return document(plan, kind, group.front().raw_value);
}

Decision RequestCheck::inspect(std::string_view kind, const ParameterPlan& plan) {
  if (plan_.injection == nullptr || worker_.value.count == 0) return {};
  // What a header field or a document holds may have lines; what stands in a URI has none.
  const bool one_line = plan.content.empty();
  return check_injection(worker_, *plan_.injection, judge_, plan.place, worker_.value, kind, plan.parameter->name,
                         one_line);
}

Decision RequestCheck::path(std::span<const contract::PathArgument> arguments, const Transaction& transaction) {
  constexpr std::string_view kPath = "path";
  for (const ParameterPlan& plan : plan_.path) {
    const auto found = std::ranges::find_if(arguments, [&](const auto& a) { return *a.name == plan.parameter->name; });
    if (found == arguments.end()) return judge_(refusal(plan, kPath, Decoded::kAbsent));
    const std::string_view raw = found->value;
    worker_.value = {};
    Decision decision =
        !plan.content.empty()
            ? document(plan, kPath, raw)
            : styled(plan, kPath, [&](ParameterDecoder decoder) { return decoder.from_text(plan.shape(), raw); });
    decision = judge_(std::move(decision));
    if (!decision.allowed()) return decision;
    keep(Variable::kPath, plan_.path, plan, transaction, true);
    if (decision = inspect(kPath, plan); !decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::query(const Transaction& transaction) {
  constexpr std::string_view kQuery = "query";
  static const schema::ScalarPlan kCredential;
  for (const std::string_view name : plan_.query_credentials) {
    const auto group = pairs_named(worker_.query, name);
    if (group.size() > 1) {
      Decision decision = judge_(refuse(RuleId::kRequestParameterRepeated, place_of(kQuery, name)));
      if (!decision.allowed()) return decision;
    }
    for (Pair& pair : group) pair.taken_by = &kCredential;
  }
  for (const ParameterPlan& plan : plan_.query) {
    const contract::Parameter& parameter = *plan.parameter;
    const auto group = pairs_named(worker_.query, parameter.name);
    worker_.value = {};
    Decision decision;
    if (parameter.allow_empty_value && group.size() == 1 && group.front().raw_value.empty()) {
      group.front().taken_by = &plan.plan;
    } else if (!plan.content.empty()) {
      decision = pair_document(plan, kQuery, worker_.query);
    } else {
      decision = styled(plan, kQuery,
                        [&](ParameterDecoder decoder) { return decoder.from_pairs(plan.shape(), worker_.query); });
    }
    decision = judge_(std::move(decision));
    if (!decision.allowed()) return decision;
    keep(Variable::kQuery, plan_.query, plan, transaction, worker_.value.count != 0 || !group.empty());
    if (decision = inspect(kQuery, plan); !decision.allowed()) return decision;
  }
  const auto is_taken = [](const Pair& pair) { return pair.taken_by != nullptr; };
  const bool all_taken = std::ranges::all_of(worker_.query, is_taken);
  if (!all_taken && !allow_undeclared_query_) {
    Decision decision = judge_(refuse(RuleId::kRequestParameterUndeclared, std::string(kQuery)));
    if (!decision.allowed()) return decision;
  }
  if (all_taken) return {};
  for (const Pair& pair : worker_.query) {
    worker_.text.clear();
    if (is_taken(pair)) continue;
    if (http::append_percent_decoded(worker_.text, pair.raw_value)) {
      if (plan_.injection == nullptr) continue;
      Decision decision = check_injection(worker_, *plan_.injection, judge_, worker_.text, "query/*");
      if (!decision.allowed()) return decision;
      continue;
    }
    return judge_(refuse(RuleId::kRequestTargetAmbiguous, std::string(kQuery), "malformed-escape"));
  }
  return {};
}

Decision RequestCheck::headers(const Transaction& transaction) {
  constexpr std::string_view kHeader = "header";
  constexpr schema::TypeMask kLists = schema::kTypeArray | schema::kTypeObject;
  for (const ParameterPlan& plan : plan_.header) {
    worker_.joined.clear();
    int lines = 0;
    for (const HeaderField& field : head_.headers) {
      if (!equal_ignoring_case(field.name, plan.parameter->name)) continue;
      // Several lines are one list (RFC 9110, section 5.3).
      if (lines++ > 0) worker_.joined += ',';
      worker_.joined += trim(field.value);
    }
    worker_.value = {};
    Decision decision;
    if (lines == 0) {
      decision = refusal(plan, kHeader, Decoded::kAbsent);
    } else if (lines > 1 && (!plan.content.empty() || (plan.plan.types & kLists) == 0)) {
      decision = refusal(plan, kHeader, Decoded::kRepeated);
    } else if (!plan.content.empty()) {
      decision = document(plan, kHeader, worker_.joined);
    } else {
      decision = styled(plan, kHeader,
                        [&](ParameterDecoder decoder) { return decoder.from_text(plan.shape(), worker_.joined); });
    }
    decision = judge_(std::move(decision));
    if (!decision.allowed()) return decision;
    keep(Variable::kHeader, plan_.header, plan, transaction, lines > 0);
    if (decision = inspect(kHeader, plan); !decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::cookies(const Transaction& transaction) {
  constexpr std::string_view kCookie = "cookie";
  for (const ParameterPlan& plan : plan_.cookie) {
    worker_.value = {};
    Decision decision = !plan.content.empty() ? pair_document(plan, kCookie, worker_.cookies)
                                              : styled(plan, kCookie, [&](ParameterDecoder decoder) {
                                                  return decoder.from_pairs(plan.shape(), worker_.cookies);
                                                });
    decision = judge_(std::move(decision));
    if (!decision.allowed()) return decision;
    keep(Variable::kCookie, plan_.cookie, plan, transaction,
         worker_.value.count != 0 || !pairs_named(worker_.cookies, plan.parameter->name).empty());
    if (decision = inspect(kCookie, plan); !decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::split(std::string_view raw_query) {
  if (!split_query(raw_query, false, kMaxPairs, worker_.query, worker_.query_names)) {
    Decision decision =
        judge_(refuse(RuleId::kRequestTargetAmbiguous, "query", "has too many parameters or a malformed name"));
    if (!decision.allowed()) return decision;
  }
  if (!split_cookie_fields()) {
    Decision decision = judge_(refuse(RuleId::kRequestParameterInvalid, "cookie", "has too many cookies"));
    if (!decision.allowed()) return decision;
  }
  // Some servers take a parameter to end there.
  const auto is_reserved = [](const ParameterPlan& plan) { return plan.parameter->allow_reserved; };
  if (raw_query.find(';') != std::string_view::npos && std::ranges::none_of(plan_.query, is_reserved)) {
    Decision decision = judge_(refuse(RuleId::kRequestTargetAmbiguous, "query", "semicolon"));
    if (!decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::parameters(std::span<const contract::PathArgument> path_arguments,
                                  const Transaction& transaction) {
  const bool skips_values = inputs_ == nullptr && transaction.objects.table == nullptr &&
                            judge_.ignores(RuleId::kRequestParameterInvalid, RuleId::kRequestParameterMissing,
                                           RuleId::kRequestParameterRepeated);
  if (skips_values && judge_.ignores(RuleId::kRequestParameterUndeclared)) return {};
  if (skips_values) return query(transaction);
  if (Decision decision = path(path_arguments, transaction); !decision.allowed()) return decision;
  if (Decision decision = query(transaction); !decision.allowed()) return decision;
  if (Decision decision = headers(transaction); !decision.allowed()) return decision;
  return cookies(transaction);
}

}  // namespace portico::guard
