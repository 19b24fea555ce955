// Patches of single documents: where commas and white space go, what becomes of escapes, what is impossible.
#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/reader.h"
#include "repair/repairer.h"
#include "repair/values.h"

namespace portico::repair {
namespace {

class Desk {
 public:
  explicit Desk(std::string_view schema) {
    json::Document& document = documents_.add("s", "file:s");
    EXPECT_TRUE(json::read_json(schema, document)) << schema;
    schema::PlaceCompiler compiler({.documents = &documents_}, schema::Dialect::kOpenApi30, {});
    const auto added = compiler.add(*document.root);
    EXPECT_TRUE(added);
    root_ = added ? *added : schema::kAnyPlace;
    places_ = compiler.places();
  }

  Outcome repair(std::string_view text, std::span<const Redaction> redactions = {}) {
    EXPECT_EQ(parser_.parse(text, {}), json::ParseProblem::kNone) << text;
    return repairer_.repair(plan, *places_, root_, {text, parser_.tape(), parser_.marks()}, redactions, validator_, out,
                            counts);
  }
  std::string repaired(std::string_view text) {
    const Outcome outcome = repair(text);
    EXPECT_TRUE(outcome == Outcome::kRepaired || outcome == Outcome::kUnchanged);
    return outcome == Outcome::kRepaired ? out : std::string(text);
  }
  // Where a part of a string stands in the parser's buffer.
  Redaction redaction(std::string_view text, std::string_view part, std::string_view with) {
    EXPECT_EQ(parser_.parse(text, {}), json::ParseProblem::kNone);
    const auto tape = parser_.tape();
    for (std::size_t i = 1; i < tape.count; ++i) {
      if (tape.type(i) != json::tape::kString) continue;
      const auto at = tape.text(i).find(part);
      if (at == std::string_view::npos) continue;
      const std::size_t begin = tape.offset(i) + at;
      return {begin, begin + part.size(), with};
    }
    ADD_FAILURE();
    return {};
  }
  void act(std::string_view pointer, Action action) {
    PointerPattern pattern;
    EXPECT_TRUE(parse_pointer(pointer, pattern));
    pattern.action = static_cast<ActionId>(plan.actions.size());
    plan.actions.push_back(std::move(action));
    plan.pointers.push_back(std::move(pattern));
  }

  Plan plan;
  Counts counts;
  std::string out;

 private:
  json::Documents documents_;
  std::shared_ptr<const schema::Places> places_;
  schema::PlaceId root_ = 0;
  json::Parser parser_;
  Repairer repairer_;
  schema::Validator validator_;
};

constexpr std::string_view kTwo = R"({"type":"object","properties":{"a":{},"b":{}}})";

TEST(Repair, StripsWhereverAMemberStands) {
  Desk desk(kTwo);
  desk.plan.strip = true;
  EXPECT_EQ(desk.repaired(R"({"a":1,"b":2})"), R"({"a":1,"b":2})");
  EXPECT_EQ(desk.repaired(R"({"x":1,"a":1,"b":2})"), R"({"a":1,"b":2})");
  EXPECT_EQ(desk.repaired(R"({"a":1,"x":[{"b":1}],"b":2})"), R"({"a":1,"b":2})");
  EXPECT_EQ(desk.repaired(R"({"a":1,"b":2,"x":"}"})"), R"({"a":1,"b":2})");
  EXPECT_EQ(desk.repaired(R"({"x":1,"y":{},"z":[]})"), R"({})");
  EXPECT_EQ(desk.repaired(R"({"x":1,"y":{"a":1},"b":2,"z":[]})"), R"({"b":2})");
  EXPECT_EQ(desk.repaired("{ \"x\" : 1 ,\n \"a\" : 1 , \"y\" : 2 }"), "{ \n \"a\" : 1 }");
  EXPECT_EQ(desk.counts.stripped, 2U);
}

TEST(Repair, EscapedNamesAreRead) {
  Desk desk(kTwo);
  desk.plan.strip = true;
  EXPECT_EQ(desk.repaired(R"({"\u0061":1,"\u0078":2})"), R"({"\u0061":1})");
}

TEST(Repair, WriteOnlyIsStripped) {
  Desk desk(R"({"type":"object","properties":{"a":{},"p":{"type":"string","writeOnly":true}}})");
  desk.plan.strip = true;
  EXPECT_EQ(desk.repaired(R"({"p":"x","a":1})"), R"({"a":1})");
}

TEST(Repair, AClosedBranchIsFoundDespiteWhatIsUndeclared) {
  Desk desk(R"({"oneOf":[
    {"type":"object","required":["k"],"properties":{"k":{"enum":["a"]},"x":{}},"additionalProperties":false},
    {"type":"object","required":["k"],"properties":{"k":{"enum":["b"]},"y":{}},"additionalProperties":false}]})");
  desk.plan.strip = true;
  EXPECT_EQ(desk.repaired(R"({"k":"a","x":1,"y":2,"z":3})"), R"({"k":"a","x":1})");
  EXPECT_EQ(desk.repaired(R"({"k":"b","x":1,"y":2,"z":3})"), R"({"k":"b","y":2})");
}

TEST(Repair, MasksByPointer) {
  Desk desk("{}");
  desk.act("/items/*/card", {.mask = Action::Mask::kLast, .keep = 4});
  desk.act("/items/1/note", {});
  desk.act("/a~1b", {.mask = Action::Mask::kShape});
  EXPECT_EQ(
      desk.repaired(R"({"items":[{"card":"4111111111111111","note":"n"},{"card":"12","note":"n"}],"a/b":"O\"B1"})"),
      R"({"items":[{"card":"****1111","note":"n"},{"card":"****","note":"***"}],"a/b":"x\"x0"})");
  EXPECT_EQ(desk.counts.masked, 4U);
}

TEST(Repair, MasksAllBelowAContainer) {
  Desk desk("{}");
  desk.act("/p", {});
  EXPECT_EQ(desk.repaired(R"({"p":{"a":["x",1,null,true]},"q":"x"})"), R"({"p":{"a":["***",0,null,true]},"q":"x"})");
}

TEST(Repair, DropsByPointer) {
  Desk desk("{}");
  desk.act("/a/b", {.kind = Action::Kind::kDrop});
  EXPECT_EQ(desk.repaired(R"({"a":{"b":1,"c":2}})"), R"({"a":{"c":2}})");
}

TEST(Repair, AnElementCannotBeDropped) {
  Desk desk("{}");
  desk.act("/a/*", {.kind = Action::Kind::kDrop});
  EXPECT_EQ(desk.repaired(R"({"a":{"b":1}})"), R"({"a":{}})");
  EXPECT_EQ(desk.repair(R"({"a":[1]})"), Outcome::kImpossible);
}

TEST(Repair, RoundsNumbersAndTextsThatAreNumbers) {
  Desk desk("{}");
  desk.act("/d", {.kind = Action::Kind::kRound, .decimals = 1});
  EXPECT_EQ(desk.repaired(R"({"d":[1.23456,"47.3769","1.2.3",-0.04,7,1e2,0.25]})"),
            R"({"d":[1.2,"47.4","1.2.3",0,7,100,0.2]})");
}

TEST(Repair, RedactsPartsOfStrings) {
  Desk desk("{}");
  const std::string text = R"({"k":"say \"sk_1\" twice","l":2})";
  const Redaction redaction = desk.redaction(text, "sk_1", "[secret]");
  EXPECT_EQ(desk.repair(text, std::span(&redaction, 1)), Outcome::kRepaired);
  EXPECT_EQ(desk.out, R"({"k":"say \"[secret]\" twice","l":2})");
  EXPECT_EQ(desk.counts.redacted, 1U);
}

TEST(Repair, ARedactedNameIsImpossible) {
  Desk desk("{}");
  const std::string text = R"({"sk_1":2})";
  const Redaction redaction = desk.redaction(text, "sk_1", "[secret]");
  EXPECT_EQ(desk.repair(text, std::span(&redaction, 1)), Outcome::kImpossible);
}

TEST(Repair, RedactionsOfWhatIsStrippedAreDoneWithIt) {
  Desk desk(kTwo);
  desk.plan.strip = true;
  const std::string text = R"({"x":{"sk_1":2},"a":1})";
  const Redaction redaction = desk.redaction(text, "sk_1", "[secret]");
  EXPECT_EQ(desk.repair(text, std::span(&redaction, 1)), Outcome::kRepaired);
  EXPECT_EQ(desk.out, R"({"a":1})");
}

TEST(Repair, NumbersBeyondDoubleKeepTheirPlaces) {
  Desk desk(kTwo);
  desk.plan.strip = true;
  EXPECT_EQ(desk.repaired(R"({"a":123456789012345678901234567890,"x":1e400,"b":[1]})"),
            R"({"a":123456789012345678901234567890,"b":[1]})");
}

TEST(RepairValues, Numbers) {
  for (const std::string_view good : {"0", "-1", "1.5", "1e9", "0.0E-3"}) EXPECT_TRUE(is_number(good)) << good;
  for (const std::string_view bad : {"", "-", "01", "1.", ".5", "1e", "+1", "1 ", "0x1", "NaN"}) {
    EXPECT_FALSE(is_number(bad)) << bad;
  }
  const auto rounded = [](std::string_view literal, int decimals) {
    std::string out;
    EXPECT_TRUE(append_rounded(out, literal, decimals));
    return out;
  };
  EXPECT_EQ(rounded("1234", -2), "1200");
  EXPECT_EQ(rounded("1251.5", -2), "1300");
  EXPECT_EQ(rounded("0.99999", 2), "1");
  EXPECT_EQ(rounded("123456789012345678901234567890", 2), "123456789012345678901234567890");
  EXPECT_EQ(rounded("-12.5", 0), "-12");
  std::string out;
  EXPECT_FALSE(append_rounded(out, "1.5e999", 2));
}

TEST(RepairPlan, Pointers) {
  PointerPattern pattern;
  EXPECT_FALSE(parse_pointer("", pattern));
  EXPECT_FALSE(parse_pointer("a", pattern));
  EXPECT_FALSE(parse_pointer("/a~2", pattern));
  EXPECT_FALSE(parse_pointer("/a~", pattern));
  ASSERT_TRUE(parse_pointer("/a~0b/*/3/", pattern));
  ASSERT_EQ(pattern.tokens.size(), 4U);
  EXPECT_EQ(pattern.tokens[0].name, "a~b");
  EXPECT_TRUE(pattern.tokens[1].any);
  EXPECT_EQ(pattern.tokens[2].index, 3U);
  EXPECT_EQ(pattern.tokens[3].name, "");
}

}  // namespace
}  // namespace portico::repair
