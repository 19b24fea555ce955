// Hostile schemas and instances: a clear answer, in little time.
#include <algorithm>
#include <chrono>

#include "harness.h"

namespace portico::schema {
namespace {

const CompileOptions kModern{.dialect = Dialect::kJsonSchema202012};

class Clock {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

TEST(Limits, SelfReferencesAreErrorsWithAPlace) {
  for (const char* text : {R"({"$ref":"#"})", R"({"allOf":[{"$ref":"#"}]})",
                           R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})"}) {
    Schema schema(text, kModern);
    ASSERT_FALSE(schema.compiles()) << text;
    EXPECT_EQ(schema.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(schema.error().place.line, 1U);
  }
}

TEST(Limits, KeywordsOfTheWrongShapeCloseNothing) {
  Schema schema(R"({"type":"number","properties":["a"]})",
                {.dialect = Dialect::kJsonSchema202012, .additional = Additional::kClosed});
  EXPECT_TRUE(schema.accepts("1"));
  EXPECT_FALSE(schema.accepts(R"({"a":1})"));
}

TEST(Limits, BrokenReferencesAreErrors) {
  for (const char* text : {R"({"$ref":"#/nowhere"})", R"({"$ref":"#anchor"})", R"({"$ref":"http://example.com/x"})",
                           R"({"$ref":1})", R"({"$ref":"#/%zz"})", R"({"properties":{"a":5}})"}) {
    EXPECT_FALSE(Schema(text, kModern).compiles()) << text;
  }
}

TEST(Limits, AnErrorLeavesEarlierProgramsIntact) {
  json::Documents documents;
  json::Document& document = documents.add("s", "file:///s");
  ASSERT_TRUE(json::read_json(R"({"$defs":{"good":{"type":"string"},"bad":{"items":{"$ref":"#/x"}},
                                  "both":{"properties":{"g":{"$ref":"#/$defs/good"}}}}})",
                              document));
  Compiler compiler({&documents, {}}, kModern);
  const json::Node& defs = *document.root->find("$defs");
  const auto good = compiler.compile(*defs.find("good"));
  ASSERT_FALSE(compiler.compile(*defs.find("bad")));
  ASSERT_FALSE(compiler.compile(*defs.find("bad")));
  const auto both = compiler.compile(*defs.find("both"));
  ASSERT_TRUE(good && both);
  json::Parser parser;
  Validator validator;
  ASSERT_EQ(parser.parse(R"({"g":1})", {}), json::ParseProblem::kNone);
  EXPECT_FALSE(validator.accepts(*both, parser.tape()));
  EXPECT_FALSE(validator.accepts(*good, parser.tape()));
}

TEST(Limits, LongReferenceChains) {
  const Clock clock;
  std::string text = R"({"$ref":"#/$defs/0","$defs":{)";
  constexpr int kLength = 20'000;
  for (int i = 0; i < kLength; ++i) {
    text += "\"" + std::to_string(i) + "\":{\"$ref\":\"#/$defs/" + std::to_string(i + 1) + "\"},";
  }
  text += "\"" + std::to_string(kLength) + "\":{\"type\":\"string\"}}}";
  Schema schema(text, kModern);
  EXPECT_TRUE(schema.accepts(R"("x")"));
  EXPECT_FALSE(schema.accepts("1"));
  EXPECT_LT(clock.seconds(), 2.0);
}

TEST(Limits, ExponentialBranchesRunOutOfSteps) {
  // Each level tries both branches, which are the same: 2^depth ways to fail.
  Schema schema(R"({"$defs":{"n":{"anyOf":[{"properties":{"c":{"$ref":"#/$defs/n"}},"required":["c"]},
                                          {"properties":{"c":{"$ref":"#/$defs/n"}},"required":["c"]}]}},
                    "$ref":"#/$defs/n"})",
                kModern);
  std::string instance;
  for (int i = 0; i < 60; ++i) instance += R"({"c":)";
  instance += "1" + std::string(60, '}');
  const Clock clock;
  // A number is no object: it matches.
  EXPECT_EQ(schema.check(instance), Outcome::kAccepted);
  instance.replace(instance.find('1'), 1, "{}");
  EXPECT_EQ(schema.check(instance), Outcome::kTooComplex);
  EXPECT_EQ(schema.explain(instance).size(), 1U);
  EXPECT_LT(clock.seconds(), 2.0);
}

TEST(Limits, RecursionInPlaceThroughBranchesIsCut) {
  Schema schema(R"({"anyOf":[{"type":"string"},{"$ref":"#"}]})", kModern);
  ASSERT_TRUE(schema.compiles());
  EXPECT_TRUE(schema.accepts(R"("x")"));
  EXPECT_EQ(schema.check("1"), Outcome::kTooComplex);
}

TEST(Limits, DeepInstancesNeedNoRecursion) {
  Schema schema(R"({"items":{"$ref":"#"},"additionalProperties":{"$ref":"#"},"not":{"type":"string"}})", kModern);
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  EXPECT_TRUE(schema.accepts(deep));
  EXPECT_FALSE(schema.accepts(std::string(1000, '[') + "\"\"" + std::string(1000, ']')));
}

TEST(Limits, ManyBranchesAndManyRequired) {
  std::string branches;
  std::string required;
  std::string instance;
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    branches += (i == 0 ? "" : ",") + std::string(R"({"properties":{"k":{"const":"v)") + n + R"("}},"required":["k"]})";
    required += (i == 0 ? "\"" : ",\"") + n + "\"";
    instance += (i == 0 ? "\"" : ",\"") + n + "\":1";
  }
  Schema one("{\"oneOf\":[" + branches + "]}", kModern);
  EXPECT_TRUE(one.accepts(R"({"k":"v299"})"));
  EXPECT_FALSE(one.accepts(R"({"k":"v300"})"));
  Schema many("{\"required\":[" + required + "]}", kModern);
  EXPECT_TRUE(many.accepts("{" + instance + "}"));
  EXPECT_FALSE(many.accepts("{" + instance.substr(instance.find(',') + 1) + "}"));
  EXPECT_EQ(many.explain("{" + instance.substr(0, instance.rfind(',')) + "}").at(0),
            " | required | lacks the required property \"299\"");
}

TEST(Limits, UniqueItemsIsNotQuadratic) {
  std::string instance = "[";
  for (int i = 0; i < 200'000; ++i) instance += (i == 0 ? "" : ",") + std::to_string(i);
  instance += "]";
  Schema schema(R"({"uniqueItems":true})", kModern);
  const Clock clock;
  EXPECT_TRUE(schema.accepts(instance));
  EXPECT_LT(clock.seconds(), 2.0);
}

TEST(Limits, NotesAreGivenOnce) {
  Schema schema(R"({"items":{"format":"no-such","pattern":"(a)\\1"},"format":"no-such","pattern":"(?<=(a"})", kModern);
  ASSERT_TRUE(schema.compiles());
  std::vector<Note::Kind> kinds;
  for (const Note& note : schema.compiler().notes()) kinds.push_back(note.kind);
  std::ranges::sort(kinds);
  EXPECT_EQ(kinds,
            (std::vector{Note::Kind::kUnknownFormat, Note::Kind::kBacktrackingRegex, Note::Kind::kRefusedRegex}));
  // What a refused pattern would test is refused.
  EXPECT_FALSE(schema.accepts(R"("a")"));
  EXPECT_TRUE(schema.accepts("1"));
}

}  // namespace
}  // namespace portico::schema
