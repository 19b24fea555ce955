#include "address/set.h"

#include <gtest/gtest.h>

#include <random>

namespace portico::address {
namespace {

Set set_of(const std::vector<std::string>& networks) {
  std::vector<Range> ranges;
  for (const std::string& text : networks) ranges.push_back(range_of(*parse_network(text)));
  return Set::make(std::move(ranges));
}

bool has(const Set& set, std::string_view ip) { return set.contains(*parse_ip(ip)); }

TEST(Set, HoldsNetworksOfBothKinds) {
  const Set set = set_of({"10.0.0.0/8", "192.0.2.7", "2001:db8::/33", "2001:db8:8000::5"});
  for (const char* ip :
       {"10.0.0.0", "10.255.255.255", "192.0.2.7", "2001:db8::", "2001:db8:7fff:ffff::1", "2001:db8:8000::5"}) {
    EXPECT_TRUE(has(set, ip)) << ip;
  }
  for (const char* ip : {"9.255.255.255", "11.0.0.0", "192.0.2.6", "192.0.2.8", "2001:db7:ffff::", "2001:db8:8000::4",
                         "2001:db8:8000::6", "::", "0.0.0.0", "255.255.255.255"}) {
    EXPECT_FALSE(has(set, ip)) << ip;
  }
}

TEST(Set, NeighboursAndOverlapsBecomeOne) {
  EXPECT_EQ(set_of({"10.0.0.0/9", "10.128.0.0/9", "10.1.0.0/16"}).range_count(), 1U);
  EXPECT_EQ(set_of({"2001:db8::/33", "2001:db8:8000::/33"}).range_count(), 1U);
  EXPECT_EQ(set_of({"2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:1::"}).range_count(), 1U);
  EXPECT_EQ(set_of({"10.0.0.0/9", "10.129.0.0/16"}).range_count(), 2U);
}

TEST(Set, KnowsTheEnds) {
  const Set nothing;
  EXPECT_TRUE(nothing.empty());
  EXPECT_FALSE(has(nothing, "192.0.2.1"));
  EXPECT_FALSE(has(Set::make({}), "::1"));
  const Set v4 = set_of({"0.0.0.0/0"});
  EXPECT_TRUE(has(v4, "0.0.0.0") && has(v4, "255.255.255.255"));
  EXPECT_FALSE(has(v4, "::") || has(v4, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
  const Set v6 = set_of({"::/0"});
  EXPECT_TRUE(has(v6, "::") && has(v6, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
  EXPECT_FALSE(has(v6, "192.0.2.1"));
  const Set last = set_of({"255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"});
  EXPECT_TRUE(has(last, "255.255.255.255") && has(last, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") && has(last, "::"));
  EXPECT_FALSE(has(last, "255.255.255.254") || has(last, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe") ||
               has(last, "::1"));
}

// Found by fuzzing: many addresses whose upper half is zero.
TEST(Set, HoldsManyAddressesOfTheFirstNetwork) {
  std::vector<std::string> addresses;
  for (int i = 1; i < 200; i += 2) addresses.push_back("::" + std::to_string(i));
  const Set set = set_of(addresses);
  for (int i = 1; i < 200; i += 2) {
    EXPECT_TRUE(has(set, "::" + std::to_string(i))) << i;
    EXPECT_FALSE(has(set, "::" + std::to_string(i) + ":0")) << i;
  }
}

// Against the obvious way, at the edges of what is in it, for sets of sizes around the tree's own.
TEST(Set, AgreesWithAPlainSearch) {
  std::mt19937_64 random(3);
  for (const std::size_t size : {1U, 7U, 8U, 9U, 127U, 128U, 129U, 2000U, 2049U}) {
    std::vector<Network> networks;
    std::vector<Range> ranges;
    for (std::size_t i = 0; i < size; ++i) {
      const int kind = static_cast<int>(random() % 3);
      Ip ip{kind == 0 ? 0 : random() % 64, kind == 0 ? UINT64_C(0xffff00000000) | (random() & 0xfffff) : random()};
      const int length = kind == 0   ? 108 + static_cast<int>(random() % 21)
                         : kind == 1 ? 60 + static_cast<int>(random() % 5)
                                     : 100 + static_cast<int>(random() % 29);
      networks.push_back({first_of(ip, length), static_cast<std::uint8_t>(length)});
      ranges.push_back(range_of(networks.back()));
    }
    const Set set = Set::make(ranges);
    const auto plain = [&](Ip ip) {
      return std::ranges::any_of(networks, [&](const Network& network) { return contains(network, ip); });
    };
    for (const Range& range : ranges) {
      for (const Ip ip :
           {range.first, range.last, Ip{range.first.high, range.first.low - 1}, Ip{range.last.high, range.last.low + 1},
            Ip{random() % 64, random()}, Ip{0, UINT64_C(0xffff00000000) | (random() & 0xfffff)}}) {
        ASSERT_EQ(set.contains(ip), plain(ip)) << to_string(ip) << " among " << size;
      }
    }
  }
}

TEST(Set, LivesInMappedBytes) {
  const Set made = set_of({"10.0.0.0/8", "2001:db8::5"});
  std::vector<std::byte> copy(made.bytes().begin(), made.bytes().end());
  const auto set = Set::over(copy);
  ASSERT_TRUE(set);
  EXPECT_TRUE(has(*set, "10.1.1.1") && has(*set, "2001:db8::5"));
  EXPECT_FALSE(has(*set, "11.1.1.1") || has(*set, "2001:db8::6"));
  for (std::size_t size = 0; size < copy.size(); ++size) EXPECT_FALSE(Set::over(std::span(copy).first(size))) << size;
  std::mt19937_64 random(5);
  for (int i = 0; i < 20'000; ++i) {
    auto broken = copy;
    for (int n = 0; n < 4; ++n) broken[random() % broken.size()] = static_cast<std::byte>(random());
    const auto opened = Set::over(broken);
    if (!opened) continue;
    (void)opened->contains({random(), random()});
    (void)opened->contains({0, UINT64_C(0xffff00000000) | (random() & 0xffffffff)});
  }
}

}  // namespace
}  // namespace portico::address
