#include "seal/sealer.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>

namespace portico::seal {
namespace {

constexpr Scope kAlice{.api = "parcels", .type = "parcelId", .subject = "alice"};

Key key(std::uint8_t epoch, unsigned char seed) {
  Key key{.epoch = epoch};
  for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<unsigned char>(seed + 7 * i);
  return key;
}

std::string sealed(Sealer& sealer, const Scope& scope, const Id& id) {
  std::string out;
  EXPECT_TRUE(sealer.seal(scope, id, out));
  return out;
}

TEST(Sealer, OpensWhatItSealed) {
  const std::array keys = {key(1, 3)};
  Sealer sealer(keys);
  std::mt19937_64 random(20260101);
  std::vector<std::pair<std::string, bool>> ids = {{"", false},
                                                   {"0", true},
                                                   {"-0", true},
                                                   {"007", false},
                                                   {"1e3", true},
                                                   {"9223372036854775807", true},
                                                   {"-9223372036854775808", true},
                                                   {"9223372036854775808", true},
                                                   {"1042", false},
                                                   {std::string(Sealer::kMaxId, 'x'), false},
                                                   {std::string("a\0b", 3), false}};
  for (int i = 0; i < 2000; ++i) ids.emplace_back(std::to_string(static_cast<std::int64_t>(random())), true);
  for (int i = 0; i < 2000; ++i) {
    std::string& text = ids.emplace_back("", false).first;
    for (std::size_t n = random() % (Sealer::kMaxId + 1); n > 0; --n) text.push_back(static_cast<char>(random()));
  }
  for (const auto& [text, is_number] : ids) {
    const std::string closed = sealed(sealer, kAlice, {.text = text, .is_number = is_number});
    EXPECT_GE(closed.size(), Sealer::kMinSealed);
    EXPECT_LE(closed.size(), Sealer::kMaxSealed);
    Id id;
    ASSERT_TRUE(sealer.open(kAlice, closed, id)) << text;
    EXPECT_EQ(id.text, text);
    EXPECT_EQ(id.is_number, is_number);
  }
}

TEST(Sealer, GivesOneSealedFormToEachCaller) {
  const std::array keys = {key(1, 3)};
  Sealer sealer(keys);
  std::set<std::string> forms;
  const std::array<Scope, 6> scopes = {kAlice,
                                       Scope{.api = "parcels", .type = "parcelId", .subject = "bob"},
                                       Scope{.api = "parcels", .type = "userId", .subject = "alice"},
                                       Scope{.api = "orders", .type = "parcelId", .subject = "alice"},
                                       Scope{.api = "parcelsp", .type = "arcelId", .subject = "alice"},
                                       Scope{.api = "parcels", .type = "parcelId", .subject = ""}};
  for (const Scope& scope : scopes) {
    const std::string form = sealed(sealer, scope, {.text = "1042", .is_number = true});
    EXPECT_TRUE(forms.insert(form).second);
    EXPECT_EQ(form, sealed(sealer, scope, {.text = "1042", .is_number = true}));
    for (const Scope& other : scopes) {
      Id id;
      EXPECT_EQ(sealer.open(other, form, id), &other == &scope) << other.subject;
    }
  }
}

TEST(Sealer, OpensNothingThatWasChanged) {
  const std::array keys = {key(1, 3)};
  Sealer sealer(keys);
  const std::string form = sealed(sealer, kAlice, {.text = "1042", .is_number = true});
  Id id;
  for (std::size_t i = 0; i < form.size(); ++i) {
    std::string changed = form;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(sealer.open(kAlice, changed, id)) << i;
    EXPECT_FALSE(sealer.open(kAlice, form.substr(0, i), id)) << i;
  }
  for (const std::string& other : {form + "A", form + "=", std::string("1042"), std::string(), std::string(400, 'A')}) {
    EXPECT_FALSE(sealer.open(kAlice, other, id));
  }
}

TEST(Sealer, RotatesKeys) {
  const std::array old_keys = {key(1, 3)};
  const std::array both = {key(2, 99), key(1, 3)};
  const std::array new_keys = {key(2, 99)};
  const std::array reused = {key(1, 99)};
  Sealer before(old_keys);
  Sealer during(both);
  Sealer after(new_keys);
  Sealer wrong(reused);
  const std::string form = sealed(before, kAlice, {.text = "1042", .is_number = true});
  const std::string fresh = sealed(during, kAlice, {.text = "1042", .is_number = true});
  EXPECT_NE(form, fresh);
  Id id;
  EXPECT_TRUE(during.open(kAlice, form, id));
  EXPECT_TRUE(after.open(kAlice, fresh, id));
  EXPECT_FALSE(after.open(kAlice, form, id)) << "its epoch is over";
  EXPECT_FALSE(wrong.open(kAlice, form, id)) << "another key of the same epoch";
}

TEST(Sealer, RefusesIdsThatAreTooLong) {
  const std::array keys = {key(1, 3)};
  Sealer sealer(keys);
  std::string out = "kept";
  EXPECT_FALSE(sealer.seal(kAlice, {.text = std::string(Sealer::kMaxId + 1, 'x')}, out));
  EXPECT_EQ(out, "kept");
}

TEST(SealKeys, ReadsWhatItWrites) {
  std::vector<Key> keys;
  for (int round = 0; round < 300; ++round) {
    const auto text = rotated_keys(keys, 2);
    ASSERT_TRUE(text);
    auto next = read_keys_text(*text, "keys.yaml");
    ASSERT_TRUE(next) << next.error().message;
    if (!keys.empty()) {
      EXPECT_EQ((*next)[1].bytes, keys[0].bytes);
    }
    EXPECT_EQ(next->size(), std::min<std::size_t>(keys.size() + 1, 3));
    keys = *std::move(next);
  }
}

TEST(SealKeys, RefusesOthersAndQuotesNoKey) {
  const std::string good(43, 'A');
  const std::array<std::string, 8> texts = {
      "version: 1",
      "version: 2\nkeys: [{epoch: 1, key: " + good + "}]",
      "version: 1\nkeys: []",
      "version: 1\nkeys: [{epoch: 0, key: " + good + "}]",
      "version: 1\nkeys: [{epoch: 256, key: " + good + "}]",
      "version: 1\nkeys: [{epoch: 1, key: " + good + "A}]",
      "version: 1\nkeys: [{epoch: 1, key: " + good + ", x: 1}]",
      "version: 1\nkeys: [{epoch: 1, key: " + good + "}, {epoch: 1, key: " + good + "}]"};
  for (const std::string& text : texts) {
    const auto keys = read_keys_text(text, "keys.yaml");
    ASSERT_FALSE(keys) << text;
    EXPECT_EQ(to_string(keys.error()).find("AAAA"), std::string::npos);
  }
}

}  // namespace
}  // namespace portico::seal
