// JSON-Schema-Test-Suite against the engine and against the reference validator. PORTICO_SUITES names the folder that
// holds json-schema-test-suite/{tests,remotes}. Required tests must all pass; of the optional ones, those below are
// decided otherwise, and every other must pass.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "base/file.h"
#include "json/parse.h"
#include "json/reader.h"
#include "reference/reference.h"
#include "reference/render.h"
#include "schema/compile.h"
#include "schema/metaschemas.h"
#include "schema/validate.h"

namespace portico::schema {
namespace {

namespace fs = std::filesystem;

// Optional tests that are answered otherwise on purpose: "file: group: test".
const std::set<std::string> kDecided = {};

std::string suite_folder() {
  const char* suites = std::getenv("PORTICO_SUITES");
  return suites == nullptr ? "" : std::string(suites) + "/json-schema-test-suite";
}

struct Count {
  std::size_t run = 0;
  std::size_t passed = 0;
};

class Suite : public testing::Test {
 protected:
  void SetUp() override {
    if (suite_folder().empty()) GTEST_SKIP() << "PORTICO_SUITES is not set";
  }

  const json::Node* load(std::string_view uri) {
    constexpr std::string_view kPrefix = "http://localhost:1234/";
    if (const json::Node* known = meta_schema(uri)) return known;
    if (!uri.starts_with(kPrefix)) return nullptr;
    return read(suite_folder() + "/remotes/" + std::string(uri.substr(kPrefix.size())), std::string(uri));
  }

  const json::Node* read(const std::string& path, const std::string& uri) {
    if (const json::Document* known = documents_.find(uri)) return known->root;
    const auto text = read_file(path);
    if (!text) return nullptr;
    json::Document& document = documents_.add(path, uri);
    json::ReadBudget budget;
    const auto status = json::read_json(*text, document, budget);
    EXPECT_TRUE(status) << path;
    return document.root;
  }

  void run_file(const fs::path& path, Dialect dialect, Formats formats, bool required, Count& count) {
    const json::Node* groups = read(path.string(), "file://" + path.string());
    ASSERT_NE(groups, nullptr) << path;
    for (const json::Node* group : groups->items()) run_group(path, *group, dialect, formats, required, count);
  }

  void run_group(const fs::path& path, const json::Node& group, Dialect dialect, Formats formats, bool required,
                 Count& count) {
    const json::Node& schema = *group.find("schema");
    const std::string uri = "urn:suite:" + std::to_string(groups_++);
    documents_.add(path.string(), uri).root = &schema;
    const Environment environment{&documents_, [this](std::string_view wanted) -> Result<const json::Node*> {
                                    const json::Node* found = load(wanted);
                                    if (found == nullptr) return failure(ErrorCode::kNotFound, "no such document");
                                    return found;
                                  }};
    Compiler compiler(environment, {.dialect = dialect, .formats = formats, .content = !required});
    const auto program = compiler.compile(schema);
    reference::Validator slow(schema, uri, {.dialect = dialect, .formats = formats},
                              [this](const std::string& wanted) { return load(wanted); });
    for (const json::Node* test : group.find("tests")->items()) {
      const std::string name = path.filename().string() + ": " + std::string(group.text_of("description")) + ": " +
                               std::string(test->text_of("description"));
      ++count.run;
      const bool expected = test->find("valid")->is_true();
      const bool decided = kDecided.contains(name);
      if (!program) {
        ADD_FAILURE() << name << ": " << to_string(program.error());
        continue;
      }
      const std::string text = reference::to_json(*test->find("data"));
      const json::Strictness lenient{.reject_duplicate_keys = false, .reject_nul = false, .max_depth = 1000};
      ASSERT_EQ(parser_.parse(text, lenient), json::ParseProblem::kNone) << text;
      const bool accepted = validator_.accepts(*program, parser_.tape());
      EXPECT_EQ(validator_.read(*program, parser_, text, lenient).accepted(), accepted) << name;
      if (accepted == expected) ++count.passed;
      if (decided) continue;
      EXPECT_EQ(accepted, expected) << name << "\n" << text;
      EXPECT_EQ(validator_.explain(*program, parser_.tape()).empty(), accepted) << name;
      try {
        // The reference says nothing of content, which only optional tests ask for.
        if (path.filename() != "content.json") {
          EXPECT_EQ(slow.valid(*test->find("data")), expected) << "reference: " << name;
        }
      } catch (const reference::Unanswerable& problem) {
        ADD_FAILURE() << "reference: " << name << ": " << problem.why;
      }
    }
  }

  void run_folder(const std::string& folder, Dialect dialect, Formats formats, bool required) {
    Count all;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(suite_folder() + "/tests/" + folder)) {
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const auto& file : files) {
      Count count;
      run_file(file, dialect, formats, required, count);
      if (count.passed != count.run)
        std::printf("  %s: %zu of %zu\n", file.filename().c_str(), count.passed, count.run);
      all.run += count.run;
      all.passed += count.passed;
    }
    std::printf("%s: %zu of %zu\n", folder.c_str(), all.passed, all.run);
    EXPECT_GT(all.run, 0U);
  }

  json::Documents documents_;
  json::Parser parser_;
  Validator validator_;
  std::size_t groups_ = 0;
};

TEST_F(Suite, Draft4Required) { run_folder("draft4", Dialect::kDraft4, Formats::kAnnotate, true); }
TEST_F(Suite, Draft202012Required) {
  run_folder("draft2020-12", Dialect::kJsonSchema202012, Formats::kByVocabulary, true);
}
TEST_F(Suite, Draft4Optional) { run_folder("draft4/optional", Dialect::kDraft4, Formats::kAnnotate, false); }
TEST_F(Suite, Draft202012Optional) {
  run_folder("draft2020-12/optional", Dialect::kJsonSchema202012, Formats::kByVocabulary, false);
}
TEST_F(Suite, Draft4Formats) { run_folder("draft4/optional/format", Dialect::kDraft4, Formats::kAssert, false); }
TEST_F(Suite, Draft202012Formats) {
  run_folder("draft2020-12/optional/format", Dialect::kJsonSchema202012, Formats::kAssert, false);
}

}  // namespace
}  // namespace portico::schema
