#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "event/codec.h"
#include "event/log.h"
#include "event/scrub.h"

namespace portico::event {
namespace {

std::string scrubbed(std::string_view path) {
  std::string out;
  append_scrubbed_path(out, path);
  return out;
}

TEST(Scrub, MasksSecretsAndPersonalValuesByShape) {
  EXPECT_EQ(scrubbed("/users/alice@example.com/orders"), "/users/***/orders");
  EXPECT_EQ(scrubbed("/users/alice%40example.com"), "/users/***");
  EXPECT_EQ(scrubbed("/t/eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."), "/t/***");
  EXPECT_EQ(scrubbed("/phones/+441632960123"), "/phones/***");
  EXPECT_EQ(scrubbed("/cards/4111111111111111"), "/cards/***");
  EXPECT_EQ(scrubbed("/cards/4111-1111-1111-1111"), "/cards/***");
  EXPECT_EQ(scrubbed("/keys/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c"), "/keys/***");
}

TEST(Scrub, LeavesIdentifiersReadable) {
  for (const char* path : {"/parcels/1004217/map", "/orders/3f2504e0-4f89-41d3-9a0c-0305e82c3301", "/", "/a//b/",
                           "/reports/the-annual-report-of-the-department-of-transport-and-roads"}) {
    EXPECT_EQ(scrubbed(path), path);
  }
}

TEST(Scrub, CutsWhatIsTooLong) {
  std::string out;
  append_scrubbed_path(out, "/" + std::string(100, 'a'), 10);
  EXPECT_EQ(out, "/aaaaaaaaa...");
}

Transaction sample() {
  static const Reason reason{"request-limit-exceeded", "", ""};
  return {.time_us = 1'795'517'040'123'456,
          .request_id = "0123456789abcdef0123456789abcdef",
          .api = "Parcel \"Tracking\"",
          .operation = "getParcel",
          .method = "GET",
          .path_template = "/parcels/{number}",
          .path = "/parcels/1004217",
          .address = "192.0.2.7",
          .status = 429,
          .verdict = Verdict::kRefused,
          .reasons = {&reason, 1},
          .duration_us = 42,
          .guard_us = 7};
}

TEST(Codec, WritesOneLineOfJson) {
  std::string line;
  append_line(line, sample());
  EXPECT_EQ(
      line,
      R"({"type":"transaction","time":"2026-11-24T10:44:00.123456Z","request_id":"0123456789abcdef0123456789abcdef",)"
      R"("api":"Parcel \"Tracking\"","operation":"getParcel","method":"GET","path_template":"/parcels/{number}",)"
      R"("path":"/parcels/1004217","address":"192.0.2.7","status":429,"verdict":"refused",)"
      R"("rules":["request-limit-exceeded"],"reasons":[{"rule":"request-limit-exceeded"}],)"
      R"("request_bytes":0,"response_bytes":0,"duration_us":42,"guard_us":7})"
      "\n");
}

TEST(Codec, BoundsWhatClientsChoose) {
  Transaction t = sample();
  const std::string long_text(100'000, '\n');
  t.method = t.path = t.host = t.user_agent = long_text;
  std::string line;
  append_line(line, t);
  EXPECT_LT(line.size(), 16384U);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

class LogTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "portico-log-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string lines() const { return read_file(folder_ + "/events.jsonl").value_or(""); }

  std::string folder_;
  LogCounters counters_;
};

TEST_F(LogTest, WritesInBatches) {
  Log log(folder_ + "/events.jsonl", counters_);
  log.append(sample());
  log.append(sample());
  EXPECT_EQ(lines(), "");
  EXPECT_TRUE(log.flush());
  EXPECT_EQ(std::ranges::count(lines(), '\n'), 2);
  EXPECT_EQ(counters_.written, 2U);
}

TEST_F(LogTest, CountsWhatAMissingFolderCosts) {
  const std::string missing = folder_ + "/not/yet";
  Log log(missing + "/events.jsonl", counters_);
  log.append(sample());
  EXPECT_FALSE(log.flush());
  EXPECT_EQ(log.error(), ENOENT);
  EXPECT_EQ(counters_.lost, 1U);
  EXPECT_TRUE(log.empty());
  std::filesystem::create_directories(missing);
  EXPECT_TRUE(log.open());
  log.append(sample());
  EXPECT_TRUE(log.flush());
  const auto text = read_file(missing + "/events.jsonl").value_or("");
  EXPECT_TRUE(text.starts_with("{\"type\":\"events_lost\",")) << text;
  EXPECT_NE(text.find("\"count\":1}"), std::string::npos) << text;
  EXPECT_EQ(counters_.written, 1U);
}

TEST_F(LogTest, CountsWhatAFullDiskCosts) {
  Log log("/dev/full", counters_);
  for (int i = 0; i < 3; ++i) log.append(sample());
  EXPECT_FALSE(log.flush());
  EXPECT_EQ(log.error(), ENOSPC);
  EXPECT_EQ(counters_.lost, 3U);
  EXPECT_EQ(counters_.written, 0U);
}

TEST_F(LogTest, FollowsARotation) {
  const std::string path = folder_ + "/events.jsonl";
  Log log(path, counters_);
  log.append(sample());
  ASSERT_TRUE(log.flush());
  std::filesystem::rename(path, path + ".1");
  ASSERT_TRUE(log.open());
  log.append(sample());
  ASSERT_TRUE(log.flush());
  EXPECT_EQ(std::ranges::count(lines(), '\n'), 1);
}

}  // namespace
}  // namespace portico::event
