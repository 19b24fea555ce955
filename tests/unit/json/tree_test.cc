#include "json/tree.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "json/reader.h"

namespace portico::json {
namespace {

TEST(JsonTree, FindsMembersOfSmallAndLargeObjects) {
  for (const int count : {0, 1, 8, 9, 500}) {
    Documents documents;
    Document& document = documents.add("a", "");
    std::string text = "{";
    for (int i = 0; i < count; ++i)
      text += (i == 0 ? "" : ",") + ("\"k" + std::to_string(i * 7 % 501) + "\": ") + std::to_string(i);
    ASSERT_TRUE(read_json(text + "}", document)) << text;
    EXPECT_EQ(document.root->size(), count);
    for (int i = 0; i < count; ++i) {
      const Node* found = document.root->find("k" + std::to_string(i * 7 % 501));
      ASSERT_NE(found, nullptr) << i;
      EXPECT_EQ(found->integer(), i);
    }
    EXPECT_EQ(document.root->find("k"), nullptr);
    EXPECT_EQ(document.root->find("zz"), nullptr);
    EXPECT_EQ(document.root->find(""), nullptr);
  }
}

TEST(JsonTree, NamesTheEarlierOfTwoEqualKeysFirst) {
  for (const int others : {0, 20}) {
    Arena arena;
    TreeBuilder builder(arena, 0);
    std::vector<Member> members;
    const auto add = [&](const std::string& key, std::uint32_t line) {
      members.push_back(
          {builder.scalar(Kind::kString, key, {line, 1}), builder.scalar(Kind::kNull, "null", {line, 5})});
    };
    add("b", 1);
    for (int i = 0; i < others; ++i) add("k" + std::to_string(i), 2);
    add("b", 3);
    std::pair<const Node*, const Node*> twice;
    EXPECT_EQ(builder.object(members, {1, 1}, twice), nullptr);
    EXPECT_EQ(twice.first->line(), 1U);
    EXPECT_EQ(twice.second->line(), 3U);
  }
}

TEST(JsonTree, TellsWholeNumbers) {
  const auto integer = [](std::string_view literal) {
    Arena arena;
    return TreeBuilder(arena, 0).scalar(Kind::kNumber, literal, {})->integer();
  };
  EXPECT_EQ(integer("0"), 0);
  EXPECT_EQ(integer("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(integer("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(integer("9223372036854775808"), std::nullopt);
  EXPECT_EQ(integer("1.0"), 1);
  EXPECT_EQ(integer("1e2"), 100);
  EXPECT_EQ(integer("1.5"), std::nullopt);
  EXPECT_EQ(integer("1e400"), std::nullopt);
}

TEST(JsonTree, KnowsItsDocuments) {
  Documents documents;
  Document& first = documents.add("first.json", "file:///first.json");
  Document& second = documents.add("second.json", "file:///second.json");
  ASSERT_TRUE(read_json("[1]", first));
  ASSERT_TRUE(read_json("\n [2]", second));
  EXPECT_EQ(to_string(documents.place(*second.root)), "second.json:2:2");
  EXPECT_EQ(documents.find("file:///second.json"), &second);
  EXPECT_EQ(documents.find("file:///third.json"), nullptr);
}

}  // namespace
}  // namespace portico::json
