#include "schema/explain.h"

#include <algorithm>
#include <ranges>

#include "base/text.h"
#include "json/pointer.h"

namespace portico::schema {
namespace {

constexpr std::size_t kShownValues = 8;

std::string schema_pointer(const Tables& tables, const Source& source) {
  std::vector<std::string_view> tokens;
  for (std::uint32_t at = source.path; at != 0; at = tables.paths[at].parent) {
    const PathStep& step = tables.paths[at];
    tokens.push_back(std::string_view(tables.texts).substr(step.token, step.size));
  }
  std::string pointer;
  for (const std::string_view token : tokens | std::views::reverse) json::append_token(pointer, token);
  if (source.keyword != Keyword::kNone) json::append_token(pointer, name(source.keyword));
  return pointer;
}

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string quoted(std::string_view text) { return '"' + printable(text, 60) + '"'; }

std::string constant_in_words(const json::TapeView& constants, std::size_t at) {
  switch (constants.type(at)) {
    case json::tape::kString: return quoted(constants.text(at));
    case json::tape::kInteger: return std::to_string(constants.integer(at));
    case json::tape::kUnsigned: return std::to_string(constants.unsigned_integer(at));
    case json::tape::kTrue: return "true";
    case json::tape::kFalse: return "false";
    case json::tape::kNull: return "null";
    case json::tape::kBigNumber: return printable(constants.text(at), 60);
    case json::tape::kDouble: {
      const Decimal d = decimal_of(constants.real(at));
      std::string text = d.negative ? "-" : "";
      text += d.is_zero() ? "0" : std::string(d.digits.data(), d.count);
      return d.exponent == 0 ? text : text + "e" + std::to_string(d.exponent);
    }
    case json::tape::kArray: return "a certain array";
    default: return "a certain object";
  }
}

std::string enum_in_words(const Tables& tables, const EnumTable& known) {
  std::vector<std::string> values;
  const json::TapeView constants = tables.constants.view();
  for (std::uint32_t i = 0; i < known.count && values.size() < kShownValues; ++i) {
    values.push_back(constant_in_words(constants, tables.constant_places[known.first + i]));
  }
  for (std::uint32_t i = 0; i < known.strings.count && values.size() < kShownValues; ++i) {
    values.push_back(quoted(tables.names.text_of(tables.names.names[known.strings.first + i])));
  }
  const std::size_t all = known.count + known.strings.count;
  if (all == 1) return "must be " + values.front();
  std::string text = "must be one of " + join(values, ", ");
  if (all > values.size()) text += " (" + std::to_string(all - values.size()) + " more)";
  return text;
}

std::string fail_in_words(FailReason reason) {
  switch (reason) {
    case FailReason::kUndeclared: return "is not a declared property";
    case FailReason::kUnevaluated: return "is not declared";
    case FailReason::kReadOnly: return "is read-only and must not be sent";
    case FailReason::kWriteOnly: return "is write-only and must not be returned";
    case FailReason::kRefusedPattern: return "is to be tested by a pattern that cannot be run safely";
    case FailReason::kNoItem: return "is more than the items that are declared";
    case FailReason::kNever: break;
  }
  return "is not allowed at all";
}

std::string content_in_words(std::uint16_t kinds) {
  if (kinds == 1) return "must be base64";
  return kinds == 2 ? "must hold a JSON document" : "must hold a JSON document in base64";
}

std::string op_in_words(const Tables& tables, const Op& op) {
  const auto literal = [&] {
    const Bound& bound = tables.bounds[op.a];
    return std::string(std::string_view(tables.texts).substr(bound.literal, bound.literal_size));
  };
  switch (op.code) {
    case Code::kTypes: return "must be " + types_in_words(op.n);
    case Code::kFail: return fail_in_words(static_cast<FailReason>(op.n));
    case Code::kConst: return "must be " + constant_in_words(tables.constants.view(), op.a);
    case Code::kEnum: return enum_in_words(tables, tables.enums[op.a]);
    case Code::kMinimum: return (op.n == 1 ? "must be greater than " : "must be at least ") + literal();
    case Code::kMaximum: return (op.n == 1 ? "must be less than " : "must be at most ") + literal();
    case Code::kMultipleOf: return "must be a multiple of " + literal();
    case Code::kMinLength: return "must be at least " + plural(op.a, "character", "characters") + " long";
    case Code::kMaxLength: return "must be at most " + plural(op.a, "character", "characters") + " long";
    case Code::kPattern: return "must match the pattern " + quoted(tables.messages[op.b]);
    case Code::kFormat: return "must have the format " + quoted(tables.messages[op.b]);
    case Code::kContent: return content_in_words(op.n);
    case Code::kMinItems: return "must have at least " + plural(op.a, "element", "elements");
    case Code::kMaxItems: return "must have at most " + plural(op.a, "element", "elements");
    case Code::kUnique: return "must not have equal elements";
    case Code::kMinProperties: return "must have at least " + plural(op.a, "property", "properties");
    case Code::kMaxProperties: return "must have at most " + plural(op.a, "property", "properties");
    case Code::kNot: return "must not match the schema under \"not\"";
    case Code::kOneOf:
      return "matches more than one of " + std::to_string(tables.choices[op.a].count) + " alternatives";
    default: return "does not match";
  }
}

std::string missing_in_words(std::string_view property) { return "lacks the required property " + quoted(property); }

}  // namespace

std::string types_in_words(WideTypes types) {
  std::vector<std::string> words;
  const auto add = [&](WideTypes bits, const char* word) {
    if ((types & bits) == bits) words.emplace_back(word);
  };
  add(kTypeNull, "null");
  add(kTypeBoolean, "boolean");
  if ((types & kTypeNumber) != 0) {
    words.emplace_back("number");
  } else {
    add(kTypeInteger, "integer");
  }
  add(kTypeString, "string");
  add(kTypeArray, "array");
  add(kTypeObject, "object");
  if (words.empty()) return "of no type at all";
  const std::string last = words.back();
  words.pop_back();
  return words.empty() ? last : join(words, ", ") + " or " + last;
}

std::string pointer_to(const json::TapeView& tape, std::size_t at) {
  std::string pointer;
  std::size_t here = json::TapeView::kFirst;
  while (here != at) {
    const bool object = tape.type(here) == json::tape::kObject;
    if (!object && tape.type(here) != json::tape::kArray) return pointer;
    const std::size_t end = tape.after(here) - 1;
    std::size_t child = here + 1;
    std::size_t index = 0;
    // The child whose words hold `at`.
    while (child < end) {
      const std::size_t next = tape.next(object ? child + 1 : child);
      if (at < next) break;
      child = next;
      ++index;
    }
    if (child >= end) return pointer;
    json::append_token(pointer, object ? tape.text(child) : std::string_view(std::to_string(index)));
    if (object && at == child) return pointer;
    here = object ? child + 1 : child;
  }
  return pointer;
}

Failure in_words(const Tables& tables, const json::TapeView& tape, const Record& reason) {
  const Op& op = tables.ops[reason.pc];
  std::uint32_t source = tables.op_sources[reason.pc];
  Failure failure;
  failure.instance_pointer = pointer_to(tape, reason.v);
  const auto name_at = [&](std::uint32_t index) { return tables.names.text_of(tables.names.names[index]); };
  switch (reason.kind) {
    case Record::Kind::kOp: failure.message = op_in_words(tables, op); break;
    case Record::Kind::kMissing:
      if (op.code == Code::kRequired) {
        failure.message = missing_in_words(name_at(reason.detail));
      } else {
        const Required& required = tables.required[reason.detail];
        failure.message = missing_in_words(name_at(tables.objects[op.a].keys.first + required.key));
        source = required.source;
      }
      break;
    case Record::Kind::kDependentMissing: {
      const KeyTable& keys = tables.dependencies[op.a].keys;
      const DependentNames& entry = tables.dependent_names[reason.detail];
      failure.message = missing_in_words(name_at(keys.first + entry.needed)) + ", which goes with " +
                        quoted(name_at(keys.first + entry.trigger));
      break;
    }
    case Record::Kind::kTooFewContained: {
      const CountTable& count = tables.counts[op.a];
      failure.message = "must contain at least " + plural(count.min, "element", "elements") + " of a certain form";
      source = count.min_source;
      break;
    }
    case Record::Kind::kTooManyContained: {
      const CountTable& count = tables.counts[op.a];
      failure.message = "must contain at most " + plural(count.max, "element", "elements") + " of a certain form";
      source = count.max_source;
      break;
    }
    case Record::Kind::kNoBranch:
      failure.message = "matches none of " + plural(tables.choices[op.a].count, "alternative", "alternatives");
      break;
  }
  const Source& from = tables.sources[source];
  failure.schema_pointer = schema_pointer(tables, from);
  failure.keyword = name(from.keyword);
  failure.place = {from.document < tables.documents.size() ? tables.documents[from.document] : "", from.line,
                   from.column};
  return failure;
}

}  // namespace portico::schema
