#include "regex/alphabet.h"

#include <gtest/gtest.h>

#include <string>

namespace portico::regex {
namespace {

std::string characters(std::string_view pattern) {
  const auto alphabet = alphabet_of(pattern);
  if (!alphabet) return "anything";
  std::string out;
  for (std::size_t c = 0; c < alphabet->size(); ++c) {
    if (alphabet->test(c)) out += static_cast<char>(c);
  }
  return out;
}

TEST(Alphabet, AnchoredPatternsHaveOne) {
  EXPECT_EQ(characters("^[a-c]{2,}$"), "abc");
  EXPECT_EQ(characters("^(a|b+)-\\d$"), "-0123456789ab");
  EXPECT_EQ(characters("^a$|^b$"), "ab");
  EXPECT_EQ(characters("^(?=.*x)[ab]+$"), "ab");
  EXPECT_EQ(characters("^(?:^a$)$"), "a");
}

TEST(Alphabet, OthersAllowAnything) {
  for (const char* pattern : {"[a-c]+", "^a", "a$", "^a|b$", "(^a)?b$", "("}) {
    EXPECT_EQ(characters(pattern), "anything") << pattern;
  }
}

TEST(Alphabet, PropertiesCountAsAllOfAscii) { EXPECT_TRUE(alphabet_of("^\\p{L}+$")->test('\'')); }

}  // namespace
}  // namespace portico::regex
