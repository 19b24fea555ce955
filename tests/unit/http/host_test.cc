#include "http/host.h"

#include <gtest/gtest.h>

#include <string>

namespace portico::http {
namespace {

TEST(Host, Names) {
  for (const char* host :
       {"api.example", "API.example:80", "localhost", "a_b.example", "api.example.", "192.0.2.1:8080", "[::1]",
        "[2001:db8::1]:8443", "[::ffff:192.0.2.1]", "x:0", "x:65535", "xn--bcher-kva.example"}) {
    EXPECT_TRUE(is_host(host)) << host;
  }
}

TEST(Host, NotOnes) {
  for (const char* host :
       {"",       ":80",   "a..b",   ".a",     "a b",          "a,b",      "a/b",       "a\\b", "a?b",   "a#b",
        "user@a", "a%2eb", "a:",     "a:x",    "a:80:80",      "a:65536",  "a:000080",  "a:+8", "[::1",  "::1",
        "[]",     "[a]",   "[::1]x", "[::1]:", "[::1%25eth0]", "[v1.a:b]", "b\xC3\xBC", "a\tb", "a\x7F", "*"}) {
    EXPECT_FALSE(is_host(host)) << host;
  }
  EXPECT_FALSE(is_host(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_host(std::string(256, 'a')));
}

}  // namespace
}  // namespace portico::http
