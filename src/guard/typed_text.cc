#include "guard/typed_text.h"

#include <algorithm>

#include "base/text.h"
#include "json/parse.h"

namespace portico::guard {
namespace {

using contract::Style;
using schema::ScalarPlan;
using schema::TypeMask;

constexpr TypeMask kNumeric = schema::kTypeInteger | schema::kTypeNumber;
constexpr TypeMask kNarrow = kNumeric | schema::kTypeBoolean | schema::kTypeNull;
constexpr TypeMask kScalars = kNarrow | schema::kTypeString;

const ScalarPlan& any_plan() {
  static const ScalarPlan kAny;
  return kAny;
}

bool may_be_text(const ScalarPlan& plan) {
  if ((plan.types & schema::kTypeString) != 0 && (plan.types & kNarrow) != 0) return true;
  return std::ranges::any_of(plan.items, may_be_text) || std::ranges::any_of(plan.additional, may_be_text) ||
         std::ranges::any_of(plan.properties, [](const auto& property) { return may_be_text(property.plan); });
}

// The bounds of json::Strictness hold for numbers in text too: what is longer is no number.
bool within_number_limits(std::string_view text) {
  const json::Strictness strictness;
  if (text.size() > strictness.max_digits) return false;
  const auto exponent = text.find_first_of("eE");
  if (exponent == std::string_view::npos) return true;
  auto digits = text.substr(exponent + 1);
  if (!digits.empty() && (digits.front() == '+' || digits.front() == '-')) digits.remove_prefix(1);
  return parse_uint(digits).value_or(UINT64_MAX) <= strictness.max_exponent;
}

bool may_be_text(const ScalarPlan& plan, Structure structure) {
  switch (structure) {
    case Structure::kScalar: return (plan.types & schema::kTypeString) != 0 && (plan.types & kNarrow) != 0;
    case Structure::kArray: return may_be_text(items_of(plan));
    case Structure::kObject: break;
  }
  return std::ranges::any_of(plan.additional, [](const auto& other) { return may_be_text(other); }) ||
         std::ranges::any_of(plan.properties, [](const auto& property) { return may_be_text(property.plan); });
}

}  // namespace

const ScalarPlan& items_of(const ScalarPlan& plan) { return plan.items.empty() ? any_plan() : plan.items.front(); }

const ScalarPlan& property_of(const ScalarPlan& plan, std::string_view name) {
  const ScalarPlan* known = plan.property(name);
  return known != nullptr ? *known : any_plan();
}

bool reads_as_array(const ScalarPlan& plan, std::size_t count) {
  if ((plan.types & schema::kTypeArray) == 0) return false;
  if (count > 1 || (plan.types & kScalars) == 0) return true;
  return plan.types == schema::kTypeAny && !plan.items.empty();
}

void append_typed(json::TapeBuilder& builder, TypeMask types, std::string_view text, Typing& typing) {
  append_typed(builder, types, text, text, typing);
}

void append_typed(json::TapeBuilder& builder, TypeMask types, std::string_view bare, std::string_view text,
                  Typing& typing) {
  const bool may_be_string = (types & schema::kTypeString) != 0;
  const bool is_untyped = types == schema::kTypeAny;
  if (may_be_string && (is_untyped ? typing.untyped_as_text : typing.text)) return builder.string(text);
  // No style has a spelling for null. An empty value is the usual one, where it cannot be an empty text.
  const bool is_null = bare == "null" || (bare.empty() && !may_be_string);
  const bool is_boolean = bare == "true" || bare == "false";
  const bool is_number = (types & kNumeric) != 0 && within_number_limits(bare) && builder.number_literal(bare);
  if (is_number) {
    // It was appended by asking.
  } else if ((types & schema::kTypeBoolean) != 0 && is_boolean) {
    builder.boolean(bare == "true");
  } else if ((types & schema::kTypeNull) != 0 && is_null) {
    builder.null();
  } else {
    return builder.string(text);
  }
  typing.narrowed_untyped = typing.narrowed_untyped || is_untyped;
}

std::vector<Reading> readings_of(const ScalarPlan& plan, Style style) {
  std::vector<Structure> structures;
  if (style == Style::kDeepObject) {
    structures = {Structure::kObject};
  } else if (plan.types == schema::kTypeAny) {
    // Without a type, keywords for objects or arrays tell what is meant.
    if (!plan.properties.empty()) structures.push_back(Structure::kObject);
    if (!plan.items.empty()) structures.push_back(Structure::kArray);
    structures.push_back(Structure::kScalar);
    if (plan.items.empty()) structures.push_back(Structure::kArray);
  } else {
    if ((plan.types & kScalars) != 0) structures.push_back(Structure::kScalar);
    if ((plan.types & schema::kTypeArray) != 0) structures.push_back(Structure::kArray);
    if ((plan.types & schema::kTypeObject) != 0) structures.push_back(Structure::kObject);
    if (structures.empty()) structures.push_back(Structure::kScalar);  // nothing is accepted
  }
  std::vector<Reading> readings;
  for (const Structure structure : structures) {
    readings.push_back({structure, false});
    if (may_be_text(plan, structure)) readings.push_back({structure, true});
  }
  return readings;
}

}  // namespace portico::guard
