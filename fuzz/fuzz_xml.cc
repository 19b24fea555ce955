// XML bodies: a document, read by the plan of a schema that has every kind of element. What becomes a value is a
// well-formed one without a key twice.
#include <string>
#include <string_view>

#include "contract/load.h"
#include "guard/xml_body.h"
#include "tape_check.h"

namespace {

constexpr std::string_view kContract = R"yaml(
openapi: 3.1.0
info: {title: fuzz, version: "1"}
paths:
  /a:
    post:
      requestBody: {content: {application/xml: {schema: {$ref: '#/components/schemas/T'}}}}
      responses: {"204": {description: ok}}
components:
  schemas:
    T:
      type: object
      xml: {name: t}
      properties:
        a: {type: integer, xml: {attribute: true}}
        e: {type: [string, "null"]}
        n: {type: number, xml: {name: m, namespace: 'urn:n', prefix: n}}
        l: {type: array, items: {type: boolean}}
        w: {type: array, xml: {wrapped: true}, items: {type: string, xml: {name: i}}}
        c: {type: array, items: {$ref: '#/components/schemas/T'}}
        o: {type: object, additionalProperties: {type: integer}}
        u: {anyOf: [{type: string}, {type: object, properties: {x: {type: string, xml: {nodeType: text}}}}]}
        p: {xml: {prefix: p}}
)yaml";

struct Plan {
  portico::contract::Contract contract;
  portico::guard::XmlPlan xml;
};

const portico::guard::XmlPlan& plan() {
  static const Plan kPlan = [] {
    auto contract = portico::contract::load_text(kContract, "fuzz.yaml");
    if (!contract) std::abort();
    portico::guard::XmlPlanner planner(*contract);
    auto xml = planner.plan(*contract->operations.front().body->content.front().schema);
    return Plan{*std::move(contract), std::move(xml)};
  }();
  return kPlan.xml;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static portico::xml::Reader reader;
  static portico::guard::XmlDecoder decoder;
  static portico::json::TapeBuilder builder;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (reader.read(bytes) != portico::xml::Problem::kNone) return 0;
  static const portico::guard::XmlPlan kUnknown;
  for (const auto* by : {&plan(), &kUnknown}) {
    for (const bool text : {false, true}) {
      builder.reset();
      portico::guard::Typing typing{.text = text, .untyped_as_text = text};
      if (decoder.decode(*by, reader.document(), typing, builder).empty()) portico::fuzz::check_tape(builder.finish());
    }
  }
  return 0;
}
