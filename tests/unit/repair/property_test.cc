// Random schemas, random documents: what the repairer patches is what the model says, parses, and is left alone by a
// second repair.
#include <gtest/gtest.h>

#include <random>

#include "json/parse.h"
#include "json/reader.h"
#include "json/writer.h"
#include "model.h"
#include "reference/reference.h"
#include "reference/render.h"
#include "repair/repairer.h"

namespace portico::repair {
namespace {

constexpr std::array kNames = {"a", "b", "c", "e\"", "\xc3\xbc", "m1", "r1", "d1", "x-1"};

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::string schema_document(int depth) {
    std::string out = R"({"$defs":{"P":)" + schema(depth - 1) + R"(,"Q":)" + schema(depth - 1) + "},";
    const std::string root = schema(depth);
    return out + root.substr(1);
  }

  std::string instance(int depth) {
    switch (below(depth > 0 ? 8 : 4)) {
      case 0: return R"("\u0041 12.3456")";
      case 1: return "\"7.125\"";
      case 2: return std::to_string(below(100)) + "." + std::to_string(below(100000));
      case 3: return below(2) == 0 ? "true" : "null";
      case 4: {
        std::string out = "[" + space();
        const int count = below(4);
        for (int i = 0; i < count; ++i) out += (i > 0 ? "," : "") + space() + instance(depth - 1) + space();
        return out + "]";
      }
      default: {
        std::string out = "{" + space();
        bool first = true;
        for (const char* name : kNames) {
          if (below(2) == 0) continue;
          if (!first) out += space() + ",";
          first = false;
          out += space();
          json::append_string(out, name);
          out += space() + ":" + space() + instance(depth - 1);
        }
        return out + space() + "}";
      }
    }
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint32_t>(limit)); }
  std::string space() { return below(3) == 0 ? " \n" : ""; }

  std::string properties(int depth) {
    std::string out = R"("properties":{)";
    bool first = true;
    for (const char* name : kNames) {
      if (below(3) == 0) continue;
      if (!first) out += ',';
      first = false;
      json::append_string(out, name);
      out += ':' + schema(depth - 1);
    }
    return out + '}';
  }

  // Always an object with at least one keyword.
  std::string schema(int depth) {
    std::string out = R"({"title":"t")";
    if (depth <= 0) return out + leaf();
    const auto list = [&](const char* word) {
      out += std::string(",\"") + word + "\":[" + schema(depth - 1) + "," + schema(depth - 1) + "]";
    };
    if (below(3) > 0) out += "," + properties(depth);
    if (below(4) == 0) out += R"(,"additionalProperties":)" + std::string(below(2) == 0 ? "false" : schema(depth - 1));
    if (below(6) == 0) out += R"(,"patternProperties":{"^x-":)" + schema(depth - 1) + "}";
    if (below(6) == 0) out += R"(,"required":["c"])";
    if (below(4) == 0) list("allOf");
    if (below(5) == 0) list("anyOf");
    if (below(5) == 0) list("oneOf");
    if (below(7) == 0) {
      out += R"(,"if":)" + schema(depth - 1) + R"(,"then":)" + schema(depth - 1) + R"(,"else":)" + schema(depth - 1);
    }
    if (below(7) == 0) out += R"(,"dependentSchemas":{"a":)" + schema(depth - 1) + "}";
    if (below(3) == 0) out += R"(,"items":)" + schema(depth - 1);
    if (below(7) == 0) out += R"(,"prefixItems":[)" + schema(depth - 1) + "]";
    return out + '}';
  }

  std::string leaf() {
    switch (below(6)) {
      case 0: return R"(,"type":"string"})";
      case 1: return R"(,"type":["number","object"]})";
      case 2: return R"(,"writeOnly":true})";
      case 3: return below(2) == 0 ? R"(,"$ref":"#/$defs/P"})" : R"(,"$ref":"#/$defs/Q"})";
      default: return "}";
    }
  }

  std::mt19937 random_;
};

Plan make_plan(std::uint32_t seed) {
  Plan plan;
  plan.strip = seed % 3 != 0;
  plan.label_of = &label_of_name;
  plan.actions = {{.kind = Action::Kind::kMask, .mask = Action::Mask::kShape},
                  {.kind = Action::Kind::kRound, .decimals = 1},
                  {.kind = Action::Kind::kDrop},
                  {.kind = Action::Kind::kMask, .mask = Action::Mask::kLast, .keep = 2}};
  if (seed % 2 == 0) plan.by_label[1] = 0;
  plan.by_label[2] = 1;
  plan.by_label[3] = 2;
  PointerPattern pattern;
  EXPECT_TRUE(parse_pointer("/a/*/b", pattern));
  pattern.action = 3;
  plan.pointers.push_back(pattern);
  return plan;
}

std::string compact(std::string_view text) {
  json::Documents documents;
  json::Document& document = documents.add("d", "file:d");
  const auto read = json::read_json(text, document);
  EXPECT_TRUE(read) << text;
  return read ? reference::to_json(*document.root) : std::string();
}

class Repair {
 public:
  // The patched text, or nothing where it is impossible.
  std::string operator()(const Plan& plan, const schema::Places& places, schema::PlaceId root,
                         const std::string& text) {
    EXPECT_EQ(parser_.parse(text, {}), json::ParseProblem::kNone) << text;
    std::string out;
    Counts counts;
    switch (
        repairer_.repair(plan, places, root, {text, parser_.tape(), parser_.marks()}, {}, validator_, out, counts)) {
      case Outcome::kUnchanged: return text;
      case Outcome::kRepaired: return out;
      case Outcome::kImpossible: ADD_FAILURE() << text; return {};
      case Outcome::kTooComplex: return {};
    }
    return {};
  }

 private:
  json::Parser parser_;
  Repairer repairer_;
  schema::Validator validator_;
};

// Some generated schemas refer to themselves in a circle, and so mean nothing.
bool add_place(schema::PlaceCompiler& compiler, const json::Node& schema, schema::PlaceId& place) {
  const auto added = compiler.add(schema);
  if (added) place = *added;
  return added.has_value();
}

TEST(RepairProperty, EqualsTheModel) {
  Repair repair;
  int compared = 0;
  int changed = 0;
  int too_complex = 0;
  std::string smallest;  // of the cases that differ
  for (std::uint32_t seed = 1; seed <= 1500; ++seed) {
    Generator generator(seed);
    const std::string schema_text = generator.schema_document(1 + static_cast<int>(seed % 3));
    json::Documents documents;
    json::Document& document = documents.add("s", "file:s");
    ASSERT_TRUE(json::read_json(schema_text, document)) << schema_text;
    schema::PlaceCompiler compiler(
        {.documents = &documents}, schema::Dialect::kJsonSchema202012,
        [](std::string_view name, const json::Node&, std::string_view) { return label_of_name(name); });
    schema::PlaceId place = 0;
    if (!add_place(compiler, *document.root, place)) continue;
    const Plan plan = make_plan(seed);
    for (int i = 0; i < 4; ++i) {
      const std::string text = generator.instance(2 + static_cast<int>(seed % 3));
      json::Document& instance = documents.add("i", "file:i");
      ASSERT_TRUE(json::read_json(text, instance));
      std::string wanted;
      try {
        wanted = Model(*document.root, plan).repaired(*instance.root);
      } catch (const reference::Unanswerable&) {
        continue;  // a choice that refers to itself for the same value
      }
      const std::string patched = repair(plan, *compiler.places(), place, text);
      too_complex += patched.empty();
      if (patched.empty()) continue;
      if (compact(patched) != compact(wanted)) {
        const std::string report = "schema " + schema_text + "\ntext " + compact(text) + "\nrepaired " +
                                   compact(patched) + "\nwanted " + compact(wanted);
        if (smallest.empty() || report.size() < smallest.size()) smallest = report;
      }
      ++compared;
      changed += patched != text;
    }
  }
  EXPECT_EQ(smallest, "");
  EXPECT_GT(compared, 4000);
  EXPECT_GT(changed, 1000);
  EXPECT_LT(too_complex, 10);
}

}  // namespace
}  // namespace portico::repair
