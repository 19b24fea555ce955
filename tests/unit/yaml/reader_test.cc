#include "yaml/reader.h"

#include <gtest/gtest.h>

#include <string>

#include "json/writer.h"

namespace portico::yaml {
namespace {

using json::Kind;
using json::Node;

// The tree as JSON; small documents only.
void append(json::Writer& writer, const Node& node) {
  switch (node.kind()) {
    case Kind::kString: writer.string(node.text()); return;
    case Kind::kArray:
      writer.begin_array();
      for (const Node* item : node.items()) append(writer, *item);
      writer.end_array();
      return;
    case Kind::kObject:
      writer.begin_object();
      for (const auto& [key, value] : node.members()) {
        writer.key(key->text());
        append(writer, *value);
      }
      writer.end_object();
      return;
    default: writer.raw(node.text());
  }
}

class Reading {
 public:
  explicit Reading(std::string_view text, json::ReadBudget budget = {}) : document_(documents_.add("a.yaml", "")) {
    const auto read = read_yaml(text, document_, budget);
    if (!read) error_ = to_string(read.error());
  }
  const Node& root() const { return *document_.root; }
  bool fine() const { return document_.root != nullptr; }
  const std::string& error() const { return error_; }
  std::string json() const {
    if (!fine()) return error_;
    std::string out;
    json::Writer writer(out);
    append(writer, root());
    return out;
  }

 private:
  json::Documents documents_;
  json::Document& document_;
  std::string error_;
};

struct Meaning {
  std::string_view yaml;
  std::string_view json;
};

TEST(YamlReader, ResolvesPlainScalarsByTheCoreSchema) {
  const Meaning meanings[] = {
      {"[null, Null, NULL, ~, ]", "[null,null,null,null]"},
      {"[true, True, TRUE, false, False, FALSE]", "[true,true,true,false,false,false]"},
      // YAML 1.1 had more of them.
      {"[yes, no, on, off, y, n, nULL, tRUE]", R"(["yes","no","on","off","y","n","nULL","tRUE"])"},
      {"[0, -1, +2, 007, -007, 0o17, 0x1F, 0xff]", "[0,-1,2,7,-7,15,31,255]"},
      {"[1_000, 0b11, 0o8, 0xg, 190:20:30, 0x, 0o, -0x1]",
       R"(["1_000","0b11","0o8","0xg","190:20:30","0x","0o","-0x1"])"},
      {"[1.5, .5, -.5, 5., +1e3, 1E-2, 01.50]", "[1.5,0.5,-0.5,5.0,1e3,1E-2,1.50]"},
      {"[., +, -, e3, 1e, 1e+, .e1, 1.2.3]", R"([".","+","-","e3","1e","1e+",".e1","1.2.3"])"},
      {"[.inf, -.INF, .nan, 2024-01-01, 12:30]", R"([".inf","-.INF",".nan","2024-01-01","12:30"])"},
      {"[0xFFFFFFFFFFFFFFFF, 0x10000000000000000]", R"([18446744073709551615,"0x10000000000000000"])"},
      {"[123456789012345678901234567890]", "[123456789012345678901234567890]"},
      {"['1', \"true\", 'null', \"\"]", R"(["1","true","null",""])"},
      {"a:\nb: ''", R"({"a":null,"b":""})"},
      {"a: |\n  1\n  2\nb: >-\n  true", R"({"a":"1\n2\n","b":"true"})"},
      {"just text", R"("just text")"},
      {"a: \"\\x41\\u00e9\\U0001F600\\0\"", "{\"a\":\"A\xC3\xA9\xF0\x9F\x98\x80\\u0000\"}"},
  };
  for (const auto& [yaml, json] : meanings) EXPECT_EQ(Reading(yaml).json(), json) << yaml;
}

TEST(YamlReader, TakesKeysAsStrings) {
  EXPECT_EQ(Reading("200: a\ntrue: b\nnull: c\n1.0: d\n? e\n: f\n\"\": g").json(),
            R"({"200":"a","true":"b","null":"c","1.0":"d","e":"f","":"g"})");
  EXPECT_NE(Reading("200: a\n\"200\": b").error().find("a.yaml:2:1: duplicate key \"200\", first at line 1, column 1"),
            std::string::npos);
  EXPECT_NE(Reading("[a]: b").error().find("a key that is a sequence or a mapping"), std::string::npos);
  EXPECT_NE(Reading("? {a: b}\n: c").error().find("a key that is a sequence or a mapping"), std::string::npos);
}

TEST(YamlReader, HonoursTagsOfTheCoreSchema) {
  EXPECT_EQ(Reading("[!!str 1, !!int '2', !!float 3, !!bool \"true\", !!null '', ! 4, !!seq [], !!map {}]").json(),
            R"(["1",2,3,true,null,"4",[],{}])");
  EXPECT_EQ(Reading("[!!binary aGk=, !!timestamp 2024-01-01]").json(), R"(["aGk=","2024-01-01"])");
  EXPECT_NE(Reading("a: !Ref b").error().find("a.yaml:1:4: the tag \"!Ref\" has no meaning here"), std::string::npos);
  EXPECT_NE(Reading("!!set {a}").error().find("has no meaning here"), std::string::npos);
  EXPECT_NE(Reading("!!int 1.5").error().find("is not of its tag"), std::string::npos);
  EXPECT_NE(Reading("!!bool yes").error().find("is not of its tag"), std::string::npos);
  EXPECT_NE(Reading("!!map []").error().find("has no meaning here"), std::string::npos);
}

TEST(YamlReader, SharesAnchoredNodes) {
  const Reading reading("a: &x {k: [1]}\nb: *x\nc: [*x, *x]\nd: &s text\n*s : *s");
  ASSERT_TRUE(reading.fine()) << reading.error();
  EXPECT_EQ(reading.root().find("a"), reading.root().find("b"));
  EXPECT_EQ(reading.root().find("c")->items()[1], reading.root().find("a"));
  EXPECT_EQ(reading.root().find("text")->text(), "text");
  EXPECT_EQ(Reading("[&a 1, *a, &a 2, *a]").json(), "[1,1,2,2]");
  EXPECT_EQ(Reading("[&a [&a 1, *a], *a]").json(), "[[1,1],1]");
}

TEST(YamlReader, RefusesAliasesThatLeadNowhereOrBack) {
  EXPECT_NE(Reading("[*a, &a 1]").error().find("a.yaml:1:2: no anchor \"&a\" before its alias"), std::string::npos);
  EXPECT_NE(Reading("&a [*a]").error().find("a.yaml:1:5: the alias \"*a\" stands inside of itself"), std::string::npos);
  EXPECT_NE(Reading("[&a 1, &a {b: *a}]").error().find("stands inside of itself"), std::string::npos);
}

TEST(YamlReader, MergesMappings) {
  EXPECT_EQ(Reading("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}").json(), R"({"a":{"x":1,"y":2},"b":{"y":3,"x":1}})");
  EXPECT_EQ(Reading("a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc: {<<: [*a, *b], w: 4}").json(),
            R"({"a":{"x":1},"b":{"x":2,"z":3},"c":{"w":4,"x":1,"z":3}})");
  EXPECT_EQ(Reading("{<<: {x: 1}, \"k\": 2}").json(), R"({"k":2,"x":1})");
  EXPECT_EQ(Reading("{\"<<\": {x: 1}}").json(), R"({"<<":{"x":1}})");
  EXPECT_NE(Reading("{<<: 1}").error().find("needs a mapping"), std::string::npos);
  EXPECT_NE(Reading("{<<: [{a: 1}, 2]}").error().find("needs a mapping"), std::string::npos);
  EXPECT_NE(Reading("{<<: {a: 1}, <<: {b: 2}}").error().find("duplicate key \"<<\""), std::string::npos);
}

TEST(YamlReader, CountsWhatAliasesStandFor) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i == 0 ? "*" : ", *") + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  EXPECT_NE(Reading(bomb).error().find("more nodes than max_nodes"), std::string::npos);
  std::string merges = "a0: &a0 {x: 1}\n";
  for (int i = 1; i < 100; ++i) {
    const auto before = std::to_string(i - 1);
    merges += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {<<: [*a" + before + ", *a" + before + "]}\n";
  }
  EXPECT_NE(Reading(merges).error().find("more nodes than max_nodes"), std::string::npos);
  const Reading deep("a: &a [[[]]]\nb: &b [[*a]]\nc: [[*b]]", {.max_depth = 7});
  EXPECT_NE(deep.error().find("nested deeper than 7 levels by an alias"), std::string::npos) << deep.error();
  EXPECT_TRUE(Reading("a: &a [[[]]]\nb: &b [[*a]]\nc: [[*b]]", {.max_depth = 8}).fine());
}

TEST(YamlReader, RefusesWithPlaceAndReason) {
  using namespace std::string_view_literals;
  const Meaning refusals[] = {
      {"", "the document is empty"},
      {"# only a comment\n", "the document is empty"},
      {"a: 1\n---\nb: 2", "a.yaml:2:1: a second document in the same file"},
      {"a: 1\n...\n---\nb: 2", "a second document"},
      {"a: 1\nb: 2\na: 3", "a.yaml:3:1: duplicate key \"a\", first at line 1, column 1"},
      {"a: [1, 2",
       "a.yaml:2:1: not well-formed YAML: did not find expected ',' or ']' while parsing a flow sequence from line 1 "
       "on"},
      {"a:\n\tb: 1", "tabs cannot indent"},
      {"a: b: c", "a.yaml:1:5: not well-formed YAML: mapping values are not allowed"},
      {"\xFF\xFE"
       "a\0"sv,
       "encoded as UTF-16"},
      {"a: \xC3\x28", "a.yaml:1:5: not well-formed YAML"},
      {"a: \x01", "not well-formed YAML: control characters are not allowed"},
      {"a: \"\\q\"", "not well-formed YAML: found unknown escape character"},
  };
  for (const auto& [yaml, error] : refusals) {
    const Reading reading(yaml);
    EXPECT_FALSE(reading.fine()) << yaml;
    EXPECT_NE(reading.error().find(error), std::string::npos) << yaml << "\n" << reading.error();
  }
}

TEST(YamlReader, CountsColumnsInBytes) {
  const Reading reading("\xEF\xBB\xBF\xC3\xA9\xC3\xA9: [\xF0\x9F\x98\x80, x]\nplain: y");
  ASSERT_TRUE(reading.fine()) << reading.error();
  EXPECT_EQ(reading.root().members()[0].value->items()[1]->column(), 14U);
  EXPECT_EQ(reading.root().members()[1].value->column(), 8U);
  EXPECT_EQ(reading.root().members()[1].key->line(), 2U);
}

TEST(YamlReader, BoundsDirectives) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "%TAG !t" + std::to_string(i) + "! tag:x\n";
  EXPECT_NE(Reading(text + "--- a").error().find("more than 64 directives"), std::string::npos);
  EXPECT_EQ(Reading("%YAML 1.2\n---\non: 1").json(), R"({"on":1})");
}

TEST(YamlReadDocument, TellsJsonFromYaml) {
  json::Documents documents;
  // JSON allows what YAML does not, and the other way round.
  EXPECT_TRUE(read_document("{\"a\":\t1}", documents.add("a.json", "")));
  EXPECT_TRUE(read_document("{a: 1, b: [x,],}", documents.add("a.yaml", "")));
  EXPECT_TRUE(read_document("a: 1", documents.add("a.json", "")));
  const auto as_json = read_document("{\"a\": 1,}x", documents.add("a.json", ""));
  ASSERT_FALSE(as_json);
  EXPECT_NE(as_json.error().message.find("JSON"), std::string::npos);
  const auto as_yaml = read_document("{\"a\": 1", documents.add("a.yaml", ""));
  ASSERT_FALSE(as_yaml);
  EXPECT_NE(as_yaml.error().message.find("YAML"), std::string::npos);
}

}  // namespace
}  // namespace portico::yaml
