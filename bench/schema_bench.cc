// Bytes in to verdict out: our engine, a bare simdjson DOM parse (the floor) and valijson, on the sets of
// PORTICO_SUITES/schema-benchmark. Prints a JSON object a line and engine; bench/schema drives it, adds ajv and makes
// the table. Engines take turns, round by round; a figure is the median of an engine's rounds, as CPU time.
#include <simdjson.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "json/parse.h"
#include "json/reader.h"
#include "json/writer.h"
#include "schema/compile.h"
#include "schema/validate.h"
#include "schema_rivals.h"

namespace portico {
namespace {

constexpr std::size_t kRounds = 15;
constexpr double kRoundSeconds = 0.03;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// One document a line, each with room for simdjson's padding behind it.
struct Documents {
  std::vector<std::string> lines;
  std::size_t bytes = 0;
};

Documents read_lines(const std::string& path) {
  Documents documents;
  const auto text = read_file(path);
  if (!text) return documents;
  for (std::size_t start = 0; start < text->size();) {
    const std::size_t end = std::min(text->find('\n', start), text->size());
    if (end > start) {
      std::string line = text->substr(start, end - start);
      line.reserve(line.size() + json::Parser::kPadding);
      documents.bytes += line.size();
      documents.lines.push_back(std::move(line));
    }
    start = end + 1;
  }
  return documents;
}

struct Engine {
  std::string name;
  std::function<bool(const std::string&)> accepts;
  std::vector<double> rounds;  // nanoseconds a document
  std::size_t accepted = 0;
};

void measure(const Documents& documents, std::vector<Engine>& engines) {
  const auto pass = [&](Engine& engine) {
    std::size_t accepted = 0;
    for (const std::string& line : documents.lines) accepted += static_cast<std::size_t>(engine.accepts(line));
    return accepted;
  };
  for (std::size_t round = 0; round <= kRounds; ++round) {
    for (Engine& engine : engines) {
      const double start = cpu_seconds();
      double elapsed = 0;
      std::size_t passes = 0;
      do {
        engine.accepted = pass(engine);
        ++passes;
        elapsed = cpu_seconds() - start;
      } while (elapsed < kRoundSeconds);
      // The first round warms up.
      if (round == 0) continue;
      engine.rounds.push_back(elapsed * 1e9 / static_cast<double>(passes * documents.lines.size()));
    }
  }
}

void print(const std::string& set, const Documents& documents, Engine& engine, double compile_ms) {
  std::ranges::sort(engine.rounds);
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("set").string(set).key("engine").string(engine.name);
  writer.key("documents").unsigned_integer(documents.lines.size()).key("bytes").unsigned_integer(documents.bytes);
  writer.key("accepted").unsigned_integer(engine.accepted);
  writer.key("nanoseconds").number(engine.rounds[engine.rounds.size() / 2]);
  writer.key("compile_ms").number(compile_ms).end_object();
  std::printf("%s\n", out.c_str());
  std::fflush(stdout);
}

// simdjson's own capacity grows by document; asked for once, it does not allocate while measuring.
struct Floor {
  simdjson::dom::parser parser;
  bool parse(const std::string& line) {
    return parser.parse(line.data(), line.size(), false).error() == simdjson::SUCCESS;
  }
};

int run_set(const std::string& folder, bool rivals) {
  const std::string name = std::filesystem::path(folder).filename();
  const Documents documents = read_lines(folder + "/instances.jsonl");
  const auto text = read_file(folder + "/schema.json");
  if (documents.lines.empty() || !text) return 0;

  json::Documents trees;
  json::Document& tree = trees.add(folder + "/schema.json", "file://" + folder + "/schema.json");
  if (const auto read = json::read_json(*text, tree); !read) {
    std::fprintf(stderr, "%s\n", to_string(read.error()).c_str());
    return 2;
  }
  const double start = cpu_seconds();
  auto program = schema::compile(*tree.root, {.documents = &trees},
                                 {.dialect = schema::Dialect::kDraft7, .formats = schema::Formats::kAssert});
  const double compile_ms = (cpu_seconds() - start) * 1e3;
  if (!program) {
    std::fprintf(stderr, "%s\n", to_string(program.error()).c_str());
    return 2;
  }

  Floor floor;
  json::Parser parser;
  schema::Validator validator;
  // All strictness that the guard has by default; the benchmark's deepest documents need more levels.
  const json::Strictness strict{.max_depth = 1000};
  std::vector<Engine> engines;
  engines.push_back({"floor", [&](const std::string& line) { return floor.parse(line); }, {}, 0});
  engines.push_back(
      {"portico",
       [&](const std::string& line) { return validator.read(*program, parser, line, strict, true).accepted(); },
       {},
       0});
  const json::Strictness lax{.reject_duplicate_keys = false, .reject_nul = false, .max_depth = 1000};
  engines.push_back({"portico-two-passes",
                     [&](const std::string& line) {
                       return parser.parse_padded(line, strict) == json::ParseProblem::kNone &&
                              validator.accepts(*program, parser.tape());
                     },
                     {},
                     0});
  engines.push_back(
      {"portico-lax",
       [&](const std::string& line) { return validator.read(*program, parser, line, lax, true).accepted(); },
       {},
       0});
  const auto valijson = rivals ? bench::make_valijson(*text) : nullptr;
  if (valijson) engines.push_back({"valijson", [&](const std::string& line) { return valijson(line); }, {}, 0});
  measure(documents, engines);
  for (Engine& engine : engines) print(name, documents, engine, engine.name == "portico" ? compile_ms : 0);
  return 0;
}

}  // namespace
}  // namespace portico

int main(int argc, char** argv) {
  const char* suites = std::getenv("PORTICO_SUITES");
  if (suites == nullptr) {
    std::fprintf(stderr, "PORTICO_SUITES is not set\n");
    return 2;
  }
  const bool rivals = argc < 2 || std::strcmp(argv[1], "--ours") != 0;
  const char* only = argc == 3 ? argv[2] : nullptr;
  std::vector<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(suites) + "/schema-benchmark")) {
    if (only == nullptr || entry.path().filename() == only) folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  for (const auto& folder : folders) {
    if (const int status = portico::run_set(folder, rivals); status != 0) return status;
  }
  return 0;
}
