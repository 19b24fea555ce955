#include "guard/limits.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <thread>
#include <vector>

namespace portico::guard {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

struct Memory {
  alignas(64) std::array<std::byte, 65536> bytes{};
};

Bucket bucket(std::int64_t rate_per_second, std::int64_t burst) {
  return {.interval_ns = kSecond / rate_per_second, .tolerance_ns = (burst - 1) * (kSecond / rate_per_second)};
}

TEST(LimitTable, GivesABurstAndThenTheRate) {
  Memory memory;
  LimitTable table(memory.bytes, 7);
  const Bucket two_a_second = bucket(2, 3);
  std::int64_t now = 100 * kSecond;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(table.take(1, two_a_second, now), 0) << i;
  EXPECT_EQ(table.take(1, two_a_second, now), kSecond / 2);
  EXPECT_EQ(table.take(1, two_a_second, now + kSecond / 4), kSecond / 4) << "a refused request costs nothing";
  EXPECT_EQ(table.take(1, two_a_second, now + kSecond / 2), 0);
  EXPECT_GT(table.take(1, two_a_second, now + kSecond / 2), 0);
  now += 60 * kSecond;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(table.take(1, two_a_second, now), 0) << "a full bucket holds no more than it can";
  EXPECT_GT(table.take(1, two_a_second, now), 0);
}

TEST(LimitTable, KeepsKeysApart) {
  Memory memory;
  LimitTable table(memory.bytes, 7);
  const Bucket one = bucket(1, 1);
  EXPECT_EQ(table.take(1, one, kSecond), 0);
  EXPECT_EQ(table.take(2, one, kSecond), 0);
  EXPECT_GT(table.take(1, one, kSecond), 0);
  EXPECT_GT(table.take(2, one, kSecond), 0);
  EXPECT_EQ(table.take(0, one, kSecond), 0) << "0 marks a free slot, and is a key all the same";
}

TEST(LimitTable, IsTheSameForAllWhoMapTheMemory) {
  Memory memory;
  LimitTable first(memory.bytes, 7);
  EXPECT_EQ(first.take(5, bucket(1, 1), kSecond), 0);
  LimitTable second(memory.bytes, 99);
  EXPECT_EQ(second.seed(), first.seed()) << "a second look does not start anew";
  EXPECT_GT(second.take(5, bucket(1, 1), kSecond), 0);
}

TEST(LimitTable, MakesRoomWhenAttackedByManyKeys) {
  Memory memory;
  LimitTable table(memory.bytes, 7);
  const Bucket hourly = {.interval_ns = 3600 * kSecond, .tolerance_ns = 0};
  for (std::uint64_t key = 1; key < 100'000; ++key) EXPECT_EQ(table.take(key, hourly, kSecond), 0);
  EXPECT_GT(table.evictions(), 0U);
}

TEST(LimitTable, CountsExactlyUnderContention) {
  Memory memory;
  LimitTable table(memory.bytes, 7);
  const Bucket thousand = bucket(1, 1000);
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      LimitTable own(memory.bytes, 8);
      for (int i = 0; i < 1000; ++i) passed += own.take(42, thousand, 10 * kSecond) == 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(passed, 1000);
}

}  // namespace
}  // namespace portico::guard
