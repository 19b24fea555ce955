#include "identity/replay_window.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace portico::identity {
namespace {

using Use = ReplayWindow::Use;
constexpr std::int64_t kNow = 1'800'000'000;

struct Memory {
  alignas(64) std::array<std::byte, 1 << 16> bytes{};
};

TEST(ReplayWindow, TakesEachIdOnceUntilItExpires) {
  Memory memory;
  ReplayWindow window(memory.bytes, 7, kNow);
  EXPECT_EQ(window.use("i", "a", kNow + 60, kNow), Use::kFirst);
  EXPECT_EQ(window.use("i", "a", kNow + 60, kNow + 59), Use::kReplayed);
  EXPECT_EQ(window.use("j", "a", kNow + 60, kNow), Use::kFirst) << "another space";
  EXPECT_EQ(window.use("i", "b", kNow + 60, kNow), Use::kFirst);
  EXPECT_EQ(window.use("ia", "", kNow + 60, kNow), Use::kFirst) << "space and id do not run together";
  EXPECT_EQ(window.use("i", "a", kNow + 120, kNow + 60), Use::kFirst) << "expired, so it may be forgotten";
}

TEST(ReplayWindow, IsKeptByWhoMapsItAgain) {
  Memory memory;
  ReplayWindow before(memory.bytes, 7, kNow);
  EXPECT_EQ(before.use("i", "a", kNow + 60, kNow), Use::kFirst);
  ReplayWindow after(memory.bytes, 99, kNow + 10);
  EXPECT_EQ(after.use("i", "a", kNow + 60, kNow + 10), Use::kReplayed);
}

TEST(ReplayWindow, RefusesRatherThanForgets) {
  Memory memory;  // 8,184 slots
  ReplayWindow window(memory.bytes, 7, kNow);
  int first = 0;
  int full = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto use = window.use("i", std::to_string(i), kNow + 60, kNow);
    ASSERT_NE(use, Use::kReplayed) << i;
    if (use == Use::kFirst) {
      ++first;
    } else {
      ++full;
      EXPECT_GT(i, 6000) << "full although a quarter is free";
    }
  }
  EXPECT_GT(first, 8000);
  EXPECT_EQ(window.refused(), static_cast<std::uint64_t>(full));
  for (int i = 0; i < 6000; ++i) {
    ASSERT_EQ(window.use("i", std::to_string(i), kNow + 60, kNow + 1), Use::kReplayed) << i;
  }
  EXPECT_EQ(window.use("i", "later", kNow + 120, kNow + 60), Use::kFirst) << "there is room again";
}

TEST(ReplayWindow, HasLimitsOfTime) {
  Memory memory;
  ReplayWindow window(memory.bytes, 7, kNow);
  EXPECT_EQ(window.use("i", "a", kNow + ReplayWindow::kLongest + 1, kNow), Use::kFull);
  EXPECT_EQ(window.use("i", "a", INT64_MAX / 2, kNow), Use::kFull);
  // A clock that was set back.
  EXPECT_EQ(window.use("i", "b", kNow - 5, kNow - 10), Use::kFirst);
  EXPECT_EQ(window.use("i", "b", kNow - 5, kNow - 10), Use::kReplayed);
}

TEST(ReplayWindow, NeverTellsTwoThatTheyWereTheFirst) {
  constexpr int kThreads = 4;
  constexpr int kIds = 3000;
  Memory memory;
  std::vector<std::atomic<int>> firsts(kIds);
  std::atomic<int> ready = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      ReplayWindow window(memory.bytes, 7, kNow);
      ++ready;
      while (ready < kThreads) {
      }
      for (int i = 0; i < kIds; ++i) {
        if (window.use("i", std::to_string(i), kNow + 60, kNow) == Use::kFirst) ++firsts[i];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int used = 0;
  for (const auto& count : firsts) {
    EXPECT_LE(count, 1);
    used += count;
  }
  EXPECT_GT(used, kIds * 9 / 10);
}

}  // namespace
}  // namespace portico::identity
