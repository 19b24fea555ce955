// How many attacks are found, and how many texts are taken for one, on a corpus of our own: half of it was looked at
// while the rules were made, the other was not.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "injection/attack.h"
#include "json/reader.h"

namespace portico::injection {
namespace {

struct Sample {
  std::string kind;
  std::string text;
};

std::vector<Sample> samples(const std::string& name) {
  const std::string path = std::string(PORTICO_SOURCE_DIR "/tests/cases/injection/") + name + ".tsv";
  const auto file = read_file(path, 4 << 20);
  EXPECT_TRUE(file) << path;
  std::vector<Sample> out;
  if (!file) return out;
  for (const std::string_view line : split(*file, '\n')) {
    const auto tab = line.find('\t');
    if (line.starts_with('#') || tab == std::string_view::npos) continue;
    json::Documents documents;
    json::Document& document = documents.add("t", "file:t");
    EXPECT_TRUE(json::read_json(line.substr(tab + 1), document)) << line;
    out.push_back({std::string(line.substr(0, tab)), std::string(document.root->text())});
  }
  return out;
}

constexpr std::string_view kNames[] = {"none", "sql", "nosql", "command", "path", "template", "xxe", "ssrf", "header"};

Verdict verdict_of(std::string_view text) {
  static Scratch scratch;
  return look(text, Attacks().set(), {}, scratch);
}

// `shown`: whether what is missed is printed, for tuning.
double found_rate(const std::string& name, bool shown) {
  const auto all = samples(name);
  std::size_t found = 0;
  for (const Sample& sample : all) {
    const Verdict verdict = verdict_of(sample.text);
    found += verdict ? 1 : 0;
    if (shown && std::getenv("SHOW") != nullptr && (name.starts_with("benign") ? bool(verdict) : !verdict)) {
      std::cout << name << ' ' << sample.kind << ' ' << kNames[static_cast<std::size_t>(verdict.attack)] << " ("
                << verdict.reason << "): " << printable(sample.text, 200) << '\n';
    }
  }
  std::cout << name << ": " << found << " of " << all.size() << '\n';
  return all.empty() ? 0 : static_cast<double>(found) / static_cast<double>(all.size());
}

TEST(InjectionCorpus, AttacksAreFound) {
  EXPECT_GE(found_rate("attacks.seen", true), 0.99);
  EXPECT_GE(found_rate("attacks.held", false), 0.99);
}

TEST(InjectionCorpus, OtherTextsPass) {
  EXPECT_LE(found_rate("benign.seen", true), 0.005);
  EXPECT_LE(found_rate("benign.held", false), 0.005);
}

}  // namespace
}  // namespace portico::injection
