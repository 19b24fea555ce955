// Documents made to hang a loader, to exhaust its memory or stack, or to make it read what it must not. Each one is
// loaded, and its routes built, in a process of its own, and held to 1 s of CPU time and 64 MiB.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "base/file.h"
#include "contract/load.h"
#include "contract/routes.h"

namespace portico::contract {
namespace {

namespace fs = std::filesystem;

struct Cost {
  double seconds = 0;
  double mebibytes = 0;
  int exit_code = -1;
};

// What `work` costs beyond what the test's own process has.
Cost cost_of(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {.seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime),
          .mebibytes = static_cast<double>(usage.ru_maxrss) / 1024,
          .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

enum Outcome : int { kLoads, kHasProblems, kError };

Outcome outcome_of(const Result<Contract>& contract) {
  if (!contract) return kError;
  const Routes routes(*contract);
  for (const Operation& operation : contract->operations) (void)routes.match(operation.method_name, operation.path);
  return contract->problems.empty() ? kLoads : kHasProblems;
}

void expect_cheap(const std::string& text, Outcome expected) {
  const Cost cost = cost_of([&] { return outcome_of(load_text(text, "contract.yaml")); });
  EXPECT_EQ(cost.exit_code, expected);
#if !defined(__SANITIZE_ADDRESS__)
  EXPECT_LT(cost.seconds, 1.0);
  EXPECT_LT(cost.mebibytes, 64.0 + static_cast<double>(text.size()) / 1048576);
#endif
}

const std::string kHead = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n";

std::string repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Hostile, BombOfAliases) {
  std::string text = kHead + "paths: {}\nx-a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'k'; ++c) {
    text +=
        std::string("x-") + c + ": &" + c + " [" + repeat(std::string("*") + static_cast<char>(c - 1) + ",", 9) + "]\n";
  }
  expect_cheap(text, kError);
}

TEST(Hostile, BombOfAliasesWithinTheBudget) {
  // Shared schemas that stand for 300,000 nodes, each with a problem: the walk meets every node once.
  std::string text = kHead + "paths: {}\ncomponents:\n  schemas:\n    a: &a {tipe: x, allOf: [{}, {}]}\n";
  for (char c = 'b'; c <= 'f'; ++c) {
    text += std::string("    ") + c + ": &" + c + " {allOf: [" +
            repeat(std::string("*") + static_cast<char>(c - 1) + ",", 9) + "]}\n";
  }
  expect_cheap(text, kHasProblems);
}

TEST(Hostile, BombOfMerges) {
  std::string text = kHead + "paths: {}\nx-0: &a0 {x: 1, y: 2}\n";
  for (int i = 1; i < 1000; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    text += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " {<<: [" + before + "," + before + "], k" +
            std::to_string(i) + ": 1}\n";
  }
  expect_cheap(text, kError);
}

TEST(Hostile, Nesting) {
  constexpr int kDepth = 20'000;
  expect_cheap("{\"openapi\":" + repeat("[", kDepth) + repeat("]", kDepth) + "}", kError);
  expect_cheap(repeat("{\"a\":", kDepth) + "1" + repeat("}", kDepth), kError);
  expect_cheap(kHead + "x-a: " + repeat("[", kDepth) + repeat("]", kDepth), kError);
  expect_cheap(kHead + "x-a: " + repeat("{a: ", kDepth) + repeat("}", kDepth), kError);
  expect_cheap(kHead + "x-a:\n  " + repeat("- ", kDepth) + "x", kError);
  expect_cheap(kHead + "x-a:\n  " + repeat("? ", kDepth) + "x", kError);
  std::string nested = kHead + "paths: {}\ncomponents:\n  schemas:\n    A: ";
  expect_cheap(nested + repeat("{items: ", 190) + "{}" + repeat("}", 190) + "\n", kLoads);
}

TEST(Hostile, AnchorsNestedInEachOther) {
  // Depth that only aliases make: a hundred levels, used a hundred levels down.
  std::string text = kHead + "paths: {}\nx-0: &a0 [x]\n";
  for (int i = 1; i < 20'000; ++i) {
    text += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  expect_cheap(text, kError);
}

std::string chain_of_references(int length, const std::string& last) {
  std::string text = kHead +
                     "paths:\n  /a:\n    get:\n      responses:\n        200: {$ref: '#/components/responses/r0'}\n"
                     "components:\n  responses:\n";
  for (int i = 0; i < length; ++i) {
    text += "    r" + std::to_string(i) + ": {$ref: '#/components/responses/r" + std::to_string(i + 1) + "'}\n";
  }
  return text + "    r" + std::to_string(length) + ": " + last + "\n";
}

TEST(Hostile, ChainsOfReferences) {
  constexpr int kLength = 20'000;
  expect_cheap(chain_of_references(kLength, "{description: d}"), kLoads);
  expect_cheap(chain_of_references(kLength, "{$ref: '#/components/responses/gone'}"), kHasProblems);
  expect_cheap(chain_of_references(kLength, "{$ref: '#/components/responses/r0'}"), kHasProblems);
  expect_cheap(chain_of_references(kLength, "{$ref: '#/components/responses/r19999'}"), kHasProblems);
}

TEST(Hostile, ReferencesToThemselves) {
  std::string text = kHead + "paths: {}\ncomponents:\n  schemas:\n";
  for (int i = 0; i < 20'000; ++i) {
    const auto name = "s" + std::to_string(i);
    text += "    " + name + ": {$ref: '#/components/schemas/" + name + "'}\n";
  }
  expect_cheap(text, kHasProblems);
  expect_cheap(kHead + "$ref: '#'\npaths: {$ref: '#/paths'}\n", kHasProblems);
}

TEST(Hostile, RecursiveSchemas) {
  std::string text = kHead + "paths: {}\ncomponents:\n  schemas:\n";
  for (int i = 0; i < 10'000; ++i) {
    const auto to = [&](int k) { return "{$ref: '#/components/schemas/s" + std::to_string(k % 10'000) + "'}"; };
    text += "    s" + std::to_string(i) + ": {properties: {a: " + to(i + 1) + ", b: " + to(i * 7) + "}}\n";
  }
  expect_cheap(text, kLoads);
}

TEST(Hostile, SchemasThatNameEachOtherLate) {
  std::string text =
      "openapi: 3.1.0\ninfo: {title: T, version: '1'}\ncomponents:\n  schemas:\n    A: {$ref: 'urn:x:0'}\nx-hidden:\n";
  for (int i = 0; i < 5'000; ++i) {
    const auto n = std::to_string(i);
    text += "  h" + n + ": {$id: 'urn:x:" + n + "', $ref: 'urn:x:" + std::to_string(i + 1) + "'}\n";
  }
  expect_cheap(text, kHasProblems);
}

TEST(Hostile, NullsEverywhere) {
  std::string text = kHead + "paths:\n";
  for (int i = 0; i < 20'000; ++i) text += "  /p" + std::to_string(i) + ":\n";
  expect_cheap(text + "components:\nservers:\nsecurity:\ntags:\n", kHasProblems);
}

TEST(Hostile, MoreProblemsThanAnyoneReads) {
  std::string text = kHead + "paths: {}\n";
  for (int i = 0; i < 100'000; ++i) text += "unknown" + std::to_string(i) + ": 1\n";
  expect_cheap(text, kHasProblems);
}

TEST(Hostile, OverlappingPaths) {
  // Every segment may be a literal or a variable: 2^12 templates, any two of which overlap.
  std::string text = kHead + "paths:\n";
  for (int bits = 0; bits < 4096; ++bits) {
    text += "  ";
    for (int i = 0; i < 12; ++i) text += (bits >> i & 1) != 0 ? "/a" : "/{v" + std::to_string(i) + "}";
    text += ": {get: {responses: {default: {description: d}}}}\n";
  }
  expect_cheap(text, kHasProblems);
  std::string patterns = kHead + "paths:\n";
  for (int i = 0; i < 3000; ++i) {
    patterns += "  /{a}x" + std::to_string(i) + "{b}/{c}: {get: {responses: {default: {description: d}}}}\n";
  }
  expect_cheap(patterns, kHasProblems);
}

TEST(Hostile, ManyOperations) {
  std::string text = kHead + "paths:\n";
  for (int i = 0; i < 20'000; ++i) {
    text += "  /r" + std::to_string(i) + "/x: {get: {responses: {default: {description: d}}}}\n";
  }
  expect_cheap(text, kLoads);
}

TEST(Hostile, ServersThatMultiply) {
  std::string url;
  std::string variables;
  for (int i = 0; i < 20; ++i) {
    url += "/{v" + std::to_string(i) + "}";
    variables += "v" + std::to_string(i) + ": {default: a, enum: [a, b, c, d, e, f, g, h]}, ";
  }
  std::string text = kHead + "servers: [{url: '" + url + "', variables: {" + variables + "}}]\npaths:\n";
  for (int i = 0; i < 500; ++i)
    text += "  /r" + std::to_string(i) + ": {get: {responses: {default: {description: d}}}}\n";
  expect_cheap(text, kLoads);
}

TEST(Hostile, LongNames) {
  const std::string name(1'000'000, 'n');
  // YAML allows keys of 1,024 characters at most; JSON knows no such limit.
  expect_cheap(kHead + name + ": 1\n", kError);
  expect_cheap("{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"T\", \"version\": \"1\"}, \"" + name +
                   "\": 1, \"paths\": {\"/" + name + "\": {}, \"/{" + name + "}\": {}}}",
               kHasProblems);
  expect_cheap(kHead + "paths: {}\ncomponents: {schemas: {A: {$ref: '#/" + name + "'}, B: {$ref: '#" +
                   repeat("/a", 500'000) + "'}, C: {$ref: '" + repeat("../", 300'000) + "'}}}\n",
               kHasProblems);
}

TEST(Hostile, OneLongLine) {
  expect_cheap(kHead + "paths: {}\nx-a: [\xC3\xA9" + repeat(", a", 300'000) + "]\n", kLoads);
}

TEST(Hostile, FilesInALongChain) {
  const fs::path folder = fs::temp_directory_path() / ("portico-hostile-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  constexpr int kFiles = 2'000;
  for (int i = 0; i < kFiles; ++i) {
    const std::string next = i + 1 == kFiles ? "{type: string}" : "{$ref: 'f" + std::to_string(i + 1) + ".yaml#/A'}";
    ASSERT_TRUE(write_file(folder / ("f" + std::to_string(i) + ".yaml"), "A: " + next + "\n"));
  }
  ASSERT_TRUE(
      write_file(folder / "contract.yaml", kHead + "paths: {}\ncomponents: {schemas: {A: {$ref: 'f0.yaml#/A'}}}\n"));
  const Cost cost = cost_of([&] { return outcome_of(load(folder / "contract.yaml")); });
  EXPECT_EQ(cost.exit_code, kLoads);
#if !defined(__SANITIZE_ADDRESS__)
  EXPECT_LT(cost.seconds, 1.0);
  EXPECT_LT(cost.mebibytes, 64.0);
#endif
  fs::remove_all(folder);
}

TEST(Hostile, FilesThatAreNone) {
  const fs::path folder = fs::temp_directory_path() / ("portico-hostile-" + std::to_string(::getpid()));
  fs::create_directories(folder / "folder.yaml");
  ASSERT_EQ(::mkfifo((folder / "fifo.yaml").c_str(), 0600), 0);
  fs::create_symlink("loop.yaml", folder / "loop.yaml");
  fs::create_symlink("/dev/zero", folder / "zero.yaml");
  ASSERT_TRUE(write_file(folder / "contract.yaml",
                         kHead + "paths: {}\ncomponents: {schemas: {A: {$ref: 'folder.yaml'}, B: {$ref: 'fifo.yaml'}, "
                                 "C: {$ref: 'loop.yaml'}, D: {$ref: 'zero.yaml'}}}\n"));
  const Cost cost = cost_of([&] { return outcome_of(load(folder / "contract.yaml")); });
  EXPECT_EQ(cost.exit_code, kHasProblems);
  EXPECT_LT(cost.seconds, 1.0);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace portico::contract
