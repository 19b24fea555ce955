#include "guard/forms.h"

#include <algorithm>

#include "base/text.h"
#include "http/target.h"

namespace portico::guard {
namespace {

using contract::Style;
using schema::ScalarPlan;
using Kind = FormProblem::Kind;

constexpr std::string_view kUndeclaredType = "has a content type that the contract does not declare";

constexpr FormProblem malformed(std::string_view field, std::string_view detail) {
  return {Kind::kMalformed, field, detail};
}
constexpr FormProblem invalid(std::string_view field, std::string_view detail) {
  return {Kind::kInvalid, field, detail};
}

FormProblem problem_of(Decoded decoded, std::string_view field) {
  switch (decoded) {
    case Decoded::kValue: return {};
    case Decoded::kRepeated: return invalid(field, "is there more than once, and takes one value");
    default: return malformed(field, "is not of the form that the contract declares");
  }
}

// The contract's charset is UTF-8. This field would make a server read another one (RFC 7578, section 4.6).
bool changes_charset(const Pair& pair) {
  return pair.name == "_charset_" && !equal_ignoring_case(pair.raw_value, "utf-8");
}

bool is_utf8(const http::MediaType& media) {
  const std::string* charset = media.parameter("charset");
  return charset == nullptr || equal_ignoring_case(*charset, "utf-8") || equal_ignoring_case(*charset, "us-ascii");
}

}  // namespace

http::MultipartProblem split_multipart(std::string_view body, const http::Boundary& boundary,
                                       std::vector<Pair>& pairs) {
  pairs.clear();
  http::MultipartReader reader(body, boundary);
  for (http::Part part; reader.next(part);) {
    pairs.push_back({.name = part.name,
                     .raw_name = part.name,
                     .raw_value = part.body,
                     .has_value = true,
                     .taken_by = nullptr,
                     .content_type = part.content_type,
                     .is_file = part.is_file});
  }
  sort_pairs(pairs);
  return reader.problem();
}

void append_bytes(json::TapeBuilder& builder, std::string& scratch, std::string_view bytes) {
  scratch.clear();
  for (const char c : bytes) scratch += static_cast<unsigned char>(c) < 0x80 ? c : '?';
  builder.string(scratch);
}

void append_tape(json::TapeBuilder& builder, json::TapeView tape) {
  // One bit a level: whether it is an object.
  std::uint64_t objects = 0;
  static_assert(json::Strictness{}.max_depth <= 64);
  bool key_next = false;
  for (std::size_t i = json::TapeView::kFirst; i + 1 < tape.count; ++i) {
    switch (tape.type(i)) {
      case json::tape::kObject:
        builder.begin_object();
        objects = objects << 1 | 1;
        key_next = true;
        continue;
      case json::tape::kArray:
        builder.begin_array();
        objects <<= 1;
        key_next = false;
        continue;
      case json::tape::kString:
        if (key_next) {
          builder.key(tape.text(i));
          key_next = false;
          continue;
        }
        builder.string(tape.text(i));
        break;
      case json::tape::kInteger: builder.integer(tape.integer(i++)); break;
      case json::tape::kUnsigned: builder.unsigned_integer(tape.unsigned_integer(i++)); break;
      case json::tape::kDouble: builder.number(tape.real(i++)); break;
      case json::tape::kBigNumber: builder.number_literal(tape.text(i++)); break;
      case json::tape::kTrue: builder.boolean(true); break;
      case json::tape::kFalse: builder.boolean(false); break;
      case json::tape::kNull: builder.null(); break;
      case json::tape::kObjectEnd:
        builder.end_object();
        objects >>= 1;
        break;
      case json::tape::kArrayEnd:
        builder.end_array();
        objects >>= 1;
        break;
      default: break;
    }
    key_next = (objects & 1) != 0;
  }
}

const ScalarPlan& FormDecoder::plan_of(const FieldPlan& field) const {
  return field.property != FieldPlan::kUndeclared ? plan_.plan.properties[field.property].plan
                                                  : property_of(plan_.plan, field.name);
}

Shape FormDecoder::shape_of(const FieldPlan& field) const {
  return {
      .name = field.name, .style = field.style, .explode = field.explode, .carrier = carrier_, .plan = &plan_of(field)};
}

FormProblem FormDecoder::json(std::string_view raw) {
  scratch_.clear();
  if (carrier_ == Carrier::kForm) {
    if (!http::append_percent_decoded(scratch_, raw, true)) return malformed({}, "has a malformed percent-encoding");
    raw = scratch_;
  }
  const auto problem = parser_.parse(raw, {});
  if (problem != json::ParseProblem::kNone) return malformed({}, json::name(problem));
  return {};
}

// What a part is, by its own Content-Type and the field's. False: not of a type that the field may have.
bool FormDecoder::part_kind(const FieldPlan& field, const Pair& pair, BodyKind& kind) const {
  kind = field.kind;
  if (carrier_ == Carrier::kForm) {
    if (kind == BodyKind::kOpaque) kind = BodyKind::kText;
    return kind == BodyKind::kText || kind == BodyKind::kJson;
  }
  // No Content-Type is text/plain (RFC 7578, section 4.4); simple clients leave it out for JSON as well.
  const auto media =
      pair.content_type.empty() ? http::parse_media_type("text/plain") : http::parse_media_type(pair.content_type);
  if (!media) return false;
  const BodyKind given = kind_of(*media);
  if (given == BodyKind::kUnreadable || given == BodyKind::kMultipart || !is_utf8(*media)) return false;
  if (!field.content_types.empty()) {
    if (pair.content_type.empty() && kind == BodyKind::kJson) return !pair.is_file;
    const bool fits = std::ranges::any_of(
        field.content_types, [&](const auto& range) { return http::match_media_range(range, *media) != 0; });
    if (field.kind != BodyKind::kOpaque) kind = given;
    return fits && kind != BodyKind::kXml;
  }
  switch (field.kind) {
    case BodyKind::kJson: return pair.content_type.empty() ? !pair.is_file : given == BodyKind::kJson;
    case BodyKind::kText: return given == BodyKind::kText && !pair.is_file;
    default: break;
  }
  // Bytes may come as anything. Without a file they may also be text, where the schema has no type.
  const bool untyped = field.property == FieldPlan::kUndeclared || plan_of(field).types == schema::kTypeAny;
  if (untyped && given == BodyKind::kText && !pair.is_file && invalid_utf8(pair.raw_value) == std::string_view::npos &&
      pair.raw_value.find('\0') == std::string_view::npos) {
    kind = BodyKind::kText;
  }
  return true;
}

// `opens_array`: the document is the one item of an array, unless it is the whole array itself.
FormProblem FormDecoder::document(const FieldPlan& field, const ScalarPlan& plan, const Pair& pair, bool opens_array) {
  BodyKind kind = BodyKind::kText;
  if (!part_kind(field, pair, kind)) return invalid(field.name, kUndeclaredType);
  if (kind == BodyKind::kJson) {
    if (FormProblem problem = json(pair.raw_value); problem.kind != Kind::kNone) {
      problem.field = field.name;
      return problem;
    }
    const bool is_array = parser_.tape().type(json::TapeView::kFirst) == json::tape::kArray;
    opens_array = opens_array && !(is_array && (plan.types & schema::kTypeArray) == 0);
    if (opens_array) builder_.begin_array();
    append_tape(builder_, parser_.tape());
    if (opens_array) builder_.end_array();
    return {};
  }
  if (opens_array) builder_.begin_array();
  if (kind == BodyKind::kText) {
    const Shape shape{.style = Style::kSimple, .carrier = carrier_, .plan = &plan};
    ParameterDecoder decoder(builder_, scratch_, Structure::kScalar, typing_);
    if (decoder.from_text(shape, pair.raw_value) != Decoded::kValue) return malformed(field.name, "is not text");
  } else {
    append_bytes(builder_, scratch_, pair.raw_value);
  }
  if (opens_array) builder_.end_array();
  return {};
}

FormProblem FormDecoder::documents(const FieldPlan& field, std::span<Pair> group) {
  const ScalarPlan& plan = plan_of(field);
  if (!reads_as_array(plan, group.size())) {
    if (group.size() > 1) return problem_of(Decoded::kRepeated, field.name);
    return document(field, plan, group.front(), false);
  }
  if (group.size() == 1) return document(field, items_of(plan), group.front(), true);
  builder_.begin_array();
  for (const Pair& pair : group) {
    if (FormProblem problem = document(field, items_of(plan), pair, false); problem.kind != Kind::kNone) return problem;
  }
  builder_.end_array();
  return {};
}

FormProblem FormDecoder::styled(const FieldPlan& field, std::span<Pair> group) {
  // Its properties are fields of their own, and were read.
  if (field.style == Style::kDeepObject || is_spread(shape_of(field)))
    return problem_of(Decoded::kMalformed, field.name);
  // Text in a style is text: a file would be something else to the server.
  for (const Pair& pair : group) {
    BodyKind kind{};
    const FieldPlan text{.name = field.name};
    if (carrier_ != Carrier::kForm && !part_kind(text, pair, kind)) {
      return invalid(field.name, kUndeclaredType);
    }
  }
  if (field.explode) {
    return problem_of(
        ParameterDecoder(builder_, scratch_, Structure::kObject, typing_).from_group(plan_of(field), carrier_, group),
        field.name);
  }
  if (group.size() > 1) return problem_of(Decoded::kRepeated, field.name);
  return problem_of(ParameterDecoder(builder_, scratch_, field.structure, typing_)
                        .from_text(shape_of(field), group.front().raw_value),
                    field.name);
}

FormProblem FormDecoder::named(std::string_view name, std::span<Pair> group) {
  builder_.key(name);
  if (const FieldPlan* field = plan_.field(name)) {
    return field->has_style ? styled(*field, group) : documents(*field, group);
  }
  return documents(plan_.other_fields, group);
}

// A property of which the parts are fields of their own.
FormProblem FormDecoder::spread(const FieldPlan& field, std::span<Pair> pairs) {
  const Shape shape = shape_of(field);
  const auto start = [&](const Pair& pair) {
    if (pair.taken_by != nullptr) return false;
    if (shape.style != Style::kDeepObject) {
      return std::ranges::find(shape.plan->properties, pair.name, &ScalarPlan::Property::name) !=
             shape.plan->properties.end();
    }
    return pair.name.size() > shape.name.size() && pair.name.starts_with(shape.name) &&
           pair.name[shape.name.size()] == '[';
  };
  if (std::ranges::none_of(pairs, start)) return {};
  builder_.key(field.name);
  return problem_of(ParameterDecoder(builder_, scratch_, Structure::kObject, typing_).from_pairs(shape, pairs),
                    field.name);
}

FormProblem FormDecoder::decode(std::span<Pair> pairs) {
  builder_.begin_object();
  for (Pair& pair : pairs) {
    if (changes_charset(pair)) return malformed({}, "asks for another charset than UTF-8");
    // A field's own name comes before the names of another's properties.
    const FieldPlan* field = plan_.field(pair.name);
    pair.taken_by = field == nullptr ? nullptr : &plan_.plan;
  }
  for (const FieldPlan& field : plan_.fields) {
    if (!field.has_style || (field.style != Style::kDeepObject && !is_spread(shape_of(field)))) continue;
    if (FormProblem problem = spread(field, pairs); problem.kind != Kind::kNone) return problem;
  }
  while (!pairs.empty()) {
    const auto group = first_group(pairs);
    pairs = pairs.subspan(group.size());
    if (group.front().taken_by != nullptr && group.front().taken_by != &plan_.plan) continue;
    if (FormProblem problem = named(group.front().name, group); problem.kind != Kind::kNone) return problem;
  }
  builder_.end_object();
  return {};
}

}  // namespace portico::guard
