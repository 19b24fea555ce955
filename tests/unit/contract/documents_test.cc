#include "contract/documents.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "contract/load.h"

namespace portico::contract {
namespace {

namespace fs = std::filesystem;

class ReferencesTest : public testing::Test {
 protected:
  ReferencesTest() : folder_(fs::temp_directory_path() / ("portico-documents-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_ / "api" / "parts");
    write("api/main.yaml", "a: {$ref: 'parts/b.yaml#/x'}\nup: {$ref: '../common.yaml'}\n");
    write("api/parts/b.yaml", "x: {$ref: '../main.yaml#/y'}\n");
    write("common.yaml", "common: true\n");
  }
  ~ReferencesTest() override { fs::remove_all(folder_); }
  void write(const std::string& file, const std::string& text) { ASSERT_TRUE(write_file(folder_ / file, text)); }
  std::string path(const std::string& file) const { return folder_ / file; }

  fs::path folder_;
  json::Documents documents_;
};

TEST_F(ReferencesTest, NamesDocumentsAsTheUserDoes) {
  References references(documents_, {});
  const auto main = references.open(path("api/main.yaml"));
  ASSERT_TRUE(main);
  EXPECT_EQ((*main)->name, path("api/main.yaml"));
  const auto target = references.target(*(*main)->root->find("a"));
  ASSERT_TRUE(target) << to_string(target.error());
  EXPECT_EQ(documents_.of(**target).name, path("api/parts/b.yaml"));
  EXPECT_TRUE(documents_.of(**target).uri.starts_with("file:///"));
}

TEST_F(ReferencesTest, KeepsToTheRootFolder) {
  References narrow(documents_, {});
  const auto main = narrow.open(path("api/main.yaml"));
  ASSERT_TRUE(main);
  const auto refused = narrow.target(*(*main)->root->find("up"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);

  json::Documents others;
  References wide(others, {.root = folder_});
  const auto again = wide.open(path("api/main.yaml"));
  ASSERT_TRUE(again);
  EXPECT_TRUE(wide.target(*(*again)->root->find("up")));

  json::Documents unbounded;
  References anywhere(unbounded, {.allow_outside_root = true});
  const auto third = anywhere.open(path("api/main.yaml"));
  ASSERT_TRUE(third);
  EXPECT_TRUE(anywhere.target(*(*third)->root->find("up")));
}

TEST_F(ReferencesTest, TakesASymbolicLinkForWhatItLeadsTo) {
  fs::create_symlink("parts/b.yaml", folder_ / "api" / "inside.yaml");
  fs::create_symlink("../common.yaml", folder_ / "api" / "outside.yaml");
  write("api/links.yaml", "in: {$ref: inside.yaml}\nin2: {$ref: parts/b.yaml}\nout: {$ref: outside.yaml}\n");
  References references(documents_, {});
  const auto main = references.open(path("api/links.yaml"));
  ASSERT_TRUE(main);
  const json::Node& root = *(*main)->root;
  EXPECT_EQ(references.target(*root.find("in")).value(), references.target(*root.find("in2")).value());
  EXPECT_EQ(references.target(*root.find("out")).error().code, ErrorCode::kForbidden);
}

TEST_F(ReferencesTest, OpensThroughASymbolicLinkToTheContract) {
  fs::create_symlink("api/main.yaml", folder_ / "link.yaml");
  References references(documents_, {});
  const auto main = references.open(path("link.yaml"));
  ASSERT_TRUE(main);
  EXPECT_TRUE(references.target(*(*main)->root->find("a")));
}

TEST_F(ReferencesTest, LoadsByAbsoluteUri) {
  References references(documents_, {});
  const auto main = references.open(path("api/main.yaml"));
  ASSERT_TRUE(main);
  EXPECT_TRUE(references.load((*main)->uri));
  EXPECT_EQ(references.load((*main)->uri + "#/a").value(), (*main)->root->find("a"));
  EXPECT_EQ(references.load((*main)->uri + "#/nowhere").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(references.load("https://example.com/x").error().code, ErrorCode::kForbidden);
  EXPECT_EQ(references.load("urn:nobody").error().code, ErrorCode::kForbidden);
}

TEST_F(ReferencesTest, SaysWhatIsWrongWithTheFirstFile) {
  References references(documents_, {});
  EXPECT_EQ(references.open(path("none.yaml")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(references.open(folder_).error().code, ErrorCode::kInvalidArgument);
  References limited(documents_, {.max_bytes = 3});
  EXPECT_EQ(limited.open(path("api/main.yaml")).error().code, ErrorCode::kLimit);
  References rootless(documents_, {.root = folder_ / "none"});
  EXPECT_EQ(rootless.open(path("api/main.yaml")).error().code, ErrorCode::kNotFound);
}

TEST(Contract, ResolvesAfterLoadingFromSeveralFiles) {
  const auto contract = load_text(
      "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {$ref: "
      "'#/components/schemas/B'}, "
      "B: {type: string}, C: {$ref: '#/components/schemas/D'}}}\n",
      "memory.yaml", {.root = "/nowhere"});
  ASSERT_FALSE(contract);
  const auto again = load_text(
      "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {$ref: "
      "'#/components/schemas/B'}, "
      "B: {type: string}, C: {$ref: '#/components/schemas/D'}}}\n",
      "memory.yaml");
  ASSERT_TRUE(again);
  const json::Node& schemas = *again->root->find("components")->find("schemas");
  EXPECT_EQ(again->resolve(*schemas.find("A")), schemas.find("B"));
  EXPECT_EQ(again->resolve(*schemas.find("B")), schemas.find("B"));
  EXPECT_EQ(again->resolve(*schemas.find("C")), nullptr);
  EXPECT_FALSE(again->usable());
}

TEST(Contract, FindsOperations) {
  const auto contract = load_text(
      "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {operationId: one, responses: {200: "
      "{description: "
      "d}}}, put: {responses: {200: {description: d}}}}}\n",
      "memory.yaml");
  ASSERT_TRUE(contract);
  EXPECT_EQ(contract->operation("one"), contract->operation("GET /a"));
  EXPECT_NE(contract->operation("one"), nullptr);
  EXPECT_EQ(contract->operation("PUT /a")->id, "PUT /a");
  EXPECT_EQ(contract->operation("two"), nullptr);
  EXPECT_TRUE(contract->operations[0].open_to_nobody());
}

}  // namespace
}  // namespace portico::contract
