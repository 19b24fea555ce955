#include "base/uri.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

TEST(Uri, ResolvesTheStandardsExamples) {
  // RFC 3986, sections 5.4.1 and 5.4.2.
  constexpr std::string_view kExamples[][2] = {
      {"g:h", "g:h"},
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {";x", "http://a/b/c/;x"},
      {"g;x", "http://a/b/c/g;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"../../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {".g", "http://a/b/c/.g"},
      {"g..", "http://a/b/c/g.."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"},
      {"g/../h", "http://a/b/c/h"},
      {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"g#s/../x", "http://a/b/c/g#s/../x"},
      {"http:g", "http:g"},
  };
  for (const auto& [reference, expected] : kExamples) {
    EXPECT_EQ(resolve_uri("http://a/b/c/d;p?q", reference), expected) << reference;
  }
}

TEST(Uri, ResolvesAgainstFilesAndNames) {
  EXPECT_EQ(resolve_uri("file:///a/b.yaml", "c/d.yaml#/x"), "file:///a/c/d.yaml#/x");
  EXPECT_EQ(resolve_uri("urn:example:a", "#/x"), "urn:example:a#/x");
  EXPECT_EQ(resolve_uri("http://a", "b"), "http://a/b");
}

TEST(Uri, TakesApart) {
  const Uri uri = split_uri("http://u@h:1/p?q#f");
  EXPECT_EQ(uri.scheme, "http");
  EXPECT_EQ(uri.authority, "u@h:1");
  EXPECT_EQ(uri.path, "/p");
  EXPECT_EQ(uri.query, "q");
  EXPECT_EQ(uri.fragment, "f");
  EXPECT_FALSE(split_uri("a/b:c").scheme);
  EXPECT_FALSE(split_uri("1a:b").scheme);
  EXPECT_EQ(split_uri("?").query, "");
}

TEST(Uri, CodesPercents) {
  EXPECT_EQ(percent_decode("a%20b%2fc"), "a b/c");
  EXPECT_EQ(percent_decode("%"), std::nullopt);
  EXPECT_EQ(percent_decode("%2"), std::nullopt);
  EXPECT_EQ(percent_decode("%g0"), std::nullopt);
  EXPECT_EQ(percent_encode_path("/a b/{c}?#%"), "/a%20b/%7Bc%7D%3F%23%25");
}

TEST(Uri, NamesFiles) {
  EXPECT_EQ(file_uri("/a b/c"), "file:///a%20b/c");
  EXPECT_EQ(file_path("file:///a%20b/c"), "/a b/c");
  EXPECT_EQ(file_path("file:/a"), "/a");
  EXPECT_EQ(file_path("FILE://localhost/a"), "/a");
  EXPECT_EQ(file_path("file://host/a"), std::nullopt);
  EXPECT_EQ(file_path("http://a/b"), std::nullopt);
  EXPECT_EQ(file_path("file:///a%00b"), std::nullopt);
  EXPECT_EQ(file_path("a"), std::nullopt);
}

}  // namespace
}  // namespace portico
