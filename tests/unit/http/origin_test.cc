#include "http/origin.h"

#include <gtest/gtest.h>

namespace portico::http {
namespace {

bool is_origin(std::string_view text) {
  Origin origin;
  return parse_origin(text, origin);
}

TEST(Origin, AsBrowsersWriteIt) {
  Origin origin;
  ASSERT_TRUE(parse_origin("https://app.example:8443", origin));
  EXPECT_EQ(origin, (Origin{"https", "app.example:8443"}));
  EXPECT_TRUE(is_origin("http://[::1]:3000"));
  EXPECT_TRUE(is_origin("chrome-extension://abcdefghijklmnop"));
}

TEST(Origin, NotOnes) {
  for (const char* text :
       {"", "null", "app.example", "https://", "https://a/", "https://a?", "https://a#", "https://A", "HTTPS://a",
        "https://u@a", "://a", "https:a", "https://a b", "1://a", "https://a,https://b"}) {
    EXPECT_FALSE(is_origin(text)) << text;
  }
}

TEST(Origin, OfAUrl) {
  Origin origin;
  ASSERT_TRUE(parse_url_origin("https://app.example/a?b=https://other.example", origin));
  EXPECT_EQ(origin, (Origin{"https", "app.example"}));
  EXPECT_FALSE(parse_url_origin("https://app.example@other.example/", origin));
}

TEST(Origin, AgainstAHost) {
  const auto same = [](std::string_view text, std::string_view host) {
    Origin origin;
    return parse_origin(text, origin) && is_same_host(origin, host);
  };
  EXPECT_TRUE(same("https://api.example", "API.example"));
  EXPECT_TRUE(same("https://api.example", "api.example:443"));
  EXPECT_TRUE(same("http://api.example", "api.example:80"));
  EXPECT_TRUE(same("http://api.example:8080", "api.example:8080"));
  EXPECT_FALSE(same("https://api.example", "api.example:80"));
  EXPECT_FALSE(same("https://api.example:8443", "api.example"));
  EXPECT_FALSE(same("https://api.example", "example"));
}

}  // namespace
}  // namespace portico::http
