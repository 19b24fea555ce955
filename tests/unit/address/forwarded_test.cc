#include "address/forwarded.h"

#include <gtest/gtest.h>

namespace portico::address {
namespace {

using enum ForwardedSyntax;

// The client of a request from 10.0.0.1, which is trusted as all of 10.0.0.0/8 is.
std::string client(ForwardedSyntax syntax, const std::vector<std::string_view>& lines,
                   std::string_view peer = "10.0.0.1") {
  const Set trusted = Set::make({range_of(*parse_network("10.0.0.0/8")), range_of(*parse_network("2001:db8:a::/48"))});
  ClientFinder finder(*parse_ip(peer), trusted, syntax);
  for (auto line = lines.rbegin(); line != lines.rend() && finder.wants_more(); ++line) {
    if (!finder.read(*line)) return "refused";
  }
  return to_string(finder.client());
}

TEST(XForwardedFor, IsReadFromTheRightToTheFirstWhoIsNotTrusted) {
  EXPECT_EQ(client(kXForwardedFor, {"192.0.2.1"}), "192.0.2.1");
  EXPECT_EQ(client(kXForwardedFor, {"6.6.6.6, 192.0.2.1, 10.0.0.9"}), "192.0.2.1");
  EXPECT_EQ(client(kXForwardedFor, {"6.6.6.6", "192.0.2.1", "10.0.0.9"}), "192.0.2.1") << "one list over several lines";
  EXPECT_EQ(client(kXForwardedFor, {"10.0.0.8, 10.0.0.9"}), "10.0.0.8") << "all trusted: the first of them";
  EXPECT_EQ(client(kXForwardedFor, {}), "10.0.0.1");
  EXPECT_EQ(client(kXForwardedFor, {""}), "10.0.0.1");
  EXPECT_EQ(client(kXForwardedFor, {"192.0.2.1"}, "203.0.113.5"), "203.0.113.5") << "nobody asked this peer";
}

TEST(XForwardedFor, ReadsPortsAndIpv6) {
  EXPECT_EQ(client(kXForwardedFor, {"192.0.2.1:1234"}), "192.0.2.1");
  EXPECT_EQ(client(kXForwardedFor, {"2001:db8::1"}), "2001:db8::1");
  EXPECT_EQ(client(kXForwardedFor, {"[2001:db8::1]:1234"}), "2001:db8::1");
  EXPECT_EQ(client(kXForwardedFor, {"192.0.2.1,[2001:db8:a::1]"}), "192.0.2.1");
}

TEST(XForwardedFor, RefusesWhatATrustedProxyCannotHaveMeant) {
  for (const char* value : {"192.0.2.1,", ",", "192.0.2", "localhost", "192.0.2.1:", "192.0.2.1:123456", "[::1",
                            "::1]:80", "192.0.2.1 192.0.2.2", "\"192.0.2.1\"", "x, 10.0.0.9"}) {
    EXPECT_EQ(client(kXForwardedFor, {value}), "refused") << value;
  }
  EXPECT_EQ(client(kXForwardedFor, {"garbage, 192.0.2.1"}), "192.0.2.1") << "the caller's own words are not looked at";
  EXPECT_EQ(client(kXForwardedFor, {"192.0.2.1, unknown"}), "10.0.0.1") << "the last that is known";
}

TEST(Forwarded, FollowsRfc7239) {
  EXPECT_EQ(client(kForwarded, {"for=192.0.2.60;proto=http;by=203.0.113.43"}), "192.0.2.60");
  EXPECT_EQ(client(kForwarded, {"For=\"[2001:db8:cafe::17]:4711\""}), "2001:db8:cafe::17");
  EXPECT_EQ(client(kForwarded, {"for=6.6.6.6, for=192.0.2.43, for=10.0.0.7"}), "192.0.2.43");
  EXPECT_EQ(client(kForwarded, {"for=6.6.6.6", "proto=https;for=192.0.2.43;host=\"a,b;c\""}), "192.0.2.43");
  EXPECT_EQ(client(kForwarded, {"for=192.0.2.43, for=_gazonk"}), "10.0.0.1");
  EXPECT_EQ(client(kForwarded, {"for=192.0.2.43, for=\"unknown\""}), "10.0.0.1");
  EXPECT_EQ(client(kForwarded, {"for=192.0.2.43, proto=https"}), "10.0.0.1") << "it does not say for whom";
  EXPECT_EQ(client(kForwarded, {"for=\"192.0.2.43:_port\""}), "192.0.2.43");
}

TEST(Forwarded, RefusesTricks) {
  for (const char* value :
       {"192.0.2.1", "for=", "for=192.0.2.1;for=192.0.2.2", "for=\"192.0.2.1", "for=192.0.2.1:80", "for=[2001:db8::1]",
        "for==192.0.2.1", "for=192.0.2.1,", "for=192.0.2.1 x", "=192.0.2.1", "for=\"[192.0.2.1\""}) {
    EXPECT_EQ(client(kForwarded, {value}), "refused") << value;
  }
  // A quote that the caller opened does not reach over what the proxy appended in a line of its own.
  EXPECT_EQ(client(kForwarded, {"for=\"6.6.6.6", "for=192.0.2.1"}), "192.0.2.1");
}

}  // namespace
}  // namespace portico::address
