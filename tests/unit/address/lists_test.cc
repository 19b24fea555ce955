#include "address/lists.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"

namespace portico::address {
namespace {

namespace fs = std::filesystem;

class ListsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "portico-lists-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    ASSERT_TRUE(write_file(folder_ + "/bad.netset", "192.0.2.0/24\n"));
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string folder_;
};

TEST_F(ListsTest, GoThroughAFile) {
  const ListSources allow{{"10.0.0.0/8", "2001:db8::/32"}, {}};
  const ListSources deny{{}, {folder_ + "/bad.netset"}};
  const auto made = Lists::compile(allow, deny);
  ASSERT_TRUE(made) << to_string(made.error());
  const std::string path = folder_ + "/x.addresses";
  ASSERT_TRUE(made->write(path, UINT32_MAX));
  auto mapped = Lists::map(path, Lists::hash_of(allow, deny));
  ASSERT_TRUE(mapped) << to_string(mapped.error());
  const Lists lists = *std::move(mapped);
  EXPECT_EQ(lists.started_us(), made->started_us());
  EXPECT_TRUE(lists.allowed().contains(*parse_ip("2001:db8::1")));
  EXPECT_FALSE(lists.allowed().contains(*parse_ip("192.0.2.1")));
  EXPECT_TRUE(lists.denied().contains(*parse_ip("192.0.2.1")));
}

TEST_F(ListsTest, OfAnotherPolicyAreRefused) {
  const ListSources deny{{}, {folder_ + "/bad.netset"}};
  const std::string path = folder_ + "/x.addresses";
  ASSERT_TRUE(Lists::compile({}, deny)->write(path, UINT32_MAX));
  EXPECT_FALSE(Lists::map(path, Lists::hash_of(deny, {})));
  EXPECT_TRUE(Lists::map(path, Lists::hash_of({}, deny)));
  EXPECT_FALSE(Lists::map(folder_ + "/missing", 1));
}

TEST_F(ListsTest, DamagedBytesAreRefused) {
  const ListSources deny{{}, {folder_ + "/bad.netset"}};
  const std::string path = folder_ + "/x.addresses";
  ASSERT_TRUE(Lists::compile({}, deny)->write(path, UINT32_MAX));
  const std::string good = *read_file(path);
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (i >= 16 && i < 24) continue;  // when it was made
    std::string broken = good;
    broken[i] = static_cast<char>(broken[i] ^ 0x41);
    ASSERT_TRUE(write_file(path, broken));
    EXPECT_FALSE(Lists::map(path, Lists::hash_of({}, deny))) << i;
    ASSERT_TRUE(write_file(path, good.substr(0, i)));
    EXPECT_FALSE(Lists::map(path, Lists::hash_of({}, deny))) << i;
  }
}

TEST_F(ListsTest, AWrongLineIsAnError) {
  ASSERT_TRUE(write_file(folder_ + "/bad.netset", "192.0.2.0/24\nno address\n"));
  const auto made = Lists::compile({}, {{}, {folder_ + "/bad.netset"}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().place.line, 2U);
}

}  // namespace
}  // namespace portico::address
