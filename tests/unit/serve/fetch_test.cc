#include "serve/fetch.h"

#include <gtest/gtest.h>

namespace portico::serve {
namespace {

TEST(CheckSource, TakesHttpsAndThisMachine) {
  for (const char* url : {"https://id.example/keys", "https://id.example:8443/", "HTTPS://id.example/keys",
                          "http://127.0.0.1:8080/keys", "http://localhost/keys", "http://[::1]:1/keys"}) {
    EXPECT_TRUE(check_source(url)) << url;
  }
}

TEST(CheckSource, RefusesTheRest) {
  for (const char* url : {"http://id.example/keys", "http://127.0.0.1.example/keys", "ftp://id.example/",
                          "file:///etc/passwd", "https:///keys", "id.example/keys", "", "http://localhost@id.example/",
                          "http://10.0.0.1/", "https://user:secret@id.example/"}) {
    EXPECT_FALSE(check_source(url)) << url;
  }
}

TEST(CheckSource, ShowsNoQuery) {
  const auto refused = check_source("http://id.example/keys?secret=1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_string(refused.error()).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace portico::serve
