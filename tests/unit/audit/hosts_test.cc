#include "audit/hosts.h"

#include <gtest/gtest.h>

namespace portico::audit {
namespace {

TEST(Loopback, IsThisMachineAndNoName) {
  for (const auto* host : {"localhost", "localhost:8080", "api.localhost", "localhost.", "127.0.0.1", "127.8.8.8:80",
                           "[::1]", "[::1]:80"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const auto* host :
       {"localhost.example", "127.0.0.1.example", "127.example", "[::2]", "10.0.0.1", "notlocalhost", ""}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(PlainHttp, IsAnAbsoluteUrlToAnotherMachine) {
  for (const auto* url : {"http://api.example", "HTTP://API.EXAMPLE/v1", "ws://api.example", "http://me:pw@api.example",
                          "http://localhost@api.example"}) {
    EXPECT_TRUE(is_plain_http(url)) << url;
  }
  for (const auto* url : {"https://api.example", "wss://api.example", "/v1", "//api.example", "http://localhost",
                          "http://x@127.0.0.1:80", ""}) {
    EXPECT_FALSE(is_plain_http(url)) << url;
  }
}

}  // namespace
}  // namespace portico::audit
