#include "harness.h"

namespace portico::schema {
namespace {

ScalarPlan plan(Schema& schema) {
  auto made = schema.compiler().scalar_plan(schema.root());
  EXPECT_TRUE(made);
  return *made;
}

TEST(ScalarPlan, TypesThroughReferencesAndBranches) {
  Schema schema(R"({"oneOf":[{"type":"integer"},{"allOf":[{"type":"string"},{"enum":["a"]}]}]})");
  EXPECT_EQ(plan(schema).types, kTypeInteger | kTypeString);
  EXPECT_EQ(schema.program().root_types(), kTypeInteger | kTypeString);
  Schema constant(R"({"enum":[true,"x"]})");
  EXPECT_EQ(plan(constant).types, kTypeBoolean | kTypeString);
  Schema nothing("{}");
  EXPECT_EQ(plan(nothing).types, kTypeAny);
}

TEST(ScalarPlan, ItemsAndProperties) {
  Schema schema(R"({"type":"object","properties":{"ids":{"type":"array","items":{"type":"integer"}},
                    "size":{"type":"number"}},"additionalProperties":{"type":"boolean"}})");
  const ScalarPlan made = plan(schema);
  EXPECT_EQ(made.types, kTypeObject);
  ASSERT_NE(made.property("ids"), nullptr);
  EXPECT_EQ(made.property("ids")->types, kTypeArray);
  ASSERT_EQ(made.property("ids")->items.size(), 1U);
  EXPECT_EQ(made.property("ids")->items[0].types, kTypeInteger);
  EXPECT_EQ(made.property("size")->types, kTypeInteger | kTypeNumber);
  ASSERT_NE(made.property("other"), nullptr);
  EXPECT_EQ(made.property("other")->types, kTypeBoolean);
}

TEST(ScalarPlan, RecursiveSchemasEnd) {
  Schema schema(R"({"type":"object","properties":{"child":{"$ref":"#"}}})");
  EXPECT_EQ(plan(schema).types, kTypeObject);
}

}  // namespace
}  // namespace portico::schema
