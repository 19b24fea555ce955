// What separates an attack from its neighbours.
#include <gtest/gtest.h>

#include "injection/attack.h"
#include "injection/decode.h"

namespace portico::injection {
namespace {

Attack attack_of(std::string_view text, Context context = {}) {
  static Scratch scratch;
  return look(text, Attacks().set(), context, scratch).attack;
}

TEST(Injection, AQuoteInProseIsFollowedByProse) {
  EXPECT_EQ(attack_of("O'Brien or 5 others"), Attack::kNone);
  EXPECT_EQ(attack_of("O'Brien' or 5=5--"), Attack::kSql);
  EXPECT_EQ(attack_of("the boys' -- and girls' -- rooms"), Attack::kNone);
  EXPECT_EQ(attack_of("boys'--"), Attack::kSql);
  EXPECT_EQ(attack_of("select a plan from the list"), Attack::kNone);
  EXPECT_EQ(attack_of("1 union select a plan from the list"), Attack::kNone);
  EXPECT_EQ(attack_of("1 union select plan,2 from list"), Attack::kSql);
}

TEST(Injection, AWholeProgramIsNone) {
  EXPECT_EQ(attack_of("SELECT name FROM users WHERE id = 1 OR id = 2"), Attack::kNone);
  EXPECT_EQ(attack_of("ls -la | grep foo"), Attack::kNone);
  EXPECT_EQ(attack_of("photo.jpg| grep foo /etc/group"), Attack::kCommand);
  EXPECT_EQ(attack_of("import x from '../../lib'"), Attack::kNone);
}

TEST(Injection, LayersOfEncoding) {
  EXPECT_EQ(attack_of("%27%20or%201%3D1--"), Attack::kSql);
  EXPECT_EQ(attack_of("%2527%2520or%25201%253D1--"), Attack::kSql);
  EXPECT_EQ(attack_of("&#39; or 1=1--"), Attack::kSql);
  EXPECT_EQ(attack_of("\\u0027 or 1=1--"), Attack::kSql);
  EXPECT_EQ(attack_of("\xef\xbc\x87 or 1=1--"), Attack::kSql);  // fullwidth apostrophe
  EXPECT_EQ(attack_of("100%25 sure"), Attack::kNone);
}

TEST(Injection, FormsOfAddresses) {
  for (const char* host : {"127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:7f00:1]",
                           "localhost.", "169.254.169.254", "10.1.2.3", "[fd00::1]", "a.internal"}) {
    EXPECT_EQ(attack_of(std::string("http://") + host + "/x"), Attack::kSsrf) << host;
  }
  for (const char* host : {"93.184.216.34", "example.com", "10.example.com", "[2606:2800:220:1::1]",
                           "localhost.example", "172.32.0.1", "11.0.0.1", "internal.example"}) {
    EXPECT_EQ(attack_of(std::string("http://") + host + "/x"), Attack::kNone) << host;
  }
}

TEST(Injection, LineBreaks) {
  EXPECT_EQ(attack_of("a\nb"), Attack::kNone);
  EXPECT_EQ(attack_of("a\nb", {.one_line = true}), Attack::kHeader);
  EXPECT_EQ(attack_of("x%0d%0aSet-Cookie: a=b"), Attack::kHeader);
  EXPECT_EQ(attack_of("Subject: lunch\nWhere: here"), Attack::kNone);
}

TEST(Injection, OnlyWhatIsAskedFor) {
  Scratch scratch;
  Attacks wanted;
  wanted.set(static_cast<std::size_t>(Attack::kPath));
  EXPECT_EQ(look("' or 1=1--", wanted, {}, scratch).attack, Attack::kNone);
  EXPECT_EQ(look("../../etc/passwd", wanted, {}, scratch).attack, Attack::kPath);
}

TEST(Injection, QueryOperators) {
  EXPECT_TRUE(is_query_operator("$ne"));
  EXPECT_FALSE(is_query_operator("$id"));
  EXPECT_FALSE(is_query_operator("ne"));
}

// Texts of a megabyte made of what each lexer stops at most often.
TEST(Injection, TakesLinearTime) {
  for (const char* part : {"'",   "\"",      "(",  "`",    "$(",    "${", "{{", "../",   "%27",   "&#39;",
                           ";",   "|",       "\n", "<",    "/*",    "--", "#",  "' or ", "1 or ", "<!",
                           "$ne", "http://", "a'", "${${", "&amp;", "..", "\\", "@",     "`a` ",  "$(a "}) {
    std::string text;
    while (text.size() < 200'000) text += part;
    attack_of(text);
  }
}

}  // namespace
}  // namespace portico::injection
