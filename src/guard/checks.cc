#include "guard/checks.h"

#include <algorithm>

#include "base/text.h"

namespace portico::guard {
namespace {

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

}  // namespace

Decision refuse(RuleId rule, std::string place, std::string detail) {
  return {.rule = rule, .place = std::move(place), .detail = std::move(detail)};
}

Decision check_value(Worker::State& worker, const schema::Program& program, json::TapeView tape, RuleId rule,
                     std::string_view place) {
  return conclude(worker, program, tape, worker.validator.check(program, tape), rule, place);
}

Decision conclude(Worker::State& worker, const schema::Program& program, json::TapeView tape, schema::Outcome outcome,
                  RuleId rule, std::string_view place) {
  switch (outcome) {
    case schema::Outcome::kAccepted: worker.value = tape; return {};
    case schema::Outcome::kTooComplex: return refuse(rule, std::string(place), "takes too long to check");
    case schema::Outcome::kRejected: break;
  }
  const auto failures = worker.validator.explain(program, tape, 1);
  if (failures.empty()) return refuse(rule, std::string(place));
  Decision decision = refuse(rule, shown_place(place, failures.front()), failures.front().message);
  decision.contract = to_string(failures.front().place);
  return decision;
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

bool charset_is_utf8(const http::MediaType& media) {
  const std::string* charset = media.parameter("charset");
  return charset == nullptr || equal_ignoring_case(*charset, "utf-8") || equal_ignoring_case(*charset, "utf8") ||
         equal_ignoring_case(*charset, "us-ascii");
}

}  // namespace portico::guard
