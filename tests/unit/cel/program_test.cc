#include "cel/program.h"

#include <gtest/gtest.h>

#include <array>

#include "cel/evaluate.h"

namespace portico::cel {
namespace {

class CelRecord : public ::testing::Test {
 protected:
  CelRecord() {
    shape_ = types_.shape("path");
    shape_->fields = {{"userId", types_.string()}, {"orderId", types_.integer()}};
    environment_.declare("path", types_.object(shape_));
    environment_.declare("token", types_.map(types_.string(), types_.dyn()));
  }

  Value run(std::string_view expression) {
    auto program = Program::compile(environment_, expression);
    EXPECT_TRUE(program) << to_string(program.error());
    programs_.push_back(std::move(*program));
    const std::array<Value, 2> fields = {string_value("u1"), Value()};
    const Record record{.shape = shape_, .values = fields.data()};
    const std::array variables = {record_value(&record), Value()};
    return evaluate(programs_.back(), variables, scratch_);
  }

  Types types_;
  Shape* shape_ = nullptr;
  Environment environment_;
  std::vector<Program> programs_;
  Scratch scratch_;
};

TEST_F(CelRecord, FieldsAreReadByIndexAndByName) {
  EXPECT_TRUE(run("path.userId == 'u1'").is_true());
  EXPECT_TRUE(run("dyn(path).userId == 'u1'").is_true());
  EXPECT_TRUE(run("path['userId'] == 'u1'").is_true());
  EXPECT_TRUE(run("has(path.userId) && !has(path.orderId)").is_true());
  EXPECT_EQ(run("path.orderId == 1").problem, Problem::kNoKey);
}

TEST_F(CelRecord, IsAMapOfWhatIsThere) {
  EXPECT_TRUE(run("size(path) == 1 && 'userId' in path && !('orderId' in path)").is_true());
  EXPECT_TRUE(run("path.all(name, name == 'userId')").is_true());
  EXPECT_TRUE(run("path == {'userId': 'u1'}").is_true());
}

TEST_F(CelRecord, VariablesThatAreNotThereAreErrors) {
  EXPECT_EQ(run("token.sub == 'x'").problem, Problem::kUnbound);
  EXPECT_TRUE(run("token.sub == 'x' || path.userId == 'u1'").is_true());
}

TEST_F(CelRecord, KnowsWhatItReads) {
  const auto program = Program::compile(environment_, "path.userId == 'x'");
  ASSERT_TRUE(program);
  EXPECT_TRUE(program->uses(0));
  EXPECT_TRUE(program->uses(0, 0));
  EXPECT_FALSE(program->uses(0, 1));
  EXPECT_FALSE(program->uses(1));
  const auto whole = Program::compile(environment_, "size(path) > 0");
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->uses(0, 1));
}

TEST_F(CelRecord, CostGrowsWithSizes) {
  const auto bounded = Program::compile(environment_, "[1, 2, 3].all(x, x > 0)");
  const auto unbounded = Program::compile(environment_, "token.list.all(x, x > 0)");
  ASSERT_TRUE(bounded && unbounded);
  EXPECT_LT(bounded->cost(), 50U);
  EXPECT_GT(unbounded->cost(), 1000U);
}

}  // namespace
}  // namespace portico::cel
