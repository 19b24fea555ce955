// The policy's published JSON Schema: the copy in docs/formats is what the program prints, and it says what the loader
// says.
#include <gtest/gtest.h>

#include "base/file.h"
#include "json/parse.h"
#include "json/reader.h"
#include "json/writer.h"
#include "policy/load.h"
#include "schema/compile.h"
#include "schema/validate.h"
#include "yaml/reader.h"

namespace portico::policy {
namespace {

// JSON of a tree, for the engine.
void write(const json::Node& node, json::Writer& out) {
  switch (node.kind()) {
    case json::Kind::kObject:
      out.begin_object();
      for (const auto& [key, value] : node.members()) {
        out.key(key->text());
        write(*value, out);
      }
      out.end_object();
      break;
    case json::Kind::kArray:
      out.begin_array();
      for (const json::Node* item : node.items()) write(*item, out);
      out.end_array();
      break;
    case json::Kind::kString: out.string(node.text()); break;
    default: out.raw(node.text()); break;
  }
}

class PolicySchema : public testing::Test {
 protected:
  PolicySchema() {
    json::Document& document = documents_.add("policy.schema.json", "file:/policy.schema.json");
    EXPECT_TRUE(json::read_json(json_schema(), document));
    root_ = document.root;
    schema::Compiler compiler({.documents = &documents_}, {.dialect = schema::Dialect::kJsonSchema202012});
    program_ = *compiler.compile(*root_, schema::Direction::kNeither);
  }

  bool accepts(std::string_view yaml) {
    json::Documents documents;
    json::Document& document = documents.add("p", "file:/p");
    EXPECT_TRUE(yaml::read_yaml(yaml, document));
    std::string text;
    json::Writer writer(text);
    write(*document.root, writer);
    json::Parser parser;
    EXPECT_EQ(parser.parse(text, {}), json::ParseProblem::kNone);
    return validator_.accepts(program_, parser.tape());
  }

  // Schema and loader must agree, and with the test.
  void expect(bool good, const std::string& yaml) {
    EXPECT_EQ(accepts(yaml), good) << "schema: " << yaml;
    EXPECT_EQ(load_text(yaml, "portico.yaml").has_value(), good) << "loader: " << yaml;
  }

  json::Documents documents_;
  const json::Node* root_ = nullptr;
  schema::Program program_;
  schema::Validator validator_;
};

TEST_F(PolicySchema, IsPublished) {
  const auto published = read_file(PORTICO_SOURCE_DIR "/docs/formats/policy.schema.json");
  ASSERT_TRUE(published);
  EXPECT_EQ(*published, json_schema()) << "renew it: portico guard --policy-schema > docs/formats/policy.schema.json";
}

TEST_F(PolicySchema, AgreesWithTheLoader) {
  expect(true, "version: 1");
  expect(false, "{}");
  expect(false, "version: 2");
  expect(false, "[]");
  expect(true, "{version: 1, mode: monitor}");
  expect(false, "{version: 1, mode: never}");
  expect(true, "{version: 1, requests: {max_body: 1 MiB}}");
  expect(true, "{version: 1, requests: {max_body: 1024}}");
  expect(false, "{version: 1, requests: {max_body: 1.5}}");
  expect(false, "{version: 1, requests: {max_body: many}}");
  expect(false, "{version: 1, requests: {max_bodies: 1}}");
  expect(true, "{version: 1, limits: [{operations: ['*'], rate: 6/minute, burst: 3}]}");
  expect(false, "{version: 1, limits: [{operations: [], rate: 6/minute}]}");
  expect(false, "{version: 1, limits: [{operations: ['*'], rate: 6/year}]}");
  expect(false, "{version: 1, limits: [{operations: ['*'], rate: 6/minute, burst: 0}]}");
  expect(false, "{version: 1, limits: [{operations: ['*'], rate: 6/minute, burst: 1.5}]}");
  expect(false, "{version: 1, limits: [{rate: 6/minute}]}");
  expect(false, "{version: 1, hosts: api.example}");
  expect(false, "{version: 1, unknown: 1}");
}

// Sections add themselves here when they name their keys, so this holds for those to come: in every mapping of the
// schema, an unknown key is refused by the loader, and every key of the schema is known to it.
void visit(const json::Node& schema, std::string before, std::string after, int& mappings) {
  if (const json::Node* items = schema.find("items"); items != nullptr && items->find("properties") != nullptr) {
    return visit(*items, before + "[", "]" + after, mappings);
  }
  if (const json::Node* both = schema.find("anyOf")) {
    for (const json::Node* one : both->items()) visit(*one, before, after, mappings);
  }
  const json::Node* properties = schema.find("properties");
  if (properties == nullptr) return;
  ++mappings;
  const auto has = [&](const std::string& key, const std::string& message) {
    Policy ignored;
    for (const Error& problem : load_text(before + "{" + key + ": null}" + after, "p.yaml", ignored)) {
      if (problem.message.find(message) != std::string::npos) return true;
    }
    return false;
  };
  EXPECT_TRUE(has("no-such-key", "unknown key \"no-such-key\"")) << before;
  for (const auto& [key, value] : properties->members()) {
    const std::string name(key->text());
    EXPECT_FALSE(has(name, "unknown key \"" + name + "\"")) << before << name;
    visit(*value, before + "{" + name + ": ", "}" + after, mappings);
  }
}

TEST_F(PolicySchema, HasTheKeysOfTheLoader) {
  int mappings = 0;
  visit(*root_, "", "", mappings);
  EXPECT_GE(mappings, 5);
}

}  // namespace
}  // namespace portico::policy
