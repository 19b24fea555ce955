// Names in all spellings mean the same.
#include "audit/vocabulary.h"

#include <gtest/gtest.h>

namespace portico::audit {
namespace {

bool is(std::string_view name, Topic topic) { return (topics_of(name) & bit(topic)) != 0; }

TEST(Vocabulary, ReadsEverySpellingAlike) {
  for (const auto* name : {"redirectUri", "redirect_uri", "redirect-uri", "RedirectURI", "REDIRECT_URI", "redirecturi",
                           "X-Redirect-Uri", "redirectUris", "post_logout_redirect_uri"}) {
    EXPECT_TRUE(is(name, Topic::kRedirect)) << name;
  }
  for (const auto* name : {"isAdmin", "is_admin", "IsAdmin", "isadmin", "user_roles", "userRole", "roles"}) {
    EXPECT_TRUE(is(name, Topic::kPrivilege)) << name;
  }
}

TEST(Vocabulary, TakesTheNounAtTheEnd) {
  EXPECT_TRUE(is("webhookUrl", Topic::kFetchedUrl));
  EXPECT_FALSE(is("urlCount", Topic::kUrl));
  EXPECT_FALSE(is("commandHistoryLength", Topic::kCommand));
  EXPECT_FALSE(is("paid", Topic::kServerKept));
  EXPECT_FALSE(is("curl", Topic::kUrl));
}

TEST(Vocabulary, FindsPhrasesAmongNeighbours) {
  EXPECT_TRUE(has_phrase({"forgot", "password"}, "sign in|forgot password"));
  EXPECT_FALSE(has_phrase({"password", "forgot"}, "forgot password"));
  EXPECT_FALSE(has_phrase({}, "a"));
  EXPECT_EQ(singular_words("userAddresses").back(), "address");
  EXPECT_EQ(singular_words("statuses").front(), "status");
}

}  // namespace
}  // namespace portico::audit
