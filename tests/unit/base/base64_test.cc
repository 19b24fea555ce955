#include "base/base64.h"

#include <gtest/gtest.h>

#include <array>

namespace portico {
namespace {

TEST(Base64Url, WritesAndReadsAllLengths) {
  std::string bytes;
  for (int length = 0; length < 300; ++length) {
    std::string text;
    append_base64url(text, bytes);
    EXPECT_EQ(text.size(), (bytes.size() * 4 + 2) / 3);
    std::string back = "kept:";
    EXPECT_TRUE(append_base64url_decoded(back, text)) << text;
    EXPECT_EQ(back, "kept:" + bytes);
    bytes.push_back(static_cast<char>(length * 37));
  }
}

// RFC 4648, section 10, in the other alphabet and without padding.
TEST(Base64Url, AgreesWithTheStandardsVectors) {
  std::string text;
  append_base64url(text, "fooba");
  EXPECT_EQ(text, "Zm9vYmE");
  text.clear();
  append_base64url(text, "\xfb\xff\xbf");
  EXPECT_EQ(text, "-_-_");
}

TEST(Base64Url, RefusesAllButTheCanonicalSpelling) {
  constexpr std::array<std::string_view, 11> kOthers = {
      "Zg==", "Zh", "Zm9=", "Zm9v\n", "Zm 9", "Zm+v", "Zm/v", "A", "AAAAA", "Zm9vYmF", std::string_view("Zm\0v", 4)};
  for (const std::string_view text : kOthers) {
    std::string out = "kept";
    EXPECT_FALSE(append_base64url_decoded(out, text)) << text;
    EXPECT_EQ(out, "kept");
  }
}

}  // namespace
}  // namespace portico
