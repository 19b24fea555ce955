// The sets of PORTICO_SUITES/schema-benchmark: all their documents are valid, and the engine agrees with the reference
// validator on them and on damaged copies: a value exchanged for another, a member left out, a name changed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "base/file.h"
#include "base/text.h"
#include "json/parse.h"
#include "json/reader.h"
#include "json/writer.h"
#include "reference/reference.h"
#include "schema/compile.h"
#include "schema/metaschemas.h"
#include "schema/validate.h"

namespace portico::schema {
namespace {

constexpr std::size_t kMostDocuments = 150;  // of a set: the reference is slow
constexpr std::size_t kMostBytes = 150'000;  // of a document
constexpr int kCopies = 6;

// Writes a tree, changing a few nodes by chance.
class Damage {
 public:
  explicit Damage(std::uint32_t seed) : random_(seed) {}

  std::string apply(const json::Node& node, unsigned one_in) {
    one_in_ = one_in;
    std::string out;
    json::Writer writer(out);
    write(node, writer);
    return out;
  }

 private:
  bool hit() { return random_() % one_in_ == 0; }

  void write(const json::Node& node, json::Writer& writer) {
    if (hit()) {
      constexpr std::string_view kOthers[] = {"null", "true", "-1", "0.5", "\"\"", "\"x y\"", "[]", "{}", "1e3"};
      writer.raw(kOthers[random_() % std::size(kOthers)]);
      return;
    }
    if (node.is_array()) {
      writer.begin_array();
      for (const json::Node* item : node.items()) write(*item, writer);
      writer.end_array();
    } else if (node.is_object()) {
      writer.begin_object();
      for (const auto& member : node.members()) {
        if (hit()) continue;
        writer.key(hit() ? std::string(member.key->text()) + "~" : std::string(member.key->text()));
        write(*member.value, writer);
      }
      writer.end_object();
    } else if (node.is_string()) {
      writer.string(node.text());
    } else {
      writer.raw(node.text());
    }
  }

  std::mt19937 random_;
  unsigned one_in_ = 1;
};

TEST(SchemaBenchmark, EngineAndReferenceAgree) {
  const char* suites = std::getenv("PORTICO_SUITES");
  if (suites == nullptr) GTEST_SKIP() << "PORTICO_SUITES is not set";
  json::Parser parser;
  Validator validator;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(suites) + "/schema-benchmark")) {
    const auto lines = read_file(entry.path() / "instances.jsonl");
    const auto text = read_file(entry.path() / "schema.json");
    if (!text) continue;
    json::Documents documents;
    json::Document& schema = documents.add("schema.json", "file:///schema.json");
    ASSERT_TRUE(json::read_json(*text, schema));
    const auto program = compile(*schema.root, {&documents, {}}, {.dialect = Dialect::kDraft7});
    ASSERT_TRUE(program) << entry.path() << to_string(program.error());
    reference::Validator slow(*schema.root, "file:///schema.json", {.dialect = Dialect::kDraft7},
                              [](const std::string& uri) { return meta_schema(uri); });
    std::size_t count = 0;
    std::size_t refused = 0;
    std::size_t compared = 0;
    const auto compare = [&](const std::string& instance) {
      json::Document tree;
      ASSERT_TRUE(json::read_json(instance, tree));
      ASSERT_EQ(parser.parse(instance, {.max_depth = 200}), json::ParseProblem::kNone);
      const bool accepted = validator.accepts(*program, parser.tape());
      ASSERT_EQ(validator.read(*program, parser, instance, {.max_depth = 200}).accepted(), accepted) << instance;
      ASSERT_EQ(accepted, slow.valid(*tree.root)) << entry.path() << "\n" << instance;
      ASSERT_EQ(validator.explain(*program, parser.tape()).empty(), accepted) << instance;
      refused += accepted ? 0 : 1;
      ++compared;
    };
    for (const std::string_view line : split(lines ? std::string_view(*lines) : std::string_view(), '\n')) {
      if (line.empty()) continue;
      const std::string instance(line);
      ASSERT_EQ(parser.parse(instance, {.max_depth = 200}), json::ParseProblem::kNone);
      ASSERT_TRUE(validator.accepts(*program, parser.tape())) << entry.path() << "\n" << instance;
      if (++count > kMostDocuments || line.size() > kMostBytes) continue;
      compare(instance);
      json::Document tree;
      ASSERT_TRUE(json::read_json(instance, tree));
      Damage damage(static_cast<std::uint32_t>(count));
      for (int i = 0; i < kCopies; ++i) compare(damage.apply(*tree.root, i < 3 ? 30 : 100));
    }
    std::printf("%s: %zu valid, %zu compared, %zu of them refused by both\n", entry.path().filename().c_str(), count,
                compared, refused);
  }
}

}  // namespace
}  // namespace portico::schema
