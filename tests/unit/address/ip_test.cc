#include "address/ip.h"

#include <gtest/gtest.h>

#include <array>

namespace portico::address {
namespace {

std::string read(std::string_view text) {
  const auto ip = parse_ip(text);
  return ip ? to_string(*ip) : "refused";
}

std::string read_net(std::string_view text) {
  const auto network = parse_network(text);
  return network ? to_string(*network) : "refused";
}

TEST(ParseIp, ReadsBothKinds) {
  EXPECT_EQ(read("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(read("2001:DB8:0:0::1"), "2001:db8::1");
  EXPECT_EQ(read("::ffff:192.0.2.1"), "192.0.2.1") << "mapped addresses are the IPv4 ones";
  EXPECT_EQ(read("::"), "::");
}

TEST(ParseIp, RefusesWhatIsReadInSeveralWays) {
  using namespace std::string_view_literals;
  for (const auto text : {""sv, "192.0.2"sv, "192.0.2.01"sv, "0x7f.0.0.1"sv, "192.0.2.1 "sv, " 192.0.2.1"sv,
                          "1.2.3.256"sv, "fe80::1%eth0"sv, "[::1]"sv, "1.2.3.4\0"sv, "::1::"sv, "3221225985"sv,
                          "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"sv}) {
    EXPECT_EQ(read(text), "refused") << text;
  }
}

TEST(ParseNetwork, ReadsLengths) {
  EXPECT_EQ(read_net("10.1.2.3/8"), "10.0.0.0/8") << "bits behind the prefix are dropped";
  EXPECT_EQ(read_net("0.0.0.0/0"), "0.0.0.0/0");
  EXPECT_EQ(read_net("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(read_net("192.0.2.7/32"), "192.0.2.7");
  EXPECT_EQ(read_net("::/0"), "::/0");
  EXPECT_EQ(read_net("2001:db8:1::/33"), "2001:db8::/33");
  EXPECT_EQ(read_net("::ffff:10.0.0.0/104"), "10.0.0.0/8");
  for (const auto* text :
       {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "/8", "10.0.0.0/0008"}) {
    EXPECT_EQ(read_net(text), "refused") << text;
  }
}

TEST(Network, ContainsItsFirstAndLastAddress) {
  const auto network = *parse_network("2001:db8:8000::/33");
  EXPECT_TRUE(contains(network, *parse_ip("2001:db8:8000::")));
  EXPECT_TRUE(contains(network, *parse_ip("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")));
  EXPECT_FALSE(contains(network, *parse_ip("2001:db8:7fff::")));
  EXPECT_FALSE(contains(*parse_network("::/0"), *parse_ip("192.0.2.1"))) << "all of IPv6 is not all";
  EXPECT_TRUE(contains(*parse_network("::/0"), *parse_ip("2001:db8::1")));
  EXPECT_TRUE(contains(*parse_network("0.0.0.0/0"), *parse_ip("192.0.2.1")));
  EXPECT_FALSE(contains(*parse_network("0.0.0.0/0"), *parse_ip("::1"))) << "all of IPv4 is not all";
  EXPECT_EQ(to_string(last_of(network.base, network.length)), "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST(FromBytes, TakesWhatSocketsGive) {
  const std::array<std::uint8_t, 4> v4 = {192, 0, 2, 1};
  EXPECT_EQ(to_string(from_bytes(v4)), "192.0.2.1");
  const std::array<std::uint8_t, 16> v6 = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_EQ(to_string(from_bytes(v6)), "2001:db8::1");
  EXPECT_EQ(from_bytes({}), Ip{});
}

}  // namespace
}  // namespace portico::address
