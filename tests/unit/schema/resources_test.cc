// References into and across documents: contracts, schema files, identifiers.
#include "harness.h"

namespace portico::schema {
namespace {

// A contract and a schema file beside it; compiles the node at `at` in the contract.
bool accepts(std::string_view contract, std::string_view file, const std::vector<std::string>& at,
             std::string_view instance) {
  json::Documents documents;
  json::Document& main = documents.add("api.json", "file:///api/api.json");
  json::Document& beside = documents.add("order.json", "file:///api/schemas/order.json");
  EXPECT_TRUE(json::read_json(contract, main));
  EXPECT_TRUE(json::read_json(file, beside));
  const json::Node* node = main.root;
  for (const std::string& key : at) node = node->find(key);
  const auto program = compile(*node, {&documents, {}}, {.dialect = Dialect::kJsonSchema202012});
  EXPECT_TRUE(program) << (program ? "" : to_string(program.error()));
  json::Parser parser;
  EXPECT_EQ(parser.parse(instance, {}), json::ParseProblem::kNone);
  Validator validator;
  return program && validator.accepts(*program, parser.tape());
}

constexpr const char* kFile =
    R"({"type":"object","properties":{"id":{"$ref":"#/$defs/id"},"next":{"$ref":"order.json"}},
                                  "$defs":{"id":{"type":"integer","$anchor":"id"}}})";

TEST(Resources, FilesAreRelativeToWhereTheyAreWritten) {
  constexpr const char* kContract =
      R"({"openapi":"3.1.0","components":{"schemas":{"O":{"$ref":"schemas/order.json"},"I":{"$ref":"schemas/order.json#id"}}}})";
  EXPECT_TRUE(accepts(kContract, kFile, {"components", "schemas", "O"}, R"({"id":1,"next":{"id":2}})"));
  EXPECT_FALSE(accepts(kContract, kFile, {"components", "schemas", "O"}, R"({"next":{"id":"x"}})"));
  EXPECT_FALSE(accepts(kContract, kFile, {"components", "schemas", "I"}, R"("x")"));
}

TEST(Resources, IdentifiersInsideAContract) {
  constexpr const char* kContract = R"({"openapi":"3.1.0","components":{"schemas":{
      "A":{"$id":"http://example.com/a","$defs":{"s":{"$anchor":"here","type":"string"}},"properties":{"x":{"$ref":"#here"}}},
      "B":{"properties":{"a":{"$ref":"http://example.com/a"}}}},
      "examples":{"E":{"value":{"$id":"http://example.com/a"}}}}})";
  EXPECT_FALSE(accepts(kContract, kFile, {"components", "schemas", "B"}, R"({"a":{"x":1}})"));
  EXPECT_TRUE(accepts(kContract, kFile, {"components", "schemas", "B"}, R"({"a":{"x":"1"}})"));
}

TEST(Resources, PointersAreUnescaped) {
  constexpr const char* kContract =
      R"({"openapi":"3.1.0","x/y":{"a b":{"type":"string"}},"components":{"schemas":{"S":{"$ref":"#/x~1y/a%20b"}}}})";
  EXPECT_FALSE(accepts(kContract, kFile, {"components", "schemas", "S"}, "1"));
}

TEST(Resources, PropertiesNamedLikeKeywordsIdentifyNothing) {
  Schema schema(R"({"properties":{"$id":{"type":"string"},"$ref":{"type":"integer"}},"enum":[{"$id":"x","$ref":1}]})",
                {.dialect = Dialect::kJsonSchema202012});
  EXPECT_TRUE(schema.accepts(R"({"$id":"x","$ref":1})"));
}

}  // namespace
}  // namespace portico::schema
