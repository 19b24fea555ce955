// Keywords about one value: types, constants, numbers, texts, sizes.
#include <algorithm>
#include <limits>

#include "base/text.h"
#include "schema/content.h"
#include "schema/emit.h"

namespace portico::schema {
namespace {

std::optional<WideTypes> type_bits(std::string_view type, bool whole_doubles) {
  if (type == "null") return kTypeNull;
  if (type == "boolean") return kTypeBoolean;
  if (type == "integer") return static_cast<WideTypes>(kTypeInteger | (whole_doubles ? kTypeWhole : 0));
  if (type == "number") return static_cast<WideTypes>(kTypeInteger | kTypeNumber);
  if (type == "string") return kTypeString;
  if (type == "array") return kTypeArray;
  if (type == "object") return kTypeObject;
  return std::nullopt;
}

// A size keyword's value; whole numbers in any spelling.
std::optional<std::uint32_t> size_value(const json::Node& node) {
  const auto value = node.integer();
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint32_t>(std::min<std::int64_t>(*value, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

void Emitter::emit_types(const Part& part) {
  const json::Node* type = part.keywords[Keyword::kType];
  if (type == nullptr) return;
  const Rules& rules = graph_.rules(part.id);
  WideTypes types = 0;
  bool known = true;
  const auto take = [&](const json::Node& name) {
    const auto bits = name.is_string() ? type_bits(name.text(), rules.whole_doubles) : std::nullopt;
    known = known && bits.has_value();
    types |= bits.value_or(0);
  };
  if (type->is_array()) {
    for (const json::Node* name : type->items()) take(*name);
  } else {
    take(*type);
  }
  // OpenAPI 2.0 sends files as `type: file`: what they hold is not JSON.
  if (!known && rules.dialect == Dialect::kOpenApi20 && type->text() == "file") return;
  if (!known) {
    note(Note::Kind::kIgnoredKeyword, "type", "not a type of JSON Schema: \"" + printable(type->text()) + "\"", *type);
    return;
  }
  const json::Node* nullable = part.keywords[Keyword::kNullable];
  if (nullable != nullptr && nullable->is_true()) types |= kTypeNull;
  add({.code = Code::kTypes, .n = types}, source(part, Keyword::kType));
}

void Emitter::emit_scalars(const Part& part) {
  emit_constants(part);
  emit_bounds(part);
  emit_text(part);
  emit_sizes(part);
}

void Emitter::emit_constants(const Part& part) {
  if (const json::Node* value = part.keywords[Keyword::kConst]; value != nullptr) {
    const std::uint32_t from = source(part, Keyword::kConst);
    if (value->is_string()) {
      const std::array text = {value->text()};
      tables_.enums.push_back({.strings = tables_.names.add(text)});
      add({.code = Code::kEnum, .a = static_cast<std::uint32_t>(tables_.enums.size() - 1)}, from);
    } else {
      add({.code = Code::kConst, .a = constant(*value)}, from);
    }
  }
  const json::Node* values = part.keywords[Keyword::kEnum];
  if (values != nullptr && values->is_array()) emit_enum(*values, source(part, Keyword::kEnum));
}

void Emitter::emit_enum(const json::Node& values, std::uint32_t from) {
  EnumTable known;
  std::vector<std::string_view> texts;
  std::set<std::string_view> seen;
  known.first = static_cast<std::uint32_t>(tables_.constant_places.size());
  for (const json::Node* value : values.items()) {
    if (value->is_string()) {
      if (seen.insert(value->text()).second) texts.push_back(value->text());
    } else {
      tables_.constant_places.push_back(constant(*value));
      ++known.count;
    }
  }
  known.strings = tables_.names.add(texts);
  tables_.enums.push_back(known);
  add({.code = Code::kEnum, .a = static_cast<std::uint32_t>(tables_.enums.size() - 1)}, from);
}

std::uint32_t Emitter::constant(const json::Node& value) {
  // All constants are elements of one array that never ends.
  json::TapeBuilder& tape = tables_.constants;
  if (tape.depth() == 0) tape.begin_array();
  const auto place = static_cast<std::uint32_t>(tape.position());
  struct Step {
    const json::Node* node;  // null: the end of a container
    bool object;
    const json::Node* key;
  };
  std::vector<Step> steps{{&value, false, nullptr}};
  while (!steps.empty()) {
    const Step step = steps.back();
    steps.pop_back();
    if (step.node == nullptr) {
      step.object ? tape.end_object() : tape.end_array();
      continue;
    }
    if (step.key != nullptr) tape.key(step.key->text());
    switch (step.node->kind()) {
      case json::Kind::kNull: tape.null(); break;
      case json::Kind::kBoolean: tape.boolean(step.node->is_true()); break;
      case json::Kind::kNumber:
        if (!tape.number_literal(step.node->text())) tape.null();
        break;
      case json::Kind::kString: tape.string(step.node->text()); break;
      case json::Kind::kArray: {
        tape.begin_array();
        steps.push_back({nullptr, false, nullptr});
        const auto items = step.node->items();
        for (std::size_t i = items.size(); i-- > 0;) steps.push_back({items[i], false, nullptr});
        break;
      }
      case json::Kind::kObject: {
        tape.begin_object();
        steps.push_back({nullptr, true, nullptr});
        const auto members = step.node->members();
        for (std::size_t i = members.size(); i-- > 0;) steps.push_back({members[i].value, false, members[i].key});
        break;
      }
    }
  }
  return place;
}

std::uint32_t Emitter::bound(const json::Node& literal) {
  Bound made;
  made.literal = static_cast<std::uint32_t>(tables_.texts.size());
  made.literal_size = static_cast<std::uint32_t>(literal.text().size());
  make_bound(literal.text(), made);
  tables_.texts += literal.text();
  tables_.bounds.push_back(made);
  return static_cast<std::uint32_t>(tables_.bounds.size() - 1);
}

void Emitter::emit_bound(Code code, const json::Node& literal, bool exclusive, std::uint32_t from) {
  if (!literal.is_number()) return;
  add({.code = code, .n = static_cast<std::uint16_t>(exclusive ? 1 : 0), .a = bound(literal)}, from);
}

void Emitter::emit_bounds(const Part& part) {
  const bool boolean_bounds = graph_.rules(part.id).boolean_bounds;
  const auto side = [&](Code code, Keyword inclusive, Keyword exclusive) {
    const json::Node* limit = part.keywords[inclusive];
    const json::Node* strict = part.keywords[exclusive];
    const bool is_strict = boolean_bounds && strict != nullptr && strict->is_true();
    if (limit != nullptr) emit_bound(code, *limit, is_strict, source(part, inclusive));
    if (!boolean_bounds && strict != nullptr) emit_bound(code, *strict, true, source(part, exclusive));
  };
  side(Code::kMinimum, Keyword::kMinimum, Keyword::kExclusiveMinimum);
  side(Code::kMaximum, Keyword::kMaximum, Keyword::kExclusiveMaximum);
  const json::Node* divisor = part.keywords[Keyword::kMultipleOf];
  if (divisor == nullptr || !divisor->is_number()) return;
  if (divisor->number().value_or(1) <= 0 && divisor->text().find_first_of("123456789") == std::string_view::npos) {
    note(Note::Kind::kIgnoredKeyword, "multipleOf", "multipleOf must be greater than zero", *divisor);
    return;
  }
  emit_bound(Code::kMultipleOf, *divisor, false, source(part, Keyword::kMultipleOf));
}

void Emitter::emit_text(const Part& part) {
  const auto length = [&](Code code, Keyword keyword) {
    const json::Node* value = part.keywords[keyword];
    const auto size = value == nullptr ? std::nullopt : size_value(*value);
    if (size) add({.code = code, .a = *size}, source(part, keyword));
  };
  length(Code::kMinLength, Keyword::kMinLength);
  length(Code::kMaxLength, Keyword::kMaxLength);
  if (const json::Node* node = part.keywords[Keyword::kFormat]; node != nullptr) emit_format(part, *node);
  if (const json::Node* node = part.keywords[Keyword::kPattern]; node != nullptr) emit_pattern(part, *node);
  if (options_.content) emit_content(part);
}

std::uint32_t Emitter::pattern(std::string_view text, const json::Node& node) {
  const auto id = static_cast<std::uint32_t>(tables_.patterns.size());
  const auto [entry, added] = pattern_ids_.try_emplace(std::string(text), id);
  if (!added) return entry->second;
  auto compiled = regex::Pattern::compile(text);
  if (!compiled) {
    note(Note::Kind::kRefusedRegex, text, "pattern refused: " + compiled.error().message, node);
    entry->second = kRefused;
    return kRefused;
  }
  if (compiled->engine() == regex::Engine::kBacktracking) {
    note(Note::Kind::kBacktrackingRegex, text, "pattern needs backtracking: it runs with limits, and slowly", node);
  }
  tables_.patterns.push_back(*std::move(compiled));
  return id;
}

void Emitter::emit_pattern(const Part& part, const json::Node& node) {
  if (!node.is_string()) return;
  const std::uint32_t id = pattern(node.text(), node);
  const std::uint32_t from = source(part, Keyword::kPattern);
  if (id == kRefused) {
    add({.code = Code::kFail, .n = static_cast<std::uint16_t>(FailReason::kRefusedPattern)}, from);
    return;
  }
  add({.code = Code::kPattern, .a = id, .b = message(node.text())}, from);
}

void Emitter::emit_format(const Part& part, const json::Node& node) {
  if (!node.is_string() || options_.formats == Formats::kAnnotate) return;
  if (options_.formats == Formats::kByVocabulary && !graph_.rules(part.id).asserts_format) return;
  const Format format = format_of(node.text(), graph_.rules(part.id).dialect);
  if (format == Format::kUnknown) {
    note(Note::Kind::kUnknownFormat, node.text(), "unknown format: not checked", node);
    return;
  }
  if (format == Format::kAnything) return;
  add({.code = Code::kFormat, .n = static_cast<std::uint16_t>(format), .b = message(node.text())},
      source(part, Keyword::kFormat));
}

void Emitter::emit_content(const Part& part) {
  const json::Node* encoding = part.keywords[Keyword::kContentEncoding];
  const json::Node* media = part.keywords[Keyword::kContentMediaType];
  std::uint16_t kinds = 0;
  if (encoding != nullptr && encoding->text() == "base64") kinds |= kContentBase64;
  if (media != nullptr && (media->text() == "application/json" || media->text().ends_with("+json"))) {
    kinds |= kContentJson;
  }
  // In an encoding that is not known, the content cannot be looked at.
  if (encoding != nullptr && (kinds & kContentBase64) == 0) return;
  if (kinds == 0) return;
  const Keyword keyword = (kinds & kContentJson) != 0 ? Keyword::kContentMediaType : Keyword::kContentEncoding;
  add({.code = Code::kContent, .n = kinds}, source(part, keyword));
}

void Emitter::emit_sizes(const Part& part) {
  const auto size = [&](Code code, Keyword keyword) {
    const json::Node* value = part.keywords[keyword];
    const auto limit = value == nullptr ? std::nullopt : size_value(*value);
    if (limit) add({.code = code, .a = *limit}, source(part, keyword));
  };
  size(Code::kMinItems, Keyword::kMinItems);
  size(Code::kMaxItems, Keyword::kMaxItems);
  size(Code::kMinProperties, Keyword::kMinProperties);
  size(Code::kMaxProperties, Keyword::kMaxProperties);
  const json::Node* unique = part.keywords[Keyword::kUniqueItems];
  if (unique != nullptr && unique->is_true()) add({.code = Code::kUnique}, source(part, Keyword::kUniqueItems));
}

}  // namespace portico::schema
