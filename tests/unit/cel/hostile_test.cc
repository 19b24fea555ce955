// Expressions that nobody writes: they end in an error, in time, and without deep recursion.
#include <gtest/gtest.h>

#include <string>

#include "cel/evaluate.h"
#include "json/parse.h"

namespace portico::cel {
namespace {

std::string repeated(std::string_view part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

TEST(CelHostile, NestingIsRefusedWhereverItIs) {
  const Environment environment;
  const Options roomy{.syntax = {.bytes = 10'000'000, .nodes = 10'000'000}};
  for (const std::string_view open :
       {"(", "[", "{1:", "size(", "!", "-", "true?", "1+(", "[1].all(x,", "a[", "{'a':"}) {
    const auto program = Program::compile(environment, repeated(open, 100'000), roomy);
    ASSERT_FALSE(program) << open;
  }
  for (const std::string_view chain : {".a", "[0]", ".size()", "+1", "==1", " in a"}) {
    const auto program = Program::compile(environment, "a" + repeated(chain, 100'000), roomy);
    ASSERT_FALSE(program) << chain;
    EXPECT_EQ(program.error().code, ErrorCode::kLimit) << chain;
  }
}

TEST(CelHostile, LongChainsOfLogicAreFlat) {
  const Environment environment;
  const auto program = Program::compile(environment, "false" + repeated(" || false", 1000) + " || true");
  ASSERT_TRUE(program) << to_string(program.error());
  Scratch scratch;
  EXPECT_TRUE(evaluate(*program, {}, scratch).is_true());
}

TEST(CelHostile, SizesAreRefused) {
  const Environment environment;
  EXPECT_FALSE(Program::compile(environment, "'" + std::string(20'000, 'x') + "'"));
  EXPECT_FALSE(Program::compile(environment, "[" + repeated("1,", 9000) + "1] == []"));
  EXPECT_FALSE(Program::compile(environment, std::string("'a\0b", 4)));
  EXPECT_FALSE(Program::compile(environment, "'\xff'"));
  EXPECT_FALSE(Program::compile(environment, std::string(1, '\0')));
}

class CelData : public ::testing::Test {
 protected:
  Value run(std::string_view expression, std::string_view json, std::uint64_t max_steps = kMaxSteps) {
    environment_.declare("x", Types::dyn());
    auto program = Program::compile(environment_, expression);
    EXPECT_TRUE(program) << to_string(program.error());
    programs_.push_back(std::move(*program));
    json::Strictness strictness;
    strictness.max_depth = 1000;
    EXPECT_EQ(parser_.parse(json, strictness), json::ParseProblem::kNone);
    tape_ = parser_.tape();
    const Value value = tape_value(tape_, json::TapeView::kFirst);
    return evaluate(programs_.back(), {&value, 1}, scratch_, max_steps);
  }

  Environment environment_;
  std::vector<Program> programs_;
  json::Parser parser_;
  json::TapeView tape_;
  Scratch scratch_;
};

TEST_F(CelData, DeepDocumentsAreCompared) {
  const std::string deep = repeated("[", 900) + repeated("]", 900);
  EXPECT_TRUE(run("x == x", deep).is_true());
}

TEST_F(CelData, WideDocumentsEndInTheBudget) {
  const std::string wide = "[" + repeated("1,", 5000) + "1]";
  EXPECT_EQ(run("x.all(a, x.all(b, a == b))", wide).problem, Problem::kBudget);
  EXPECT_EQ(run("x.exists(a, (a + 1) in x) || true", wide).problem, Problem::kBudget);
}

TEST_F(CelData, MemoryEnds) {
  const std::string large = "\"" + std::string(300'000, 'a') + "\"";
  EXPECT_EQ(run("size(x + x + x + x + x) > 0", large).problem, Problem::kMemory);
  EXPECT_EQ(run("x.replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaa') == ''", large).problem, Problem::kMemory);
  EXPECT_LE(scratch_.footprint(), std::size_t{3} << 20);
}

TEST_F(CelData, ConditionsGiveTheirMemoryBack) {
  const std::string wide = "[" + repeated("1,", 400) + "1]";
  EXPECT_TRUE(run("x.all(a, x.filter(b, b == a).size() == 401)", wide).is_true());
  EXPECT_LE(scratch_.footprint(), std::size_t{64} << 10);
}

TEST_F(CelData, SearchingTakesLinearTime) {
  const std::string large = "[\"" + std::string(400'000, 'a') + "\", \"" + std::string(200'000, 'a') + "b\"]";
  EXPECT_TRUE(run("x[0].contains(x[1])", large).is_false());
  EXPECT_EQ(run("x[0].lastIndexOf(x[1])", large).problem, Problem::kBudget);
}

TEST_F(CelData, NothingIsAllocatedOnceScratchHasGrown) {
  const std::string json = R"({"a":["x","y","z"],"b":"text"})";
  (void)run("x.a.map(v, v + x.b).join(',').upperAscii() == 'XTEXT,YTEXT,ZTEXT'", json);
  const std::size_t footprint = scratch_.footprint();
  const Value value = tape_value(tape_, json::TapeView::kFirst);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(evaluate(programs_.back(), {&value, 1}, scratch_).is_true());
  EXPECT_EQ(scratch_.footprint(), footprint);
}

}  // namespace
}  // namespace portico::cel
