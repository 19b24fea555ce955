#include "guard/media_plan.h"

#include <algorithm>

#include "base/text.h"
#include "guard/schema_shape.h"

namespace portico::guard {
namespace {

using schema::ScalarPlan;

bool is_wildcard(const http::MediaType& range) { return range.type == "*" || range.subtype.starts_with('*'); }

bool is_xml(const http::MediaType& media) {
  constexpr std::string_view kSuffix = "+xml";
  if (media.subtype.size() > kSuffix.size() &&
      equal_ignoring_case(media.subtype.substr(media.subtype.size() - kSuffix.size()), kSuffix)) {
    return true;
  }
  return equal_ignoring_case(media.subtype, "xml") &&
         (equal_ignoring_case(media.type, "application") || equal_ignoring_case(media.type, "text"));
}

constexpr schema::TypeMask kScalars =
    schema::kTypeNull | schema::kTypeBoolean | schema::kTypeInteger | schema::kTypeNumber | schema::kTypeString;

// How a field without an encoding is written: objects as JSON, each item of an array by itself (OpenAPI, "Encoding
// Object", contentType).
BodyKind default_kind(schema::TypeMask types, bool is_binary) {
  if (types == schema::kTypeAny || is_binary) return BodyKind::kOpaque;
  return (types & schema::kTypeObject) != 0 && (types & kScalars) == 0 ? BodyKind::kJson : BodyKind::kText;
}

class FieldPlanner {
 public:
  FieldPlanner(const contract::Contract& contract, const contract::MediaType& declared, const ScalarPlan& plan)
      : contract_(contract),
        declared_(declared),
        plan_(plan),
        shape_(declared.schema == nullptr ? SchemaShape{} : shape_of(contract, *declared.schema)) {}

  Result<std::vector<FieldPlan>> make() {
    std::vector<FieldPlan> fields;
    for (std::size_t i = 0; i < plan_.properties.size(); ++i) {
      PORTICO_TRY(fields.emplace_back(), field(plan_.properties[i].name, i));
    }
    for (const contract::Encoding& encoding : declared_.encodings) {
      if (std::ranges::find(fields, encoding.property, &FieldPlan::name) != fields.end()) continue;
      PORTICO_TRY(fields.emplace_back(), field(encoding.property, FieldPlan::kUndeclared));
    }
    std::ranges::sort(fields, {}, &FieldPlan::name);
    return fields;
  }

 private:
  Result<FieldPlan> field(std::string_view name, std::size_t property) const {
    FieldPlan field{.name = name, .property = property};
    const ScalarPlan* plan = property == FieldPlan::kUndeclared ? nullptr : &plan_.properties[property].plan;
    schema::TypeMask types = plan == nullptr ? schema::kTypeAny : plan->types;
    bool is_binary = false;
    if (const json::Node* schema = shape_.property(name)) {
      SchemaShape shape = shape_of(contract_, *schema);
      if ((shape.types & schema::kTypeArray) != 0 && shape.items != nullptr) shape = shape_of(contract_, *shape.items);
      is_binary = shape.is_binary;
    }
    if (types != schema::kTypeAny && (types & schema::kTypeArray) != 0 && plan != nullptr && !plan->items.empty()) {
      types = plan->items.front().types;
    }
    field.kind = default_kind(types, is_binary);
    const auto encoding = std::ranges::find(declared_.encodings, name, &contract::Encoding::property);
    if (encoding == declared_.encodings.end()) return field;
    if (encoding->style) {
      field.has_style = true;
      field.style = *encoding->style;
      field.explode = encoding->explode;
      field.structure = readings_of(plan == nullptr ? ScalarPlan{} : *plan, field.style).front().structure;
      return field;
    }
    for (const std::string_view text : split(encoding->content_type, ',')) {
      if (trim(text).empty()) continue;
      auto range = http::parse_media_type(text);
      if (!range) {
        return failure(ErrorCode::kInvalid, "\"" + printable(text) + "\" is not a media type range",
                       contract_.place(*encoding->node));
      }
      if (field.content_types.empty() && !(is_binary && kind_of(*range) == BodyKind::kText)) {
        field.kind = kind_of(*range);
      }
      field.content_types.push_back(*std::move(range));
    }
    return field;
  }

  const contract::Contract& contract_;
  const contract::MediaType& declared_;
  const ScalarPlan& plan_;
  SchemaShape shape_;
};

void note_kind(const MediaPlan& plan, const contract::MediaType& declared, const std::string& where,
               std::vector<std::string>& notes) {
  const std::string subject = where + ": bodies of " + std::string(declared.range);
  if (plan.kind == BodyKind::kUnreadable) {
    notes.push_back(subject + " are refused, since they are not read");
  } else if (plan.kind == BodyKind::kOpaque && !is_wildcard(plan.range) &&
             (plan.program.root_types() & schema::kTypeString) == 0) {
    notes.push_back(subject + " pass without a check of their schema, since they are not read");
  }
}

}  // namespace

BodyKind kind_of(const http::MediaType& media) {
  if (media.is_json()) return BodyKind::kJson;
  if (is_xml(media)) return BodyKind::kXml;
  if (equal_ignoring_case(media.type, "multipart")) {
    return equal_ignoring_case(media.subtype, "form-data") ? BodyKind::kMultipart : BodyKind::kUnreadable;
  }
  if (equal_ignoring_case(media.type, "application") && equal_ignoring_case(media.subtype, "x-www-form-urlencoded")) {
    return BodyKind::kForm;
  }
  if (!equal_ignoring_case(media.type, "text")) return BodyKind::kOpaque;
  // A stream of events has no end to wait for.
  return equal_ignoring_case(media.subtype, "event-stream") ? BodyKind::kOpaque : BodyKind::kText;
}

const FieldPlan* MediaPlan::field(std::string_view name) const {
  const auto found = std::ranges::lower_bound(fields, name, {}, &FieldPlan::name);
  return found != fields.end() && found->name == name ? &*found : nullptr;
}

Result<MediaPlan> make_media_plan(const contract::Contract& contract, schema::Compiler& compiler, XmlPlanner& xml,
                                  const contract::MediaType& declared, schema::Direction direction,
                                  const std::string& where, std::vector<std::string>& notes) {
  auto range = http::parse_media_type(declared.range);
  if (!range) {
    return failure(ErrorCode::kInvalid, "\"" + printable(declared.range) + "\" is not a media type range",
                   contract.place(*declared.node));
  }
  MediaPlan plan{.range = *std::move(range)};
  plan.kind = kind_of(plan.range);
  if (declared.schema != nullptr && plan.kind != BodyKind::kUnreadable) {
    PORTICO_TRY(plan.program, compiler.compile(*declared.schema, direction));
    PORTICO_TRY(plan.plan, compiler.scalar_plan(*declared.schema));
  }
  note_kind(plan, declared, where, notes);
  const auto may_be = [&](BodyKind kind) { return plan.kind == kind || is_wildcard(plan.range); };
  if (may_be(BodyKind::kForm) || may_be(BodyKind::kMultipart)) {
    PORTICO_TRY(plan.fields, FieldPlanner(contract, declared, plan.plan).make());
    plan.other_fields.kind =
        default_kind(plan.plan.additional.empty() ? schema::kTypeAny : plan.plan.additional.front().types, false);
  }
  for (const FieldPlan& field : plan.fields) {
    if (field.kind != BodyKind::kXml && field.kind != BodyKind::kMultipart && field.kind != BodyKind::kUnreadable)
      continue;
    notes.push_back(where + ": the field " + printable(field.name) + " is refused, since its content type is not read");
  }
  if (declared.schema != nullptr && may_be(BodyKind::kXml)) plan.xml = xml.plan(*declared.schema);
  return plan;
}

const MediaPlan* find_media(const std::vector<MediaPlan>& plans, const http::MediaType& message) {
  const MediaPlan* best = nullptr;
  int best_score = 0;
  for (const MediaPlan& plan : plans) {
    const int score = http::match_media_range(plan.range, message);
    if (score > best_score) {
      best = &plan;
      best_score = score;
    }
  }
  return best;
}

bool takes_opaque(const MediaPlan& plan) {
  return !is_wildcard(plan.range) || (plan.program.root_types() & schema::kTypeString) != 0;
}

}  // namespace portico::guard
