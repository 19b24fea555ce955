// Edits of a document's own text: block and flow style, lists, comments.
#include "audit/text_edit.h"

#include <gtest/gtest.h>

#include "yaml/reader.h"

namespace portico::audit {
namespace {

std::string edited(const std::string& text, std::vector<Edit> edits, std::size_t left = 0) {
  json::Documents documents;
  json::Document& document = documents.add("a.yaml", "");
  EXPECT_TRUE(yaml::read_document(text, document).has_value());
  const auto done = apply_edits(text, *document.root, edits);
  EXPECT_EQ(done.left.size(), left);
  return done.text;
}

Edit set(std::string pointer, std::string value) { return {Edit::Kind::kSet, std::move(pointer), std::move(value)}; }
Edit remove(std::string pointer) { return {Edit::Kind::kRemove, std::move(pointer), {}}; }

TEST(TextEdit, AddsToBlocksBesideWhatIsOneLine) {
  EXPECT_EQ(edited("a:\n  type: string  # why\nb: 1\n", {set("/a/maxLength", "9")}),
            "a:\n  type: string  # why\n  maxLength: 9\nb: 1\n");
  EXPECT_EQ(edited("a:\n  - name:\n      x: 1\n", {set("/a/0/in", "\"query\"")}),
            "a:\n  - in: \"query\"\n    name:\n      x: 1\n");
  EXPECT_EQ(edited("a: |\n  text\n", {set("/b", "1")}), "b: 1\na: |\n  text\n");
  EXPECT_EQ(edited("a: 1", {set("/b", "2")}), "a: 1\nb: 2");
}

TEST(TextEdit, AddsToFlowStyle) {
  EXPECT_EQ(edited("a: {type: string}\n", {set("/a/maxLength", "9")}), "a: {maxLength: 9, type: string}\n");
  EXPECT_EQ(edited("{\"a\": {}}", {set("/a/b", "1")}), "{\"a\": {\"b\": 1}}");
  EXPECT_EQ(edited("{\n  \"a\": 1\n}\n", {set("/b", "2")}), "{\n  \"b\": 2,\n  \"a\": 1\n}\n");
}

TEST(TextEdit, Replaces) {
  EXPECT_EQ(edited("a: 'it''s' # c\nb: {c: [1, 2]}\n", {set("/a", "\"x\""), set("/b/c", "[]")}),
            "a: \"x\" # c\nb: {c: []}\n");
  EXPECT_EQ(edited("a: plain text\n", {set("/a", "\"x\"")}), "a: \"x\"\n");
  EXPECT_EQ(edited("a: two\n  lines\n", {set("/a", "\"x\"")}, 1), "a: two\n  lines\n");
}

TEST(TextEdit, Removes) {
  EXPECT_EQ(edited("a:\n  b: 1\n  c:\n    d: 2\n# of e\ne: 3\n", {remove("/a/c")}), "a:\n  b: 1\n# of e\ne: 3\n");
  EXPECT_EQ(edited("a:\n  - x\n  - y\n  - z\n", {remove("/a/1")}), "a:\n  - x\n  - z\n");
  EXPECT_EQ(edited("a: [x, y, z]\n", {remove("/a/2")}), "a: [x, y]\n");
  EXPECT_EQ(edited("{\"a\": {\"b\": \"}\"}, \"c\": 1}", {remove("/a")}), "{\"c\": 1}");
  EXPECT_EQ(edited("a:\n  b: 1\n", {remove("/a/b")}, 1), "a:\n  b: 1\n");
}

TEST(TextEdit, LeavesWhatIsNotThere) { EXPECT_EQ(edited("a: 1\n", {remove("/b"), set("/b/c", "1")}, 2), "a: 1\n"); }

}  // namespace
}  // namespace portico::audit
