// Schemas and instances made from the input, engine against reference validator: they must agree.
//
// The input is a string of choices. A schema generator reads keywords out of it, from a small vocabulary of property
// names and values so that instances, made from the rest, often come near to what the schema says.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "json/parse.h"
#include "json/reader.h"
#include "reference/reference.h"
#include "schema/compile.h"
#include "schema/validate.h"
#include "tape_check.h"

namespace {

using namespace portico;

class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::uint8_t next(unsigned below) {
    if (at_ >= size_) return 0;
    return static_cast<std::uint8_t>(data_[at_++] % below);
  }
  bool done() const { return at_ >= size_; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

constexpr std::string_view kNames[] = {"a", "b", "c", "kind", "a-longer-name-than-sixteen"};
constexpr std::string_view kScalars[] = {"null", "true", "false", "0",     "1",    "1.0",     "2.5",
                                         "-1",   "1e2",  "\"a\"", "\"b\"", "\"\"", "\"abc\"", "18446744073709551616"};
constexpr std::string_view kTypes[] = {"null", "boolean", "integer", "number", "string", "array", "object"};

std::string name(Choices& in) { return '"' + std::string(kNames[in.next(5)]) + '"'; }

std::string instance(Choices& in, int depth) {
  const unsigned kind = depth > 4 ? 0 : in.next(4);
  if (kind < 2) return std::string(kScalars[in.next(14)]);
  std::string out = kind == 2 ? "[" : "{";
  const unsigned count = in.next(5);
  for (unsigned i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    // Names in order, each once: keys of an object must differ.
    if (kind == 3) out += '"' + std::string(kNames[i]) + "\":";
    out += instance(in, depth + 1);
  }
  return out + (kind == 2 ? "]" : "}");
}

std::string make_schema(Choices& in, int depth);

std::string make_schemas(Choices& in, int depth) {
  std::string out = "[" + make_schema(in, depth);
  for (unsigned i = in.next(3); i > 0; --i) out += "," + make_schema(in, depth);
  return out + "]";
}

std::string map(Choices& in, int depth) {
  std::string out = "{";
  const unsigned count = in.next(4);
  for (unsigned i = 0; i < count; ++i) {
    out += (i > 0 ? ",\"" : "\"") + std::string(kNames[i]) + "\":" + make_schema(in, depth);
  }
  return out + "}";
}

std::string keyword(Choices& in, int depth) {
  const auto number = [&] { return std::to_string(in.next(4)); };
  switch (in.next(38)) {
    case 0: return "\"type\":\"" + std::string(kTypes[in.next(7)]) + '"';
    case 1: return "\"type\":[\"" + std::string(kTypes[in.next(7)]) + "\",\"object\"]";
    case 2: return "\"enum\":[" + instance(in, 3) + "," + instance(in, 3) + "]";
    case 3: return "\"const\":" + instance(in, 3);
    case 4: return "\"minimum\":" + number();
    case 5: return "\"maximum\":" + number();
    case 6: return "\"exclusiveMinimum\":" + number();
    case 7: return "\"multipleOf\":0.5";
    case 8: return "\"minLength\":" + number();
    case 9: return "\"maxLength\":" + number();
    case 10: return "\"pattern\":\"^a\"";
    case 11: return "\"minItems\":" + number();
    case 12: return "\"maxItems\":" + number();
    case 13: return "\"uniqueItems\":true";
    case 14: return "\"items\":" + make_schema(in, depth);
    case 15: return "\"prefixItems\":" + make_schemas(in, depth);
    case 16: return "\"contains\":" + make_schema(in, depth);
    case 17: return "\"minContains\":" + number();
    case 18: return "\"maxContains\":" + number();
    case 19: return "\"properties\":" + map(in, depth);
    case 20:
      return "\"patternProperties\":{\"^a\":" + make_schema(in, depth) + ",\"c|d\":" + make_schema(in, depth) + "}";
    case 21: return "\"additionalProperties\":" + make_schema(in, depth);
    case 22: return "\"required\":[" + name(in) + "]";
    case 23: return "\"propertyNames\":" + make_schema(in, depth);
    case 24: return "\"minProperties\":" + number();
    case 25: return "\"maxProperties\":" + number();
    case 26: return "\"dependentRequired\":{" + name(in) + ":[" + name(in) + "]}";
    case 27: return "\"dependentSchemas\":" + map(in, depth);
    case 28: return "\"allOf\":" + make_schemas(in, depth);
    case 29: return "\"anyOf\":" + make_schemas(in, depth);
    case 30: return "\"oneOf\":" + make_schemas(in, depth);
    case 31: return "\"not\":" + make_schema(in, depth);
    case 32: return "\"if\":" + make_schema(in, depth) + ",\"then\":" + make_schema(in, depth);
    case 33: return "\"if\":" + make_schema(in, depth) + ",\"else\":" + make_schema(in, depth);
    case 34: return "\"unevaluatedProperties\":" + make_schema(in, depth);
    case 35: return "\"unevaluatedItems\":" + make_schema(in, depth);
    case 36: return "\"$ref\":\"#/$defs/" + std::string(kNames[in.next(3)]) + '"';
    default: return "\"readOnly\":true";
  }
}

std::string make_schema(Choices& in, int depth) {
  if (depth > 5 || in.done()) return "true";
  const unsigned count = in.next(6);
  if (count == 5) return in.next(2) == 0 ? "false" : "true";
  std::string out = "{";
  std::string seen;
  for (unsigned i = 0; i < count; ++i) {
    const std::string word = keyword(in, depth + 1);
    // Keywords of one schema must differ.
    const std::string quoted = word.substr(0, word.find(':'));
    if (seen.find(quoted) != std::string::npos) continue;
    if (!seen.empty()) out += ',';
    seen += quoted;
    if (word.find(",\"then\":") != std::string::npos) seen += "\"then\"";
    out += word;
  }
  return out + "}";
}

// The same document with names by chance, which may be there twice.
std::string with_other_names(Choices& in, std::string value) {
  for (std::size_t i = value.find("\":"); i != std::string::npos; i = value.find("\":", i + 1)) {
    const std::size_t start = value.rfind('"', i - 1) + 1;
    const std::string_view other = kNames[in.next(5)];
    value.replace(start, i - start, other);
    i = start + other.size();
  }
  return value;
}

// Reading and validating at once says what parsing first says, and leaves a whole tape.
void check_one_walk(const schema::Program& program, schema::Validator& validator, json::Parser& parser,
                    const std::string& text) {
  const auto verdict = validator.read(program, parser, text);
  if (verdict.accepted()) fuzz::check_tape(parser.tape());
  if (parser.parse(text, {}) != verdict.problem) __builtin_trap();
  if (verdict.problem != json::ParseProblem::kNone) return;
  const auto outcome = validator.check(program, parser.tape());
  if (outcome != verdict.outcome && outcome != schema::Outcome::kTooComplex) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  Choices in(data + 1, size - 1);
  constexpr schema::Dialect kDialects[] = {schema::Dialect::kJsonSchema202012, schema::Dialect::kJsonSchema202012,
                                           schema::Dialect::kDraft4, schema::Dialect::kDraft7,
                                           schema::Dialect::kOpenApi30};
  const auto dialect = kDialects[data[0] % 5];
  const auto direction = static_cast<schema::Direction>(data[0] / 5 % 3);
  std::string defs = "{";
  for (unsigned i = 0; i < 3; ++i) {
    defs += (i > 0 ? ",\"" : "\"") + std::string(kNames[i]) + "\":" + make_schema(in, 3);
  }
  std::string text = make_schema(in, 0);
  if (text.front() != '{') return 0;
  text = "{\"$defs\":" + defs + "}" + (text.size() > 2 ? "," : "") + text.substr(1);

  json::Documents documents;
  json::Document& document = documents.add("schema.json", "file:///schema.json");
  if (!json::read_json(text, document)) return 0;  // a keyword twice after all
  const auto program = schema::compile(*document.root, {&documents, {}},
                                       {.dialect = dialect, .formats = schema::Formats::kAssert}, direction);
  if (!program) return 0;
  thread_local json::Parser parser;
  thread_local schema::Validator validator;
  for (int i = 0; i < 4; ++i) {
    const std::string value = instance(in, 0);
    json::Document& tree = documents.add("instance.json", "file:///instance" + std::to_string(i));
    if (!json::read_json(value, tree)) return 0;
    if (parser.parse(value, {}) != json::ParseProblem::kNone) __builtin_trap();
    const auto outcome = validator.check(*program, parser.tape());
    for (const bool scrambled : {false, true}) {
      check_one_walk(*program, validator, parser, scrambled ? with_other_names(in, value) : value);
    }
    if (parser.parse(value, {}) != json::ParseProblem::kNone) __builtin_trap();
    const bool explained = !validator.explain(*program, parser.tape()).empty();
    if (outcome == schema::Outcome::kTooComplex) continue;
    bool expected = false;
    try {
      reference::Validator slow(*document.root, "file:///schema.json",
                                {.dialect = dialect, .direction = direction, .formats = schema::Formats::kAssert},
                                [](const std::string&) { return nullptr; });
      expected = slow.valid(*tree.root);
    } catch (const reference::Unanswerable&) {
      continue;
    }
    const bool accepted = outcome == schema::Outcome::kAccepted;
    if (accepted != expected || explained == accepted) {
      std::fprintf(stderr, "schema %s\ninstance %s\ndialect %d direction %d engine %d reference %d explained %d\n",
                   text.c_str(), value.c_str(), static_cast<int>(dialect), static_cast<int>(direction), accepted,
                   expected, explained);
      __builtin_trap();
    }
  }
  return 0;
}
