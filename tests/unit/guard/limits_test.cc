#include "guard/limits.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>
#include <vector>

#include "base/clock.h"

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

TEST(LimitTable, TakesSeveralTokensAtOnce) {
  Memory memory;
  LimitTable table(memory.bytes, 7);
  const Bucket ten = bucket(1, 10);
  EXPECT_EQ(table.take(1, ten, kSecond, 7), 0);
  EXPECT_EQ(table.wait(1, ten, kSecond, 7), 4 * kSecond);
  EXPECT_EQ(table.take(1, ten, kSecond, 7), 4 * kSecond);
  EXPECT_EQ(table.take(1, ten, kSecond, 3), 0);
  EXPECT_EQ(table.wait(1, ten, kSecond), kSecond);
  table.give_back(1, ten, 3);
  EXPECT_EQ(table.wait(1, ten, kSecond, 3), 0) << "given back";
  EXPECT_EQ(table.wait(1, ten, kSecond, 3), 0) << "asking takes nothing";
  table.give_back(99, ten);
  EXPECT_EQ(table.full_at(99), 0) << "nothing is given to who has nothing";
}

TEST(LimitTable, RemembersForATime) {
  Memory memory;
  LimitTable table(memory.bytes, 7);
  EXPECT_FALSE(table.remember(5, 10 * kSecond, kSecond));
  EXPECT_TRUE(table.remember(5, 12 * kSecond, 9 * kSecond));
  EXPECT_EQ(table.full_at(5), 12 * kSecond);
  EXPECT_FALSE(table.remember(5, 20 * kSecond, 12 * kSecond)) << "the time is over";
}

// With more live keys than slots, what is to be remembered longest is lost last.
TEST(LimitTable, WhoIsShutOutStaysSoInAFlood) {
  Memory memory;
  LimitTable table(memory.bytes, 7);
  for (std::uint64_t key = 1; key <= 200; ++key) table.remember(key, 3600 * kSecond, kSecond);
  const Bucket one = bucket(1, 1);
  for (std::uint64_t key = 1000; key < 200'000; ++key) EXPECT_EQ(table.take(key, one, kSecond), 0);
  EXPECT_GT(table.evictions(), 100'000U);
  int kept = 0;
  for (std::uint64_t key = 1; key <= 200; ++key) kept += table.full_at(key) == 3600 * kSecond;
  EXPECT_EQ(kept, 200);
}

// Four processes, as fast as they can, for a second: a thousand a second and a thousand at once are promised. The
// bucket is so large that it does not run over while a busy machine lets none of them run.
TEST(LimitTable, KeepsItsPromiseOverProcesses) {
  auto* memory =
      static_cast<std::byte*>(::mmap(nullptr, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  LimitTable table({memory, 61440}, 7);
  auto* passed = reinterpret_cast<std::atomic<std::int64_t>*>(memory + 61440);
  auto* last = passed + 1;
  const Bucket promised = bucket(1000, 1000);
  const std::int64_t start = monotonic_ns();
  const std::int64_t end = start + kSecond;
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      LimitTable own({memory, 61440}, 8);
      for (std::int64_t now = monotonic_ns(); now < end; now = monotonic_ns()) {
        *passed += own.take(42, promised, now) == 0;
        last->store(now);  // within a step of the latest of all
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  // What was promised until they were last let run.
  const std::int64_t due = 1000 + (*last - start) / 1'000'000;
  EXPECT_GE(*passed, due * 99 / 100);
  EXPECT_LE(*passed, 2000 * 101 / 100);
  ::munmap(memory, 65536);
}

// What one process remembers all know, and nobody knows what none has remembered.
TEST(LimitTable, RemembersOverProcesses) {
  constexpr std::size_t kBytes = 1 << 20;
  auto* memory =
      static_cast<std::byte*>(::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  LimitTable table({memory, kBytes}, 7);
  constexpr std::uint64_t kEach = 2000;
  std::vector<pid_t> children;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      LimitTable own({memory, kBytes}, 8);
      for (std::uint64_t key = 0; key < kEach; ++key) own.remember(1 + i * kEach + key, 3600 * kSecond, kSecond);
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  std::uint64_t known = 0;
  for (std::uint64_t key = 1; key <= 4 * kEach; ++key) known += table.full_at(key) == 3600 * kSecond;
  EXPECT_GE(known + table.evictions(), 4 * kEach);
  EXPECT_GE(known, 4 * kEach * 99 / 100);
  for (std::uint64_t key = 4 * kEach + 1; key < 100'000; ++key) EXPECT_EQ(table.full_at(key), 0);
  ::munmap(memory, kBytes);
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
