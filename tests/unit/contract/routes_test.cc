#include "contract/routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "contract/load.h"
#include "contract/path_automaton.h"

namespace {
std::size_t allocations = 0;
}

// Counted where no sanitizer has its own. Not inlined, or the compiler sees malloc() meet delete and warns.
#if !defined(__SANITIZE_ADDRESS__)
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace portico::contract {
namespace {

Contract contract_of(const std::vector<std::string>& paths, const std::string& servers = "[]") {
  std::string text = "openapi: 3.2.0\ninfo: {title: T, version: '1'}\nservers: " + servers + "\npaths:\n";
  for (const std::string& path : paths)
    text += "  '" + path + "': {get: {responses: {default: {}}}, put: {responses: {default: {}}}}\n";
  auto contract = load_text(text, "contract.yaml");
  EXPECT_TRUE(contract) << (contract ? "" : to_string(contract.error()));
  return *std::move(contract);
}

// "TEMPLATE name=value ...", or what else became of it.
std::string found(const Routes& routes, std::string_view method, std::string_view path) {
  const Match match = routes.match(method, path);
  if (match.outcome == Match::Outcome::kNoPath) return "no path";
  if (match.outcome == Match::Outcome::kNoMethod)
    return "no method, but " + std::string(routes.allowed_methods(match.path_index));
  std::string out(match.operation->path);
  for (std::size_t i = 0; i < match.argument_count; ++i) {
    out += ' ' + std::string(*match.arguments[i].name) + '=' + std::string(match.arguments[i].value);
  }
  return out;
}

TEST(Routes, ConcreteBeatsTemplatedAndGoesBackWhereItMust) {
  const Contract contract =
      contract_of({"/", "/a", "/a/", "/a/{x}", "/a/me", "/a/{x}/c", "/a/b/{y}", "/{z}/b/q", "/{z}"});
  const Routes routes(contract);
  EXPECT_EQ(found(routes, "GET", "/"), "/");
  EXPECT_EQ(found(routes, "GET", "/a"), "/a");
  EXPECT_EQ(found(routes, "GET", "/a/"), "/a/");
  EXPECT_EQ(found(routes, "GET", "/a/me"), "/a/me");
  EXPECT_EQ(found(routes, "GET", "/a/you"), "/a/{x} x=you");
  EXPECT_EQ(found(routes, "GET", "/a/b/c"), "/a/b/{y} y=c");
  EXPECT_EQ(found(routes, "GET", "/a/d/c"), "/a/{x}/c x=d");
  EXPECT_EQ(found(routes, "GET", "/a/b/q"), "/a/b/{y} y=q");
  EXPECT_EQ(found(routes, "GET", "/x/b/q"), "/{z}/b/q z=x");
  EXPECT_EQ(found(routes, "GET", "/x"), "/{z} z=x");
  EXPECT_EQ(found(routes, "GET", "/x/"), "no path");
  EXPECT_EQ(found(routes, "GET", "//"), "no path");
  EXPECT_EQ(found(routes, "GET", "/a/d/d"), "no path");
  EXPECT_EQ(found(routes, "GET", ""), "no path");
  EXPECT_EQ(found(routes, "GET", "a"), "no path");
  EXPECT_EQ(found(routes, "GET", "*"), "no path");
  EXPECT_EQ(found(routes, "POST", "/a"), "no method, but GET, PUT");
  EXPECT_EQ(found(routes, "get", "/a"), "no method, but GET, PUT");
  EXPECT_EQ(found(routes, "GET", "/A"), "/{z} z=A");
}

TEST(Routes, TakesSegmentsApart) {
  const Contract contract = contract_of({"/report.{format}", "/report.csv", "/{a}-{b}", "/{name}", "/v/{id}:cancel",
                                         "/v/{id}", "/v/{id}:do", "/x/a{y}b{z}c"});
  const Routes routes(contract);
  EXPECT_EQ(found(routes, "GET", "/report.csv"), "/report.csv");
  EXPECT_EQ(found(routes, "GET", "/report.json"), "/report.{format} format=json");
  EXPECT_EQ(found(routes, "GET", "/report."), "/{name} name=report.");
  EXPECT_EQ(found(routes, "GET", "/x-y-z"), "/{a}-{b} a=x b=y-z");
  EXPECT_EQ(found(routes, "GET", "/-y"), "/{name} name=-y");
  EXPECT_EQ(found(routes, "GET", "/--y"), "/{a}-{b} a=- b=y");
  EXPECT_EQ(found(routes, "GET", "/v/7:cancel"), "/v/{id}:cancel id=7");
  EXPECT_EQ(found(routes, "GET", "/v/7:cancel:do"), "/v/{id}:do id=7:cancel");
  EXPECT_EQ(found(routes, "GET", "/v/:do"), "/v/{id} id=:do");
  EXPECT_EQ(found(routes, "GET", "/x/a1b2c"), "/x/a{y}b{z}c y=1 z=2");
  EXPECT_EQ(found(routes, "GET", "/x/a1bbc2c"), "/x/a{y}b{z}c y=1 z=bc2");
  EXPECT_EQ(found(routes, "GET", "/x/abb2c"), "/x/a{y}b{z}c y=b z=2");
  EXPECT_EQ(found(routes, "GET", "/x/ab2c"), "no path");
}

TEST(Routes, ComparesAfterPercentDecodingOnce) {
  const Contract contract = contract_of({"/caf%C3%A9/{x}", "/a b", "/report.{f}"});
  const Routes routes(contract);
  EXPECT_EQ(found(routes, "GET", "/caf\xC3\xA9/1"), "/caf%C3%A9/{x} x=1");
  EXPECT_EQ(found(routes, "GET", "/c%61f%c3%a9/1"), "/caf%C3%A9/{x} x=1");
  EXPECT_EQ(found(routes, "GET", "/caf%25C3%25A9/1"), "no path");
  EXPECT_EQ(found(routes, "GET", "/a%20b"), "/a b");
  EXPECT_EQ(found(routes, "GET", "/a+b"), "no path");
  EXPECT_EQ(found(routes, "GET", "/caf%C3%A9/a%2Fb"), "/caf%C3%A9/{x} x=a%2Fb");
  EXPECT_EQ(found(routes, "GET", "/report%2Ecsv"), "/report.{f} f=csv");
  EXPECT_EQ(found(routes, "GET", "/report.%"), "/report.{f} f=%");
  EXPECT_EQ(found(routes, "GET", "/a%2"), "no path");
}

TEST(Routes, HonoursEveryBasePathInForce) {
  const Contract contract =
      contract_of({"/a"},
                  "[{url: 'https://x.example/v1'}, {url: /v2/}, {url: 'https://{h}.example/{v}/{open}', variables: "
                  "{h: {default: a}, v: {default: v3, enum: [v3, v4]}, open: {default: o}}}]");
  const Routes routes(contract);
  for (const std::string_view path : {"/v1/a", "/v2/a", "/v3/o/a", "/v4/o/a"})
    EXPECT_EQ(found(routes, "GET", path), "/a") << path;
  for (const std::string_view path : {"/a", "/v5/o/a", "/v3/x/a", "/v1//a"})
    EXPECT_EQ(found(routes, "GET", path), "no path") << path;
}

TEST(Routes, LeavesOutWhatNoRequestReaches) {
  const Contract contract = contract_of({"/a#b", "/a?b", "/{a}{b}", "/ok"});
  const Routes routes(contract);
  EXPECT_EQ(found(routes, "GET", "/a#b"), "no path");
  EXPECT_EQ(found(routes, "GET", "/xy"), "no path");
  EXPECT_EQ(found(routes, "GET", "/ok"), "/ok");
}

TEST(Routes, MatchingDoesNotAllocate) {
  const Contract contract = contract_of({"/a/{x}/c", "/a/b/{y}", "/{z}/report.{f}", "/{q}"});
  const Routes routes(contract);
  const std::size_t before = allocations;
  for (const std::string_view path : {"/a/b/c", "/a/d/c", "/x/report.csv", "/none/of/them/all", "/a%20b", "/"}) {
    (void)routes.match("GET", path);
  }
  EXPECT_EQ(allocations, before);
}

// A path against one template, segment by segment: no trie, no states.
bool fits(const std::vector<std::string>& parts, const std::vector<std::string>& path, std::vector<int>& ranks) {
  if (parts.size() != path.size()) return false;
  ranks.clear();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool variable = parts[i].front() == '{';
    if (variable ? path[i].empty() : parts[i] != path[i]) return false;
    ranks.push_back(variable ? 0 : 1);
  }
  return true;
}

TEST(PathAutomaton, AgreesWithSearchAndWithTheObviousWay) {
  std::mt19937 random(7);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::vector<std::string>> templates;
    PathAutomaton automaton;
    for (int i = 0, count = 1 + pick(30); i < count; ++i) {
      std::vector<std::string> parts;
      std::string path;
      for (int k = 0, length = 1 + pick(5); k < length; ++k) {
        parts.push_back(pick(2) == 0 ? "{v}" : std::string(1, static_cast<char>('a' + pick(3))));
        path += '/' + parts.back();
      }
      if (std::ranges::find(templates, parts) != templates.end()) continue;
      automaton.add(path, static_cast<std::uint32_t>(templates.size()));
      templates.push_back(parts);
    }
    automaton.build();
    for (int i = 0; i < 200; ++i) {
      std::vector<std::string> parts;
      std::string path;
      for (int k = 0, length = 1 + pick(5); k < length; ++k) {
        parts.push_back(pick(20) == 0 ? "" : std::string(1, static_cast<char>('a' + pick(4))));
        path += '/' + parts.back();
      }
      std::uint32_t expected = PathAutomaton::kNone;
      std::vector<int> best;
      std::vector<int> ranks;
      for (std::size_t t = 0; t < templates.size(); ++t) {
        if (!fits(templates[t], parts, ranks) || (expected != PathAutomaton::kNone && ranks <= best)) continue;
        expected = static_cast<std::uint32_t>(t);
        best = ranks;
      }
      Segments segments;
      ASSERT_TRUE(segments.split(path));
      ASSERT_EQ(automaton.match(segments), expected) << path;
      ASSERT_EQ(automaton.search(segments), expected) << path;
    }
  }
}

TEST(PathAutomaton, AgreesWithSearchAboutPatterns) {
  std::mt19937 random(11);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  constexpr std::string_view kParts[] = {"a", "b", "{v}", "a{v}", "{v}a", "{v}-{w}", "a{v}b", "{v}b{w}"};
  constexpr std::string_view kSegments[] = {"a", "b", "ab", "aab", "a-b", "x-y", "aba", "%61", "", "b-", "abab"};
  for (int round = 0; round < 500; ++round) {
    PathAutomaton automaton;
    for (int i = 0, count = 1 + pick(12); i < count; ++i) {
      std::string path;
      for (int k = 0, length = 1 + pick(4); k < length; ++k) (path += '/') += kParts[pick(8)];
      automaton.add(path, static_cast<std::uint32_t>(i));
    }
    automaton.build();
    for (int i = 0; i < 100; ++i) {
      std::string path;
      for (int k = 0, length = 1 + pick(4); k < length; ++k) (path += '/') += kSegments[pick(11)];
      Segments segments;
      ASSERT_TRUE(segments.split(path));
      ASSERT_EQ(automaton.match(segments), automaton.search(segments)) << path;
    }
  }
}

TEST(PathAutomaton, StaysExactBeyondItsTables) {
  // Templates whose states would be too many: the rest is searched for.
  PathAutomaton automaton;
  for (std::uint32_t bits = 0; bits < 4096; ++bits) {
    std::string path;
    for (int i = 0; i < 12; ++i) path += (bits >> i & 1) != 0 ? "/a" : "/{v}";
    automaton.add(path, bits);
  }
  automaton.build();
  for (std::uint32_t bits = 0; bits < 4096; bits += 37) {
    std::string path;
    for (int i = 0; i < 12; ++i) path += (bits >> i & 1) != 0 ? "/a" : "/x";
    Segments segments;
    ASSERT_TRUE(segments.split(path));
    EXPECT_EQ(automaton.match(segments), bits);
  }
}

TEST(Segments, HaveABound) {
  Segments segments;
  std::string path;
  for (std::size_t i = 0; i < Segments::kMax; ++i) path += "/a";
  EXPECT_TRUE(segments.split(path));
  EXPECT_FALSE(segments.split(path + "/a"));
}

}  // namespace
}  // namespace portico::contract
