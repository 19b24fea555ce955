#include "json/pointer.h"

#include <gtest/gtest.h>

#include "json/reader.h"

namespace portico::json {
namespace {

class JsonPointer : public testing::Test {
 protected:
  JsonPointer() {
    // The document of RFC 6901, section 5.
    const auto read = read_json(R"({"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5,
                                   "k\"l": 6, " ": 7, "m~n": 8})",
                                document_);
    EXPECT_TRUE(read);
  }
  std::string at(std::string_view pointer) const {
    const auto found = evaluate(*document_.root, pointer);
    return found ? std::string((*found)->text()) : to_string(found.error());
  }

  Documents documents_;
  Document& document_ = documents_.add("a", "");
};

TEST_F(JsonPointer, EvaluatesTheStandardsExamples) {
  EXPECT_EQ(*evaluate(*document_.root, ""), document_.root);
  EXPECT_EQ(at("/foo/0"), "bar");
  EXPECT_EQ(at("/"), "0");
  EXPECT_EQ(at("/a~1b"), "1");
  EXPECT_EQ(at("/c%d"), "2");
  EXPECT_EQ(at("/e^f"), "3");
  EXPECT_EQ(at("/g|h"), "4");
  EXPECT_EQ(at("/i\\j"), "5");
  EXPECT_EQ(at("/k\"l"), "6");
  EXPECT_EQ(at("/ "), "7");
  EXPECT_EQ(at("/m~0n"), "8");
}

TEST_F(JsonPointer, SaysHowFarItLeads) {
  EXPECT_EQ(at("/bar"), "the document has no \"bar\"");
  EXPECT_EQ(at("/foo/2"), "\"/foo\", which is there, has no \"2\"");
  EXPECT_EQ(at("/foo/0/x"), "\"/foo/0\", which is there, has no \"x\"");
}

TEST_F(JsonPointer, IndexesAsTheStandardDoes) {
  for (const std::string_view pointer :
       {"/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/", "/foo/1 ", "/foo/99999999999999999999"}) {
    const auto found = evaluate(*document_.root, pointer);
    ASSERT_FALSE(found) << pointer;
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound) << pointer;
  }
}

TEST_F(JsonPointer, RefusesWhatIsNoPointer) {
  for (const std::string_view pointer : {"foo", "/~", "/~2", "/foo/~"}) {
    const auto found = evaluate(*document_.root, pointer);
    ASSERT_FALSE(found) << pointer;
    EXPECT_EQ(found.error().code, ErrorCode::kSyntax) << pointer;
  }
}

TEST_F(JsonPointer, ReadsFragments) {
  EXPECT_EQ(pointer_of_fragment("").value(), "");
  EXPECT_EQ(pointer_of_fragment("/c%25d").value(), "/c%d");
  EXPECT_EQ(pointer_of_fragment("/a~1b%7Bc%7D").value(), "/a~1b{c}");
  EXPECT_FALSE(pointer_of_fragment("/a%2"));
  EXPECT_FALSE(pointer_of_fragment("/a%zz"));
  EXPECT_FALSE(pointer_of_fragment("anchor"));
}

TEST(JsonPointerTokens, AreEscaped) {
  std::string pointer = "/paths";
  append_token(pointer, "/a~b/{id}");
  EXPECT_EQ(pointer, "/paths/~1a~0b~1{id}");
}

}  // namespace
}  // namespace portico::json
