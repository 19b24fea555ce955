#include "address/list_file.h"

#include <gtest/gtest.h>

namespace portico::address {
namespace {

std::string read(std::string_view text) {
  std::vector<Range> ranges;
  if (const auto done = read_list(text, "list", ranges); !done) return to_string(done.error());
  std::string out;
  for (const Range& range : ranges) out += to_string(range.first) + '-' + to_string(range.last) + ' ';
  return out;
}

TEST(ReadList, ReadsTheUsualFormats) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("192.0.2.1"), "192.0.2.1-192.0.2.1 ");
  EXPECT_EQ(read("# a netset\n\n192.0.2.0/31\r\n  2001:db8::/127 # two\n"),
            "192.0.2.0-192.0.2.1 2001:db8::-2001:db8::1 ");
  EXPECT_EQ(read("; a drop list\n192.0.2.0/31 ; SBL1\n"), "192.0.2.0-192.0.2.1 ");
  EXPECT_EQ(read("create bad hash:net family inet\nadd bad 192.0.2.0/31 timeout 300\nadd bad 192.0.2.9"),
            "192.0.2.0-192.0.2.1 192.0.2.9-192.0.2.9 ");
  EXPECT_EQ(read("deny 192.0.2.0/31;\ndeny   192.0.2.9; # why\n"), "192.0.2.0-192.0.2.1 192.0.2.9-192.0.2.9 ");
  EXPECT_EQ(read("192.0.2.1-192.0.2.9\n2001:db8::1 - 2001:db8::2\n"), "192.0.2.1-192.0.2.9 2001:db8::1-2001:db8::2 ");
}

TEST(ReadList, SaysWhichLineIsWrong) {
  EXPECT_EQ(read("192.0.2.1\nexample.com\n"), "list:2:1: \"example.com\" is no address, network or range");
  for (const char* text : {"192.0.2.1 192.0.2.2", "192.0.2.9-192.0.2.1", "192.0.2.1-2001:db8::1", "192.0.2.0/33",
                           "deny all;", "add bad", "192.0.2.1,AS1", "\xff\xfe", "192.0.2.1-"}) {
    EXPECT_NE(read(text).find("list:1:1"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace portico::address
