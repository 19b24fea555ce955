// The state file as readers and writers see it: one process after the other, many at once, killed ones, damaged files.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "base/clock.h"
#include "state/reader.h"
#include "state/writer.h"

namespace portico::state {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNow = 1'000'000;

class State : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "portico-state-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/test.state";
  }
  void TearDown() override { fs::remove_all(folder_); }

  Writer writer() {
    auto writer = Writer::open(path_);
    if (!writer) throw std::runtime_error(to_string(writer.error()));
    return *std::move(writer);
  }
  Reader reader() {
    auto reader = Reader::open(path_);
    if (!reader) throw std::runtime_error(to_string(reader.error()));
    return *std::move(reader);
  }
  void block(Kind kind, const std::string& name, std::int64_t until = kForEver, const std::string& issuer = "") {
    const auto added = writer().add({.kind = kind, .name = name, .issuer = issuer, .until_us = until});
    ASSERT_TRUE(added) << to_string(added.error());
  }
  static bool blocked(const Reader& reader, std::string_view address, std::int64_t now = kNow) {
    return reader.find(*address::parse_ip(address), now).has_value();
  }

  std::string folder_;
  std::string path_;
};

TEST_F(State, AnAddressIsBlockedUntilItsTime) {
  block(Kind::kAddress, "192.0.2.7", kNow + 10);
  const Reader reader = this->reader();
  EXPECT_TRUE(blocked(reader, "192.0.2.7"));
  EXPECT_FALSE(blocked(reader, "192.0.2.8"));
  EXPECT_FALSE(blocked(reader, "192.0.2.7", kNow + 10));
}

TEST_F(State, ANetworkIsBlockedWhole) {
  block(Kind::kAddress, "10.1.2.3/8");
  block(Kind::kAddress, "2001:db8::/33");
  block(Kind::kAddress, "fe80::/10");
  const Reader reader = this->reader();
  EXPECT_TRUE(blocked(reader, "10.255.255.255"));
  EXPECT_FALSE(blocked(reader, "11.0.0.0"));
  EXPECT_TRUE(blocked(reader, "2001:db8:7fff::1"));
  EXPECT_FALSE(blocked(reader, "2001:db8:8000::1"));
  EXPECT_TRUE(blocked(reader, "febf::1"));
}

TEST_F(State, AllOfIpv6IsNotIpv4) {
  block(Kind::kAddress, "::/0");
  const Reader reader = this->reader();
  EXPECT_TRUE(blocked(reader, "2001:db8::1"));
  EXPECT_FALSE(blocked(reader, "192.0.2.1"));
}

TEST_F(State, ASubjectIsBlockedForItsIssuerOrForAll) {
  block(Kind::kSubject, "alice");
  block(Kind::kSubject, "bob", kForEver, "https://id.example");
  const Reader reader = this->reader();
  EXPECT_TRUE(reader.find(Kind::kSubject, "https://other.example", "alice", kNow));
  EXPECT_TRUE(reader.find(Kind::kSubject, "", "alice", kNow));
  EXPECT_TRUE(reader.find(Kind::kSubject, "https://id.example", "bob", kNow));
  EXPECT_FALSE(reader.find(Kind::kSubject, "https://other.example", "bob", kNow));
  EXPECT_FALSE(reader.find(Kind::kCredential, "", "alice", kNow)) << "another kind of thing";
  EXPECT_FALSE(reader.find(Kind::kSubject, "", "https://id.examplebob", kNow));
}

TEST_F(State, IssuedBeforeGivesTheLatestTime) {
  ASSERT_TRUE(writer().add({.kind = Kind::kSubjectIssuedBefore, .name = "alice", .issued_before_s = 100}));
  ASSERT_TRUE(
      writer().add({.kind = Kind::kSubjectIssuedBefore, .name = "alice", .issuer = "i", .issued_before_s = 200}));
  ASSERT_TRUE(writer().add({.kind = Kind::kIssuerIssuedBefore, .issuer = "i", .issued_before_s = 300}));
  const Reader reader = this->reader();
  EXPECT_EQ(reader.find(Kind::kSubjectIssuedBefore, "i", "alice", kNow)->issued_before_s, 200);
  EXPECT_EQ(reader.find(Kind::kSubjectIssuedBefore, "j", "alice", kNow)->issued_before_s, 100);
  EXPECT_EQ(reader.find(Kind::kIssuerIssuedBefore, "i", "", kNow)->issued_before_s, 300);
  EXPECT_FALSE(reader.find(Kind::kIssuerIssuedBefore, "j", "", kNow));
}

TEST_F(State, WhatIsListedCanBeLifted) {
  const std::int64_t now = wall_us();
  ASSERT_TRUE(writer().add({.kind = Kind::kAddress, .name = "192.0.2.0/24", .why = "a flood", .by = "ops"}));
  ASSERT_TRUE(writer().add({.kind = Kind::kToken, .name = "secret.token.bytes", .until_us = now + 1'000'000'000}));
  const auto list = writer().list(now);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].name, "192.0.2.0/24");
  EXPECT_EQ(list[0].why, "a flood");
  EXPECT_EQ(list[0].by, "ops");
  EXPECT_EQ(list[1].name, "") << "a token is never kept";
  const Reader reader = this->reader();
  EXPECT_TRUE(reader.find(Kind::kToken, "", "secret.token.bytes", now));
  EXPECT_TRUE(writer().lift_id(list[1].id));
  EXPECT_FALSE(reader.find(Kind::kToken, "", "secret.token.bytes", now));
  EXPECT_FALSE(writer().lift_id(list[1].id));
  EXPECT_TRUE(*writer().lift({.kind = Kind::kAddress, .name = "192.0.2.99/24"}));
  EXPECT_FALSE(*writer().lift({.kind = Kind::kAddress, .name = "192.0.2.99/24"}));
  EXPECT_TRUE(writer().list(now).empty());
}

TEST_F(State, TheFileHoldsNoToken) {
  block(Kind::kToken, "secret.token.bytes");
  std::ifstream file(path_, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(bytes.find("secret.token"), std::string::npos);
}

TEST_F(State, WordsAreCutAndHarmless) {
  const std::string_view nasty = "\x1b[2J\n";
  ASSERT_TRUE(writer().add({.kind = Kind::kSubject,
                            .name = std::string(5000, 'n'),
                            .issuer = std::string(5000, 'i'),
                            .why = std::string(nasty) + std::string(5000, 'w'),
                            .by = std::string(5000, 'b')}));
  const auto list = writer().list(wall_us());
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].why.find('\x1b'), std::string::npos);
  EXPECT_EQ(list[0].why.find('\n'), std::string::npos);
  EXPECT_TRUE(reader().find(Kind::kSubject, std::string(5000, 'i'), std::string(5000, 'n'), kNow));
  EXPECT_FALSE(reader().find(Kind::kSubject, std::string(5000, 'i'), std::string(4999, 'n'), kNow));
}

TEST_F(State, BadNamesAreErrors) {
  for (const char* name : {"", "10.0.0.0/33", "example.com"}) {
    EXPECT_FALSE(writer().add({.kind = Kind::kAddress, .name = name})) << name;
  }
  EXPECT_FALSE(writer().add({.kind = Kind::kSubject}));
}

TEST_F(State, EveryChangeMovesTheEpoch) {
  auto before = (writer(), reader().epoch());
  const Reader reader = this->reader();
  const auto moved = [&] { return std::exchange(before, reader.epoch()) != before; };
  EXPECT_FALSE(moved());
  block(Kind::kSubject, "alice");
  EXPECT_TRUE(moved());
  EXPECT_TRUE(*writer().lift({.kind = Kind::kSubject, .name = "alice"}));
  EXPECT_TRUE(moved());
  EXPECT_TRUE(*writer().publish_keys("https://id.example/keys", "{}"));
  EXPECT_TRUE(moved());
  EXPECT_FALSE(*writer().publish_keys("https://id.example/keys", "{}")) << "the same again is no change";
  EXPECT_FALSE(moved());
  const auto lists = reader.lists_epoch();
  writer().publish_lists();
  EXPECT_NE(reader.lists_epoch(), lists);
}

TEST_F(State, ExpiredEntriesMakeRoom) {
  const std::int64_t soon = wall_us() + 3'600'000'000;
  {
    Writer writer = this->writer();
    for (int i = 0; i < 1000; ++i) {
      ASSERT_TRUE(
          writer.add({.kind = Kind::kSubject, .name = std::to_string(i), .until_us = i < 900 ? soon : kForEver}));
    }
  }
  EXPECT_EQ(writer().expire(soon), 900U);
  EXPECT_EQ(writer().expire(soon), 0U);
  EXPECT_EQ(writer().list(soon).size(), 100U);
  EXPECT_TRUE(reader().has(Kind::kSubject));
  EXPECT_EQ(writer().expire(kForEver), 100U);
  EXPECT_FALSE(reader().has(Kind::kSubject));
}

TEST_F(State, AFullTableSaysSo) {
  Writer writer = this->writer();
  std::size_t added = 0;
  Result<void> result;
  while (result && added <= layout::kSlots) {
    result = writer.add({.kind = Kind::kSubject, .name = std::to_string(added)});
    if (result) ++added;
  }
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kLimit);
  EXPECT_GT(added, layout::kSlots * 7 / 10) << "two choices fill the table well before they fail";
  const Reader reader = this->reader();
  for (std::size_t i = 0; i < added; ++i) {
    ASSERT_TRUE(reader.find(Kind::kSubject, "", std::to_string(i), kNow)) << i;
  }
}

TEST_F(State, KeySetsComeWholeAndOneForEachUrl) {
  (void)writer();
  const Reader reader = this->reader();
  std::string bytes;
  EXPECT_EQ(reader.keys_generation("https://a.example/keys"), 0U);
  EXPECT_FALSE(reader.read_keys("https://a.example/keys", bytes));
  ASSERT_TRUE(writer().publish_keys("https://a.example/keys", "first"));
  ASSERT_TRUE(writer().publish_keys("https://b.example/keys", "other"));
  ASSERT_TRUE(reader.read_keys("https://a.example/keys", bytes));
  EXPECT_EQ(bytes, "first");
  const auto generation = reader.keys_generation("https://a.example/keys");
  ASSERT_TRUE(writer().publish_keys("https://a.example/keys", std::string(layout::kKeySetBytes, 'k')));
  EXPECT_NE(reader.keys_generation("https://a.example/keys"), generation);
  ASSERT_TRUE(reader.read_keys("https://a.example/keys", bytes));
  EXPECT_EQ(bytes.size(), layout::kKeySetBytes);
  EXPECT_FALSE(writer().publish_keys("https://a.example/keys", std::string(layout::kKeySetBytes + 1, 'k')));
  ASSERT_TRUE(reader.read_keys("https://b.example/keys", bytes));
  EXPECT_EQ(bytes, "other");
  for (std::size_t i = 2; i < layout::kKeySets; ++i) {
    ASSERT_TRUE(writer().publish_keys("https://" + std::to_string(i), "x"));
  }
  EXPECT_FALSE(writer().publish_keys("https://one-too-many", "x"));
}

// ---- Files that should not be trusted ------------------------------------------------------------------------------

TEST_F(State, IsForItsOwnerAlone) {
  (void)writer();
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640U);
}

TEST_F(State, LinksAndForeignFilesAreRefused) {
  (void)writer();
  const std::string link = folder_ + "/link";
  ASSERT_EQ(::symlink(path_.c_str(), link.c_str()), 0);
  EXPECT_FALSE(Reader::open(link));
  EXPECT_FALSE(Writer::open(link));
  ASSERT_EQ(::mkfifo((folder_ + "/fifo").c_str(), 0600), 0);
  EXPECT_FALSE(Reader::open(folder_ + "/fifo"));
  EXPECT_FALSE(Reader::open(folder_));
  EXPECT_FALSE(Reader::open(folder_ + "/missing"));
  EXPECT_FALSE(Writer::open(folder_ + "/no/folder"));
  ASSERT_EQ(::chmod(path_.c_str(), 0666), 0);
  EXPECT_FALSE(Reader::open(path_)) << "anybody may write it";
  if (::geteuid() == 0) {
    ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
    ASSERT_EQ(::chown(path_.c_str(), 12345, 0), 0);
    EXPECT_FALSE(Reader::open(path_)) << "somebody else's";
  }
}

TEST_F(State, ADanglingLinkIsNotFollowedWhenCreating) {
  ASSERT_EQ(::symlink((folder_ + "/target").c_str(), path_.c_str()), 0);
  EXPECT_FALSE(Writer::open(path_));
  EXPECT_FALSE(fs::exists(folder_ + "/target"));
}

TEST_F(State, OtherVersionsAndSizesAreRefused) {
  (void)writer();
  const auto with = [&](std::size_t offset, std::string_view bytes) {
    const std::string copy = folder_ + "/copy.state";
    fs::copy_file(path_, copy, fs::copy_options::overwrite_existing);
    const int fd = ::open(copy.c_str(), O_WRONLY);
    EXPECT_EQ(::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)), static_cast<ssize_t>(bytes.size()));
    ::close(fd);
    return Reader::open(copy).has_value();
  };
  EXPECT_TRUE(with(0, "PORTICOS"));
  EXPECT_FALSE(with(0, "PORTICOX"));
  EXPECT_FALSE(with(8, "\x02"));
  EXPECT_FALSE(with(16, "\x01"));
  EXPECT_FALSE(with(24, std::string_view("\0\0\0\0\0\0\0\0", 8)));
  ASSERT_EQ(::truncate(path_.c_str(), static_cast<off_t>(layout::kFileSize - 1)), 0);
  EXPECT_FALSE(Reader::open(path_));
  ASSERT_EQ(::truncate(path_.c_str(), 100), 0);
  EXPECT_FALSE(Reader::open(path_));
  EXPECT_FALSE(Writer::open(path_));
}

TEST_F(State, NoiseIsNoFault) {
  block(Kind::kAddress, "192.0.2.7");
  ASSERT_TRUE(writer().publish_keys("https://a.example/keys", "first"));
  const Reader reader = this->reader();
  const int fd = ::open(path_.c_str(), O_WRONLY);
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::array<std::uint64_t, 512> noise;
    for (auto& word : noise) word = random();
    // Everything behind the seeds, one place after the other.
    const std::size_t at = 64 + random() % (layout::kFileSize - sizeof(noise) - 64);
    ASSERT_GT(::pwrite(fd, noise.data(), sizeof(noise), static_cast<off_t>(round % 2 == 0 ? 64 : at)), 0);
    std::string bytes;
    (void)blocked(reader, "192.0.2.7");
    (void)reader.find(Kind::kSubject, "i", "alice", kNow);
    (void)reader.read_keys("https://a.example/keys", bytes);
    (void)writer().list(kNow);
    (void)writer().expire(kNow);
    (void)writer().add({.kind = Kind::kSubject, .name = "alice"});
  }
  ::close(fd);
}

TEST_F(State, AReplacedFileIsNoticed) {
  block(Kind::kAddress, "192.0.2.7");
  const Reader reader = this->reader();
  EXPECT_FALSE(reader.is_replaced());
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_FALSE(reader.is_replaced()) << "there is no other";
  EXPECT_TRUE(blocked(reader, "192.0.2.7"));
  (void)writer();
  EXPECT_TRUE(reader.is_replaced());
}

// ---- Many processes ------------------------------------------------------------------------------------------------

template <class Body>
pid_t spawn(Body body) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  body();
  ::_exit(0);
}

void reap(pid_t child) {
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(State, ManyCreateItAtOnceAndMakeOne) {
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(spawn([&] {
      auto writer = Writer::open(path_);
      if (!writer || !writer->add({.kind = Kind::kSubject, .name = "child" + std::to_string(i)})) ::_exit(1);
    }));
  }
  for (const pid_t child : children) reap(child);
  EXPECT_EQ(writer().list(kNow).size(), 8U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1) << "nothing is left behind";
}

// While writers of three processes come and go: what is blocked for good is always found, what never was is never
// found, and a key set is always a whole one.
TEST_F(State, ReadersSeeWholeThingsOnly) {
  block(Kind::kSubject, "always");
  block(Kind::kAddress, "10.0.0.0/8");
  ASSERT_TRUE(writer().publish_keys("url", std::string(100'000, 'a')));
  const std::int64_t end = monotonic_ns() + 700'000'000;
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    children.push_back(spawn([&] {
      std::mt19937 random(static_cast<unsigned>(i));
      for (int n = 0; monotonic_ns() < end; ++n) {
        auto writer = Writer::open(path_);
        if (!writer) ::_exit(1);
        const std::string name = "n" + std::to_string(random() % 5000);
        (void)writer->add({.kind = Kind::kSubject, .name = name});
        (void)writer->lift({.kind = Kind::kSubject, .name = "n" + std::to_string(random() % 5000)});
        if (n % 8 == 0) (void)writer->publish_keys("url", std::string(100'000, static_cast<char>('a' + random() % 26)));
      }
    }));
  }
  const Reader reader = this->reader();
  std::string bytes;
  std::uint64_t reads = 0;
  std::uint64_t whole = 0;
  while (monotonic_ns() < end) {
    ++reads;
    ASSERT_TRUE(reader.find(Kind::kSubject, "", "always", kNow));
    ASSERT_TRUE(blocked(reader, "10.1.1.1"));
    ASSERT_FALSE(reader.find(Kind::kSubject, "", "never" + std::to_string(reads), kNow));
    if (reads % 16 != 0 || !reader.read_keys("url", bytes)) continue;
    ++whole;
    ASSERT_EQ(bytes.size(), 100'000U);
    ASSERT_EQ(bytes.find_first_not_of(bytes.front()), std::string::npos);
  }
  for (const pid_t child : children) reap(child);
  EXPECT_GT(whole, 0U);
}

TEST_F(State, AWriterMayBeKilledAtAnyPoint) {
  block(Kind::kSubject, "always");
  ASSERT_TRUE(writer().publish_keys("url", std::string(100'000, 'a')));
  const Reader reader = this->reader();
  std::mt19937 random(11);
  std::string bytes;
  for (int round = 0; round < 60; ++round) {
    const pid_t child = spawn([&] {
      for (unsigned n = 0;; ++n) {
        auto writer = Writer::open(path_);
        if (!writer) ::_exit(1);
        (void)writer->add({.kind = n % 2 == 0 ? Kind::kSubject : Kind::kCredential, .name = std::to_string(n % 50)});
        (void)writer->lift({.kind = Kind::kSubject, .name = std::to_string((n + 25) % 50)});
        (void)writer->publish_keys("url", std::string(100'000, static_cast<char>('a' + n % 26)));
      }
    });
    const timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000 + static_cast<long>(random() % 9'000'000)};
    ::nanosleep(&pause, nullptr);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ASSERT_TRUE(reader.find(Kind::kSubject, "", "always", kNow));
    if (reader.read_keys("url", bytes)) {
      ASSERT_EQ(bytes.size(), 100'000U);
      ASSERT_EQ(bytes.find_first_not_of(bytes.front()), std::string::npos);
    }
    // The next writer is not held up and finds the file in order: what is listed is what readers find.
    const auto list = writer().list(kNow);
    ASSERT_FALSE(list.empty());
    for (const auto& entry : list) ASSERT_TRUE(reader.find(entry.kind, "", entry.name, kNow)) << entry.name;
    ASSERT_TRUE(writer().publish_keys("url", std::string(100'000, 'z')));
    ASSERT_TRUE(reader.read_keys("url", bytes));
    ASSERT_EQ(bytes, std::string(100'000, 'z'));
  }
}

TEST_F(State, TheNextWriterTellsWhatAKilledOneDid) {
  block(Kind::kSubject, "alice");
  const Reader reader = this->reader();
  const auto before = reader.epoch();
  reap(spawn([&] {
    auto mapping = Mapping::open(path_, Mapping::Access::kWrite);
    mapping->header().writing.store(1);
    mapping->header().counts[1].store(77);
  }));
  (void)writer();
  EXPECT_NE(reader.epoch(), before);
  EXPECT_TRUE(*writer().lift({.kind = Kind::kSubject, .name = "alice"}));
  EXPECT_FALSE(reader.has(Kind::kSubject));
}

}  // namespace
}  // namespace portico::state
