#include "guard/request.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/target.h"

namespace portico::guard {
namespace {

constexpr std::size_t kMaxPairs = 256;

std::string place_of(std::string_view kind, std::string_view name) {
  return std::string(kind) + '/' + std::string(name);
}

bool names_scheme(std::string_view authorization, std::string_view scheme) {
  return authorization.size() > scheme.size() && equal_ignoring_case(authorization.substr(0, scheme.size()), scheme) &&
         authorization[scheme.size()] == ' ' && !trim(authorization.substr(scheme.size())).empty();
}

}  // namespace

Decision RequestCheck::fields() {
  std::string_view repeated;
  const auto take = [&](const HeaderField& field, std::string_view name, std::string_view& to, bool& seen) {
    if (!equal_ignoring_case(field.name, name)) return false;
    if (seen) repeated = name;
    seen = true;
    to = field.value;
    return true;
  };
  bool has_coding = false;
  bool has_authorization = false;
  for (const HeaderField& field : head_.headers) {
    switch (field.name.size()) {
      case 12: take(field, "content-type", content_type_, has_content_type_); break;
      case 16: take(field, "content-encoding", content_encoding_, has_coding); break;
      case 13:
        if (take(field, "authorization", authorization_, has_authorization)) break;
        conditional_ = conditional_ || equal_ignoring_case(field.name, "if-none-match");
        break;
      case 17: conditional_ = conditional_ || equal_ignoring_case(field.name, "if-modified-since"); break;
      default: break;
    }
  }
  if (!repeated.empty()) return refuse(RuleId::kRequestHeaderRepeated, place_of("header", repeated));
  return {};
}

bool RequestCheck::split_cookies() {
  std::string_view cookie;
  worker_.joined.clear();
  for (const HeaderField& field : head_.headers) {
    if (field.name.size() != 6 || !equal_ignoring_case(field.name, "cookie")) continue;
    // HTTP/2 may split the field (RFC 9113, section 8.2.3).
    if (!worker_.joined.empty()) worker_.joined += "; ";
    worker_.joined += field.value;
  }
  cookie = worker_.joined;
  return split_pairs(cookie, ';', false, kMaxPairs, worker_.cookies, worker_.cookie_names);
}

bool RequestCheck::has(const CredentialPlan& credential) const {
  using Where = CredentialPlan::Where;
  const auto holds = [&](const Pair& pair) { return pair.name == credential.name && !pair.raw_value.empty(); };
  switch (credential.where) {
    case Where::kHeader:
      return std::ranges::any_of(head_.headers, [&](const HeaderField& field) {
        return equal_ignoring_case(field.name, credential.name) && !trim(field.value).empty();
      });
    case Where::kQuery: return std::ranges::any_of(worker_.query, holds);
    case Where::kCookie: return std::ranges::any_of(worker_.cookies, holds);
    case Where::kAuthorization: return names_scheme(authorization_, credential.name);
    case Where::kConnection: return true;  // TLS is the server's; it asks for the certificate
  }
  return false;
}

Decision RequestCheck::credentials() {
  if (plan_.credentials.empty()) return {};
  const auto met = [&](const auto& alternative) {
    return std::ranges::all_of(alternative, [&](const CredentialPlan& credential) { return has(credential); });
  };
  if (std::ranges::any_of(plan_.credentials, met)) return {};
  Decision decision = refuse(RuleId::kRequestCredentialsMissing);
  decision.challenge = plan_.challenge;
  return decision;
}

Decision RequestCheck::value(const ParameterPlan& plan, std::string_view kind, Decoded decoded) {
  switch (decoded) {
    case Decoded::kValue: return {};
    case Decoded::kAbsent:
      if (!plan.parameter->required) return {};
      return refuse(RuleId::kRequestParameterMissing, place_of(kind, plan.parameter->name));
    case Decoded::kMalformed:
      return refuse(RuleId::kRequestParameterInvalid, place_of(kind, plan.parameter->name),
                    "is not of the form that the contract declares");
    case Decoded::kRepeated: return refuse(RuleId::kRequestParameterRepeated, place_of(kind, plan.parameter->name));
  }
  return {};
}

template <class Decode>
Decision RequestCheck::decoded_value(const ParameterPlan& plan, std::string_view kind, const Decode& decode) {
  const Decoded decoded = decode(Reading::kNarrow);
  if (decoded != Decoded::kValue) return value(plan, kind, decoded);
  auto tape = worker_.builder.finish();
  if (worker_.validator.accepts(plan.program, tape)) return {};
  if (plan.ambiguous && decode(Reading::kText) == Decoded::kValue) tape = worker_.builder.finish();
  Decision decision = check_value(worker_, plan.program, tape, RuleId::kRequestParameterInvalid, kind);
  // The kind stands for the parameter until something is wrong: "query" + "/2" becomes "query/ids/2".
  if (!decision.allowed()) decision.place.insert(kind.size(), '/' + std::string(plan.parameter->name));
  return decision;
}

Decision RequestCheck::document(const ParameterPlan& plan, std::string_view kind, std::string_view raw,
                                bool percent_encoded) {
  const auto place = [&] { return place_of(kind, plan.parameter->name); };
  worker_.text.clear();
  if (!percent_encoded) {
    worker_.text = raw;
  } else if (!http::append_percent_decoded(worker_.text, raw)) {
    return refuse(RuleId::kRequestParameterInvalid, place(), "has a malformed percent-encoding");
  }
  const auto problem = worker_.parser.parse(worker_.text, {});
  if (problem != json::ParseProblem::kNone) {
    return refuse(RuleId::kRequestParameterInvalid, place(), std::string(json::name(problem)));
  }
  return check_value(worker_, plan.program, worker_.parser.tape(), RuleId::kRequestParameterInvalid, place());
}

Decision RequestCheck::path(std::span<const contract::PathArgument> arguments) {
  for (const ParameterPlan& plan : plan_.path) {
    const auto found = std::ranges::find_if(arguments, [&](const auto& a) { return *a.name == plan.parameter->name; });
    if (found == arguments.end()) return value(plan, "path", Decoded::kAbsent);
    const std::string_view raw = found->value;
    const auto decode = [&](Reading reading) {
      return ParameterDecoder(worker_.builder, worker_.text, reading).from_text(plan.shape(), raw, true);
    };
    Decision decision = plan.is_document ? document(plan, "path", raw, true) : decoded_value(plan, "path", decode);
    if (!decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::query() {
  for (const ParameterPlan& plan : plan_.query) {
    const contract::Parameter& parameter = *plan.parameter;
    const auto named = [&](const Pair& pair) { return pair.name == parameter.name; };
    const auto found = std::ranges::find_if(worker_.query, named);
    Decision decision;
    if (plan.is_document && found != worker_.query.end()) {
      if (std::ranges::count_if(worker_.query, named) > 1) return value(plan, "query", Decoded::kRepeated);
      found->taken_by = &plan.plan;
      decision = document(plan, "query", found->raw_value, true);
    } else if (parameter.allow_empty_value && found != worker_.query.end() && found->raw_value.empty()) {
      found->taken_by = &plan.plan;
    } else {
      decision = decoded_value(plan, "query", [&](Reading reading) {
        return ParameterDecoder(worker_.builder, worker_.text, reading).from_pairs(plan.shape(), worker_.query);
      });
    }
    if (!decision.allowed()) return decision;
  }
  if (allow_undeclared_query_) return {};
  const auto declared = [&](const Pair& pair) {
    return pair.taken_by != nullptr ||
           std::ranges::find(plan_.query_credentials, pair.name) != plan_.query_credentials.end();
  };
  if (std::ranges::all_of(worker_.query, declared)) return {};
  return refuse(RuleId::kRequestParameterUndeclared, "query");
}

Decision RequestCheck::headers() {
  for (const ParameterPlan& plan : plan_.header) {
    const std::string_view name = plan.parameter->name;
    worker_.joined.clear();
    int lines = 0;
    for (const HeaderField& field : head_.headers) {
      if (!equal_ignoring_case(field.name, name)) continue;
      if (lines++ > 0) worker_.joined += ',';
      worker_.joined += trim(field.value);
    }
    Decision decision;
    if (lines == 0) {
      decision = value(plan, "header", Decoded::kAbsent);
    } else if (lines > 1 && !plan.shape().is_array() && !plan.shape().is_object()) {
      decision = value(plan, "header", Decoded::kRepeated);
    } else if (plan.is_document) {
      decision = document(plan, "header", worker_.joined, false);
    } else {
      decision = decoded_value(plan, "header", [&](Reading reading) {
        return ParameterDecoder(worker_.builder, worker_.text, reading).from_text(plan.shape(), worker_.joined, false);
      });
    }
    if (!decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::cookies() {
  for (const ParameterPlan& plan : plan_.cookie) {
    Decision decision = decoded_value(plan, "cookie", [&](Reading reading) {
      return ParameterDecoder(worker_.builder, worker_.text, reading).from_pairs(plan.shape(), worker_.cookies);
    });
    if (!decision.allowed()) return decision;
  }
  return {};
}

Decision RequestCheck::parameters(std::span<const contract::PathArgument> path_arguments, std::string_view raw_query) {
  if (!split_pairs(raw_query, '&', false, kMaxPairs, worker_.query, worker_.query_names)) {
    return refuse(RuleId::kRequestTargetAmbiguous, "query", "has too many parameters or a malformed percent-encoding");
  }
  if (!split_cookies()) return refuse(RuleId::kRequestParameterInvalid, "cookie", "has too many cookies");
  if (Decision decision = credentials(); !decision.allowed()) return decision;
  if (Decision decision = path(path_arguments); !decision.allowed()) return decision;
  if (Decision decision = query(); !decision.allowed()) return decision;
  if (Decision decision = headers(); !decision.allowed()) return decision;
  return cookies();
}

Decision RequestCheck::body_head(Transaction& transaction) {
  transaction.request_has_body = head_.has_body;
  transaction.conditional = conditional_;
  if (!head_.has_body) {
    return plan_.body_required ? refuse(RuleId::kRequestBodyMissing, "body") : Decision{};
  }
  if (!plan_.operation->body) return refuse(RuleId::kRequestBodyUndeclared, "body");
  const auto media = has_content_type_ ? http::parse_media_type(content_type_) : std::nullopt;
  if (!media) return refuse(RuleId::kRequestMediaTypeUndeclared, "header/content-type");
  const MediaPlan* plan = find_media(plan_.request_media, *media);
  const BodyKind kind = kind_of(*media);
  if (plan == nullptr || kind == BodyKind::kUnreadable) {
    return refuse(RuleId::kRequestMediaTypeUndeclared, "header/content-type");
  }
  if (kind != BodyKind::kOpaque && !charset_is_utf8(*media)) {
    return refuse(RuleId::kRequestMediaTypeUndeclared, "header/content-type", "must be in UTF-8");
  }
  if (!parse_coding(content_encoding_, transaction.request_coding)) {
    return refuse(RuleId::kRequestContentCoding, "header/content-encoding");
  }
  transaction.request_media = plan;
  transaction.request_kind = kind;
  return {};
}

}  // namespace portico::guard
