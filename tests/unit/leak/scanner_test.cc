#include "leak/scanner.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "json/tree.h"
#include "yaml/reader.h"

namespace portico::leak {
namespace {

const Scanner& scanner() {
  static const auto all = Scanner::make(std::bitset<kKinds>().set());
  if (!all) ADD_FAILURE() << to_string(all.error());
  return *all;
}

// "rule:what was found" for each find.
std::vector<std::string> found(std::string_view text) {
  Scanner::Scratch scratch(scanner());
  std::vector<std::string> out;
  for (const Find& find : scanner().scan(text, scratch)) {
    out.push_back(std::string(rules()[find.rule].id) + ':' +
                  std::string(text.substr(find.begin, find.end - find.begin)));
  }
  return out;
}

using Finds = std::vector<std::string>;

// tests/cases/leak/*.yaml: samples of every rule, put together from parts so that they are no secrets of anybody's, and
// texts in which nothing must be found.
TEST(Leaks, Samples) {
  for (const char* name : {"secrets", "traces", "personal"}) {
    const std::string path = std::string(PORTICO_SOURCE_DIR "/tests/cases/leak/") + name + ".yaml";
    const auto text = read_file(path, 1 << 20);
    ASSERT_TRUE(text) << path;
    json::Documents documents;
    json::Document& document = documents.add(path, "file:" + path);
    const auto read = yaml::read_yaml(*text, document);
    ASSERT_TRUE(read) << to_string(read.error());
    std::set<std::string> seen;
    for (const json::Node* sample : document.root->find("found")->items()) {
      std::string joined;
      for (const json::Node* part : sample->find("text")->items()) joined += part->text();
      std::string all;
      bool hit = false;
      for (const std::string& find : found(joined)) {
        all += find + "\n";
        hit = hit || find.starts_with(std::string(sample->text_of("rule")) + ":");
      }
      EXPECT_TRUE(hit) << sample->text_of("rule") << " is not found in " << joined << "\n" << all;
      seen.insert(std::string(sample->text_of("rule")));
    }
    for (const json::Node* sample : document.root->find("nothing")->items()) {
      EXPECT_EQ(found(sample->text()), Finds()) << sample->text();
    }
    for (const Rule& rule : rules()) {
      const bool secret = rule.kind == Kind::kSecret;
      const bool personal = rule.kind == Kind::kPersonal;
      const bool here = std::string_view(name) == (secret ? "secrets" : personal ? "personal" : "traces");
      EXPECT_TRUE(!here || seen.contains(std::string(rule.id))) << "no sample of " << rule.id;
    }
  }
}

TEST(Leaks, EndsAreExact) {
  EXPECT_EQ(found("postgres://ci:ozm6d8fwf1md@db:5432/ci"), Finds{"url-password:ozm6d8fwf1md"});
  EXPECT_EQ(found("DEPLOY_KEY=l7jzj7xlz2qbohf2f5houtj0somblv2t done"),
            Finds{"assigned-secret:l7jzj7xlz2qbohf2f5houtj0somblv2t"});
  EXPECT_EQ(found("mail to ann.lee@example.org."), Finds{"email:ann.lee@example.org"});
  EXPECT_EQ(found("call +44 20 7946 0958, or"), Finds{"phone:+44 20 7946 0958"});
}

TEST(Leaks, AChecksumDecides) {
  const std::string token = std::string("ghp_") + "hRQVWDmpHCyXDRWKzuRhME176HvqIS" + "1OcRhS";
  EXPECT_EQ(found(token).size(), 1U);
  std::string wrong = token;
  wrong.back() = 'T';
  EXPECT_EQ(found(wrong), Finds());
}

TEST(Leaks, AKeyIsTakenToItsEnd) {
  const std::string key = std::string("-----BEGIN RSA ") +
                          "PRIVATE KEY-----\nMIIEpAIBAAKCAQEAxyz0123456789\nabcdef\n-----END RSA PRIVATE KEY-----";
  EXPECT_EQ(found("a " + key + " b"), Finds{"private-key:" + key});
}

TEST(Leaks, StringsOfABufferDoNotTouch) {
  using namespace std::string_literals;
  EXPECT_EQ(found("\x24\0\0\0AKIAJN2AAEJVVGVATLAS\0\x05\0\0\0hello\0"s).size(), 1U);
  EXPECT_EQ(found("postgres://ci:abc\0\x05\0\0\0x@y"s), Finds());
}

TEST(Leaks, TextsWithThousandsAreCut) {
  std::string text;
  for (int i = 0; i < 6000; ++i) text += "a" + std::to_string(i) + "@example.org ";
  EXPECT_EQ(found(text).size(), 4096U);
}

}  // namespace
}  // namespace portico::leak
