// ECMA-262's meaning where engines differ, which way each pattern takes, and bounded time.
#include "regex/pattern.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace portico::regex {
namespace {

struct Case {
  const char* pattern;
  std::string subject;
  bool matches;
};

TEST(Pattern, MeansWhatEcma262Says) {
  const Case cases[] = {
      {"^abc$", "abc\n", false},   // $ is the very end
      {"^abc$", "x\nabc", false},  // ^ is the very start
      {"a$|b", "xb", true},
      {"\\d", "\xd9\xa1", false},  // ARABIC-INDIC DIGIT ONE
      {"^\\w$", "\xc3\xa9", false},
      {"^\\W$", "\xc3\xa9", true},
      {"^\\s$", "\xef\xbb\xbf", true},  // U+FEFF
      {"^\\s$", "\xc2\xa0", true},
      {"^\\s$", "\xe2\x80\xa8", true},  // U+2028
      {"^\\S$", "\xe2\x80\xa8", false},
      {"^.$", "\xe2\x80\xa8", false},
      {"^.$", "\r", false},
      {"^.$", "\xf0\x9f\x90\xb2", true},  // one code point
      {"^[^]$", "\n", true},
      {"[]", "a", false},
      {"^\\u0041$", "A", true},
      {"^\\u{1F432}$", "\xf0\x9f\x90\xb2", true},
      {"^\\uD83D\\uDC32$", "\xf0\x9f\x90\xb2", true},
      {"^\\x41$", "A", true},
      {"^\\cJ$", "\n", true},
      {"^\\0$", std::string(1, '\0'), true},
      {"^\\/$", "/", true},
      {"^\\p{L}+$", "\xc3\xa9x", true},
      {"^\\p{Letter}+$", "\xc3\xa9x", true},
      {"^\\p{Script=Greek}$", "\xce\xb1", true},
      {"^\\P{Lu}$", "a", true},
      {"^[\\p{Lu}\\d]+$", "A1", true},
      {"^\\p{Alphabetic}$", "\xc3\xa9", true},  // PCRE2 alone knows it
      {"^\\p{ASCII}+$", "\xc3\xa9", false},
      {"^[\\b]$", "\b", true},
      {"\\bfoo\\b", "a foo b", true},
      {"^(?<year>\\d{4})-\\k<year>$", "2026-2026", true},
      {"^(a)\\1$", "aa", true},
      {"(?<=a)b", "ab", true},
      {"(?<!a)b", "ab", false},
      {"a(?=b)", "ab", true},
      {"a(?!b)", "ab", false},
      {"x{0}y", "y", true},
      {"", "anything", true},
      {"^$", "", true},
      {"^$", "a", false},
      // Alternatives
      {"default|^[0-9]+$", "42", true},
      {"default|^[0-9]+$", "4x2", false},
      {"default|^[0-9]+$", "a default", true},
      {"^[0-9]+(ns|ms|s)$", "10ms", true},
      {"^[0-9]+(ns|ms|s)$", "10m", false},
      {"^[0-9]+(ns|ms|s)$", "ms", false},
      {"(aws|gcp)://(.*)", "see gcp://", true},
      {"(aws|gcp)://(.*)", "gcp:/", false},
      {"(aws|gcp)://(.+)", "gcp://", false},
      {"^(a|b|)c$", "c", true},
      {"^(a|b|)c$", "abc", false},
      {"x*", "", true},
      {"a*b", "xb", true},
      {"a*b", "a", false},
      // Annex B
      {"^a\\-b$", "a-b", true},
      {"^[\\w-.]+$", "a-.", true},
      {"^{a}$", "{a}", true},
      {"^\\_$", "_", true},
      {"^\\101$", "A", true},
      {"^[a-z\\-]$", "-", true},
  };
  for (const Case& c : cases) {
    const auto pattern = Pattern::compile(c.pattern);
    ASSERT_TRUE(pattern) << c.pattern << ": " << to_string(pattern.error());
    EXPECT_EQ(pattern->matches(c.subject), c.matches) << c.pattern << " on " << c.subject;
  }
}

TEST(Pattern, IsRefusedWhenItIsNone) {
  for (const char* text : {"(", "a)", "[a", "*a", "a**", "(?i)a", "(?<n", "\\p{Nonsense}", "[b-a]", "a{2,1}", "\\",
                           "(?<1>a)", "\\k<x>(?<y>a)"}) {
    const auto pattern = Pattern::compile(text);
    ASSERT_FALSE(pattern) << text;
    EXPECT_FALSE(pattern.error().message.empty());
  }
  EXPECT_FALSE(is_pattern("^\\Z"));
  EXPECT_TRUE(is_pattern("^[a-z]$"));
}

TEST(Pattern, TakesTheCheapestWay) {
  const auto engine = [](const char* text) { return Pattern::compile(text)->engine(); };
  for (const char* text : {"^x-", "foo", ".*", ".+", "^.{1,64}$", "^[a-z0-9-]+$", "^[A-Z]{2}[0-9]{6}$",
                           "^[0-9a-f]{8}-[0-9a-f]{4}$", "^(abc)$", "[a-z]", "^[a-z]+@[a-z]{2,}$", "^a?b$", "^(a|b)$",
                           "default|^[0-9]+$", "^[0-9]+(ns|ms|s)$", "(http|https)://(.*)", "(.*)x"}) {
    EXPECT_EQ(engine(text), Engine::kLoop) << text;
  }
  for (const char* text : {"^[a-z]+[a-z0-9]$", "foo$", "^(ab)+$", "a.c"}) {
    EXPECT_EQ(engine(text), Engine::kRe2) << text;
  }
  for (const char* text : {"^(?=.*[A-Z])(?=.*\\d).{8,}$", "^(?!admin)[a-z]+$", "^(?!-)[a-z-]+(?<!-)$",
                           "^(?:(?=.*\\d).{4,})$", "(?=.*a)^b"}) {
    EXPECT_EQ(engine(text), Engine::kConjunction) << text;
  }
  for (const char* text : {"(a)\\1", "^(?:(?!-)[a-z-]+\\.)+$", "a(?=b)", "(?<=a)b"}) {
    EXPECT_EQ(engine(text), Engine::kBacktracking) << text;
  }
}

TEST(Pattern, ConjunctionsAgreeWithBacktracking) {
  // The same pattern, once as it is, once with an empty group that keeps it from being taken apart.
  const char* patterns[] = {"(?=.*[A-Z])(?=.*[0-9]).{4,8}$", "(?!.*--)(?!-)[a-z-]+(?<!-)$", "(?=a)(?!ab)a.*"};
  const std::string alphabet = "aA0-b";
  for (const char* text : patterns) {
    const auto fast = Pattern::compile("^" + std::string(text));
    const auto slow = Pattern::compile("^(?=())" + std::string(text) + "|\\b\\B");
    ASSERT_TRUE(fast && slow) << text;
    EXPECT_EQ(slow->engine(), Engine::kBacktracking);
    for (std::size_t i = 0; i < 4000; ++i) {
      std::string subject;
      for (std::size_t rest = i; rest != 0; rest /= alphabet.size()) subject += alphabet[rest % alphabet.size()];
      EXPECT_EQ(fast->matches(subject), slow->matches(subject)) << text << " on " << subject;
    }
  }
}

TEST(Pattern, EndsInTimeWhateverItIs) {
  for (const char* text :
       {"^(a+)+$", "^(?=(a+)+$)b", "(a*)*\\1b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y(?!z)", "(?:a|a)*(?<=b)c"}) {
    const auto pattern = Pattern::compile(text);
    ASSERT_TRUE(pattern) << text;
    for (const std::size_t length : {30U, 5'000U, 65'536U}) {
      const std::string subject = std::string(length, text[1] == 'x' ? 'x' : 'a') + "!";
      pattern->search(subject);  // warm
      const auto start = std::chrono::steady_clock::now();
      pattern->search(subject);
      const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
      // A millisecond on a quiet machine; test machines are not.
      EXPECT_LT(elapsed.count(), 50.0) << text << " " << length;
    }
  }
}

TEST(Pattern, GivesUpIsNoMatch) {
  const auto pattern = Pattern::compile("(a+)+\\1(?:b|c)");
  ASSERT_TRUE(pattern);
  EXPECT_EQ(pattern->search(std::string(2'000, 'a')), Match::kGaveUp);
  EXPECT_FALSE(pattern->matches(std::string(2'000, 'a')));
}

}  // namespace
}  // namespace portico::regex
