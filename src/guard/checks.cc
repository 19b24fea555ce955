#include "guard/checks.h"

#include <algorithm>

#include "base/text.h"
#include "http/content_coding.h"

namespace portico::guard {
namespace {

constexpr std::size_t kMaxFormPairs = 1000;

// Names in a pointer come from the message unless they are plain identifiers; numbers beyond an index's length may be
// anybody's number.
bool may_be_shown(std::string_view token) {
  constexpr std::size_t kLongestName = 48;
  constexpr std::size_t kLongestIndex = 6;
  if (token.size() > kLongestName) return false;
  if (std::ranges::all_of(token, is_digit)) return token.size() <= kLongestIndex;
  return is_alpha(token.front()) &&
         std::ranges::all_of(token, [](char c) { return is_alnum(c) || c == '_' || c == '-'; }) &&
         std::ranges::count_if(token, is_digit) <= 4;
}

// These keywords speak of members by names that the contract does not have.
bool speaks_of_unknown_names(std::string_view keyword) {
  return keyword == "additionalProperties" || keyword == "unevaluatedProperties" || keyword == "propertyNames" ||
         keyword.empty();
}

std::string shown_place(std::string_view place, const schema::Failure& failure) {
  std::string out(place);
  auto tokens = split(failure.instance_pointer, '/');
  if (!tokens.empty()) tokens.erase(tokens.begin());
  if (!tokens.empty() && speaks_of_unknown_names(failure.keyword)) tokens.back() = "*";
  for (const auto token : tokens) {
    out += '/';
    out += !token.empty() && may_be_shown(token) ? token : "*";
  }
  return out;
}

http::Decoding undo_coding(Coding coding, std::string_view body, std::uint64_t limit, std::string& out) {
  return http::decode_content(coding == Coding::kGzip ? "gzip" : "deflate", body, static_cast<std::size_t>(limit), out);
}

Decision check_form(Worker::State& worker, const MediaPlan& media, std::string_view body, const BodyRules& rules) {
  if (!split_pairs(body, '&', true, kMaxFormPairs, worker.query, worker.query_names)) {
    return refuse(rules.malformed, "body", "is not application/x-www-form-urlencoded");
  }
  const Shape shape{.name = "", .style = contract::Style::kForm, .explode = true, .plan = &media.plan};
  const auto attempt = [&](Reading reading) {
    return ParameterDecoder(worker.builder, worker.text, reading, true).whole_form(shape, worker.query);
  };
  const auto decoded = attempt(Reading::kNarrow);
  if (decoded == Decoded::kRepeated) return refuse(rules.invalid, "body", "has a field twice that takes one value");
  if (decoded != Decoded::kValue) return refuse(rules.malformed, "body", "is not application/x-www-form-urlencoded");
  if (worker.validator.accepts(media.program, worker.builder.finish())) return {};
  if (may_be_text(media.plan)) attempt(Reading::kText);
  return check_value(worker, media.program, worker.builder.finish(), rules.invalid, "body");
}

Decision check_json(Worker::State& worker, const MediaPlan& media, std::string_view body, const BodyRules& rules) {
  json::Strictness strictness;
  strictness.max_bytes = body.size();
  const auto problem = worker.parser.parse(body, strictness);
  if (problem != json::ParseProblem::kNone) return refuse(rules.malformed, "body", std::string(json::name(problem)));
  return check_value(worker, media.program, worker.parser.tape(), rules.invalid, "body");
}

}  // namespace

Decision refuse(RuleId rule, std::string place, std::string detail) {
  return {.rule = rule, .place = std::move(place), .detail = std::move(detail)};
}

Decision check_value(Worker::State& worker, const schema::Program& program, json::TapeView tape, RuleId rule,
                     std::string_view place) {
  switch (worker.validator.check(program, tape)) {
    case schema::Outcome::kAccepted: return {};
    case schema::Outcome::kTooComplex: return refuse(rule, std::string(place), "takes too long to check");
    case schema::Outcome::kRejected: break;
  }
  const auto failures = worker.validator.explain(program, tape, 1);
  if (failures.empty()) return refuse(rule, std::string(place));
  return refuse(rule, shown_place(place, failures.front()), failures.front().message);
}

bool parse_coding(std::string_view field, Coding& coding) {
  field = trim(field);
  if (field.empty() || equal_ignoring_case(field, "identity")) {
    coding = Coding::kIdentity;
  } else if (equal_ignoring_case(field, "gzip") || equal_ignoring_case(field, "x-gzip")) {
    coding = Coding::kGzip;
  } else if (equal_ignoring_case(field, "deflate")) {
    coding = Coding::kDeflate;
  } else {
    return false;
  }
  return true;
}

Decision check_body(Worker::State& worker, const MediaPlan& media, BodyKind kind, Coding coding, std::string_view body,
                    std::uint64_t limit, const BodyRules& rules) {
  if (body.size() > limit) return refuse(rules.too_large, "body");
  if (coding != Coding::kIdentity) {
    switch (undo_coding(coding, body, limit, worker.decoded)) {
      case http::Decoding::kDone: break;
      case http::Decoding::kTooLarge: return refuse(rules.too_large, "body", "is too large once decoded");
      default: return refuse(rules.coding, "body", "is not of the content coding that its header names");
    }
    body = worker.decoded;
  }
  switch (kind) {
    case BodyKind::kJson: return check_json(worker, media, body, rules);
    case BodyKind::kForm: return check_form(worker, media, body, rules);
    case BodyKind::kText:
      if (invalid_utf8(body) != std::string_view::npos) return refuse(rules.malformed, "body", "invalid-utf8");
      worker.builder.reset();
      worker.builder.string(body);
      return check_value(worker, media.program, worker.builder.finish(), rules.invalid, "body");
    case BodyKind::kOpaque:
    case BodyKind::kUnreadable: break;
  }
  return {};
}

bool charset_is_utf8(const http::MediaType& media) {
  const std::string* charset = media.parameter("charset");
  return charset == nullptr || equal_ignoring_case(*charset, "utf-8") || equal_ignoring_case(*charset, "utf8") ||
         equal_ignoring_case(*charset, "us-ascii");
}

}  // namespace portico::guard
