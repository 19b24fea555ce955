#include "audit/pattern_length.h"

#include <gtest/gtest.h>

namespace portico::audit {
namespace {

TEST(PatternLength, IsBoundedOnlyWhenAnchoredAndWithoutOpenRepetition) {
  for (const auto* pattern : {"^[A-Z]{2}\\d{1,8}$", "^(a|bc)$", "^[*+]$", "^a\\+$", "^x?$", "^a{3}$"}) {
    EXPECT_TRUE(bounds_length(pattern)) << pattern;
  }
  for (const auto* pattern :
       {"", "^$x", "[A-Z]{2}", "^[a-z]+$", "^a*$", "^a{2,}$", "^a|b$", "^(a)\\1$", "^a\\$", "^a", "a$"}) {
    EXPECT_FALSE(bounds_length(pattern)) << pattern;
  }
}

TEST(PatternDigits, AreNothingElse) {
  for (const auto* pattern : {"^\\d{8}$", "^[0-9]+$", "^[1-9][0-9]*$", "^1\\d$", "^[\\d]{1,3}$"}) {
    EXPECT_TRUE(matches_digits_only(pattern)) << pattern;
  }
  for (const auto* pattern : {"\\d{8}", "^[0-9a-f]{8}$", "^\\d+-\\d+$", "^.$", "", "^[0-9$", "^\\d{8$"}) {
    EXPECT_FALSE(matches_digits_only(pattern)) << pattern;
  }
}

}  // namespace
}  // namespace portico::audit
