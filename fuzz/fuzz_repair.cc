// The repair of responses: whatever the service answers, the patch of a JSON document is a JSON document.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "json/parse.h"
#include "json/reader.h"
#include "repair/repairer.h"

namespace {

using namespace portico;

constexpr std::string_view kSchema = R"({
  "$defs": {"P": {"type": "object", "properties": {"a": {"$ref": "#/$defs/P"}, "m": {}, "n": {"writeOnly": true}}}},
  "allOf": [{"$ref": "#/$defs/P"}],
  "oneOf": [{"properties": {"k": {"const": 1}, "x": {}}, "required": ["k"], "additionalProperties": false},
            {"properties": {"y": {"items": {"$ref": "#/$defs/P"}}}, "not": {"required": ["k"]}}],
  "patternProperties": {"^p": {"prefixItems": [{"$ref": "#/$defs/P"}], "items": false}},
  "if": {"required": ["i"]}, "then": {"properties": {"i": {}, "z": {"additionalProperties": {"$ref": "#/$defs/P"}}}}})";

std::uint8_t label(std::string_view name) {
  return name.starts_with('m') ? 1 : name.starts_with('r') ? 2 : name.starts_with('d') ? 3 : 0;
}

struct Desk {
  json::Documents documents;
  schema::PlaceId root = 0;
  std::shared_ptr<const schema::Places> places;
  repair::Plan plan;
  json::Parser parser;
  repair::Repairer repairer;
  schema::Validator validator;

  Desk() {
    json::Document& document = documents.add("s", "file:s");
    if (!json::read_json(kSchema, document)) std::abort();
    schema::PlaceCompiler compiler({.documents = &documents}, schema::Dialect::kJsonSchema202012,
                                   [](auto name, const auto&, auto) { return label(name); });
    const auto added = compiler.add(*document.root);
    if (!added) std::abort();
    root = *added;
    places = compiler.places();
    plan.strip = true;
    plan.label_of = &label;
    plan.actions = {{.mask = repair::Action::Mask::kShape},
                    {.kind = repair::Action::Kind::kRound, .decimals = 1},
                    {.kind = repair::Action::Kind::kDrop},
                    {.mask = repair::Action::Mask::kLast, .keep = 2}};
    plan.by_label[1] = 0;
    plan.by_label[2] = 1;
    plan.by_label[3] = 2;
    auto& pattern = plan.pointers.emplace_back();
    if (!repair::parse_pointer("/a/*/m", pattern)) std::abort();
    pattern.action = 3;
  }

  repair::Outcome run(std::string_view text, std::string& out, repair::Counts& counts) {
    return repairer.repair(plan, *places, root, {text, parser.tape(), parser.marks()}, {}, validator, out, counts);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Desk desk;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (desk.parser.parse(text, {}) != json::ParseProblem::kNone) return 0;
  std::string out;
  repair::Counts counts;
  if (desk.run(text, out, counts) != repair::Outcome::kRepaired) return 0;
  if (desk.parser.parse(out, {}) != json::ParseProblem::kNone) std::abort();
  return 0;
}
