#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

namespace portico {
namespace {

TEST(WordsOf, TakesIdentifiersApart) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(words_of("userEmailAddress"), (Words{"user", "email", "address"}));
  EXPECT_EQ(words_of("user_email-address"), (Words{"user", "email", "address"}));
  EXPECT_EQ(words_of("HTTPServerID"), (Words{"http", "server", "id"}));
  EXPECT_EQ(words_of("line2Text"), (Words{"line", "2", "text"}));
  EXPECT_EQ(words_of("--"), Words{});
}

TEST(ParseSize, ReadsUnitsAsNginxDoes) {
  EXPECT_EQ(parse_size("512"), 512U);
  EXPECT_EQ(parse_size("64k"), 65536U);
  EXPECT_EQ(parse_size("1 MiB"), 1048576U);
  EXPECT_EQ(parse_size("2g"), UINT64_C(2) << 30);
  EXPECT_EQ(parse_size(""), std::nullopt);
  EXPECT_EQ(parse_size("-1"), std::nullopt);
  EXPECT_EQ(parse_size("10 apples"), std::nullopt);
  EXPECT_EQ(parse_size("99999999999999g"), std::nullopt);
}

TEST(ParseDuration, ReadsWholeNumbersWithAUnit) {
  EXPECT_EQ(parse_duration("500ms"), INT64_C(500'000'000));
  EXPECT_EQ(parse_duration("30s"), INT64_C(30'000'000'000));
  EXPECT_EQ(parse_duration("5m"), INT64_C(300'000'000'000));
  EXPECT_EQ(parse_duration("1h"), INT64_C(3'600'000'000'000));
  EXPECT_EQ(parse_duration("7d"), INT64_C(604'800'000'000'000));
  for (const char* wrong : {"", "s", "5", "0s", "-1s", "1w", "1.5h", "1 h", "1H", "99999999999999999999s", "40000d"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(Nearest, FindsSlipsOfTheKeyboardOnly) {
  const std::array<std::string_view, 3> words = {"limits", "listen", "upstream"};
  EXPECT_EQ(nearest("limit", words), "limits");
  EXPECT_EQ(nearest("upsteam", words), "upstream");
  EXPECT_EQ(nearest("banana", words), std::nullopt);
}

TEST(InvalidUtf8, FollowsRfc3629) {
  constexpr auto kNone = std::string_view::npos;
  EXPECT_EQ(invalid_utf8("gr\xC3\xBC\xC3\x9F"), kNone);
  EXPECT_EQ(invalid_utf8("\xF4\x8F\xBF\xBF"), kNone);
  EXPECT_EQ(invalid_utf8("a\x80"), 1U);
  EXPECT_EQ(invalid_utf8("\xC0\xAF"), 0U) << "overlong";
  EXPECT_EQ(invalid_utf8("\xED\xA0\x80"), 0U) << "surrogate";
  EXPECT_EQ(invalid_utf8("\xF4\x90\x80\x80"), 0U) << "beyond U+10FFFF";
  EXPECT_EQ(invalid_utf8("abc\xE2\x82"), 3U) << "cut";
}

TEST(Printable, ShowsControlCharactersAndCutsAtCodePoints) {
  EXPECT_EQ(printable("a\nb"), "a\\x0ab");
  EXPECT_EQ(printable("\xFF"), "\\xff");
  EXPECT_EQ(printable("aaaa\xC3\xBC", 5), "aaaa...");
}

}  // namespace
}  // namespace portico
