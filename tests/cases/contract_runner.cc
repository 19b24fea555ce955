// Runs tests/cases/contract/*.yaml, a list of cases each:
//
//   - name: a path parameter that nobody declares
//     contract: |                     # becomes contract.yaml in an empty folder
//       openapi: 3.0.3
//       ...
//     files: {part.yaml: "..."}       # beside it, or below it: folders are made
//     links: {inside.yaml: /etc/passwd}
//     options: {max_depth: 10}        # of LoadOptions
//     error: "contract.yaml:2:1 limit deeper than"    # no model at all: place, code, part of the message
//     problems:                       # all of them, in order; absent: there must be none
//       - "contract.yaml:5:3 path-parameter-undeclared fatal: {id}"    # place, code, "fatal:" if so, part of the
//       message
//     model:                          # lines of the model that must be there; see describe()
//       - GET /a/{id} a in path id* simple
//
// Each must come to its end within a second.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "contract/load.h"
#include "json/tree.h"
#include "yaml/reader.h"

namespace portico {
namespace {

namespace fs = std::filesystem;
using contract::Contract;
using contract::Operation;
using contract::Parameter;
using json::Node;

std::string_view name(ErrorCode code) {
  constexpr std::string_view kNames[] = {"invalid-argument", "syntax",    "invalid", "not-found", "limit",
                                         "unsupported",      "forbidden", "io"};
  return kNames[static_cast<std::size_t>(code)];
}

std::string_view name(contract::Style style) {
  constexpr std::string_view kNames[] = {"simple",         "label",         "matrix",       "form",
                                         "spaceDelimited", "pipeDelimited", "tabDelimited", "deepObject"};
  return kNames[static_cast<std::size_t>(style)];
}

std::string_view name(contract::SchemeType type) {
  constexpr std::string_view kNames[] = {"apiKey", "http", "mutualTLS", "oauth2", "openIdConnect", "unknown"};
  return kNames[static_cast<std::size_t>(type)];
}

// "schema contract.yaml:3:4 string", so that places of made-up schemas are seen, too.
std::string shown(const Contract& contract, const Node* schema) {
  if (schema == nullptr) return "anything";
  const Node* end = contract.resolve(*schema);
  if (end == nullptr) return "unresolved";
  std::string out = std::to_string(end->line()) + ':' + std::to_string(end->column());
  for (const auto& [key, value] : end->members()) {
    out += ' ' + std::string(key->text());
    if (!value->is_object() && !value->is_array()) out += '=' + std::string(value->text());
  }
  return out;
}

std::string shown(const Contract& contract, const contract::MediaType& media) {
  std::string out = std::string(media.range) + " (" + shown(contract, media.schema) + ")";
  for (const contract::Encoding& encoding : media.encodings) {
    out += " encoding " + std::string(encoding.property) + ' ' + std::string(encoding.content_type);
    if (encoding.style) out += std::string(name(*encoding.style)) + (encoding.explode ? "*" : "");
  }
  return out;
}

std::string security_of(const Operation& operation) {
  std::string out;
  for (const auto& requirement : operation.security) {
    std::string one;
    for (const auto& need : requirement.needs) {
      if (!one.empty()) one += " and ";
      one += need.scheme;
      for (const auto scope : need.scopes) one += ' ' + std::string(scope);
    }
    if (!out.empty()) out += " or ";
    out += one.empty() ? "nobody" : one;
  }
  return out.empty() ? "none" : out;
}

void describe_parameter(const Contract& contract, const std::string& prefix, const Parameter& parameter,
                        std::vector<std::string>& lines) {
  std::string line = prefix + " in " + std::string(name(parameter.in)) + ' ' + std::string(parameter.name);
  if (parameter.required) line += '*';
  line += ' ' + std::string(name(parameter.style));
  if (parameter.explode) line += " explode";
  if (parameter.allow_empty_value) line += " allow-empty";
  if (parameter.allow_reserved) line += " allow-reserved";
  if (parameter.deprecated) line += " deprecated";
  if (parameter.delimiter_repeats_prefix) line += " repeats-prefix";
  line += parameter.content ? " content " + shown(contract, *parameter.content)
                            : " (" + shown(contract, parameter.schema) + ")";
  lines.push_back(std::move(line));
}

void describe_operation(const Contract& contract, const Operation& operation, std::vector<std::string>& lines) {
  const std::string prefix = std::string(operation.method_name) + ' ' + std::string(operation.path);
  lines.push_back(prefix + " id " + operation.id);
  lines.push_back(prefix + " security " + security_of(operation));
  for (const auto& server : operation.servers) {
    lines.push_back(prefix + " server " + server.url + " scheme " + server.scheme + " host " + server.host + " base " +
                    server.base_path);
  }
  for (const Parameter& parameter : operation.parameters) describe_parameter(contract, prefix, parameter, lines);
  if (operation.body) {
    for (const auto& media : operation.body->content) {
      lines.push_back(prefix + " body" + (operation.body->required ? "* " : " ") + shown(contract, media));
    }
  }
  for (const auto& response : operation.responses) {
    const std::string status = prefix + ' ' + std::string(response.status);
    if (response.content.empty()) lines.push_back(status + " no body");
    for (const auto& media : response.content) lines.push_back(status + ' ' + shown(contract, media));
    for (const auto& header : response.headers) {
      lines.push_back(status + " header " + std::string(header.name) + (header.required ? "*" : "") + " (" +
                      shown(contract, header.schema) + ")");
    }
  }
}

std::vector<std::string> describe(const Contract& contract) {
  std::vector<std::string> lines;
  lines.push_back("version " + std::string(contract.version_text) + " title " + std::string(contract.title) + " api " +
                  std::string(contract.api_version));
  for (const auto& scheme : contract.schemes) {
    std::string line = "scheme " + std::string(scheme.name) + ' ' + std::string(name(scheme.type));
    if (scheme.type == contract::SchemeType::kApiKey) {
      line += ' ' + std::string(name(scheme.in)) + ' ' + std::string(scheme.parameter);
    }
    if (!scheme.scheme.empty()) line += ' ' + std::string(scheme.scheme);
    for (const auto& flow : scheme.flows) {
      line += ' ' + std::string(flow.name) + " [";
      for (const auto scope : flow.scopes) line += std::string(scope) + ' ';
      line += ']';
    }
    lines.push_back(std::move(line));
  }
  for (const Operation& operation : contract.operations) describe_operation(contract, operation, lines);
  return lines;
}

// A folder of its own for a case, left and removed at the end.
class Folder {
 public:
  Folder() : before_(fs::current_path()) {
    std::string pattern = (fs::temp_directory_path() / "portico-contract-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
    fs::current_path(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    fs::current_path(before_);
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  void write(std::string_view file, std::string_view text) const {
    const fs::path path{std::string(file)};
    if (path.has_parent_path()) fs::create_directories(path.parent_path());
    if (const auto written = write_file(path.string(), text); !written) std::puts(to_string(written.error()).c_str());
  }

 private:
  fs::path before_;
  fs::path path_;
};

contract::LoadOptions options_of(const Node* node) {
  contract::LoadOptions options;
  if (node == nullptr) return options;
  const auto number = [&](std::string_view key, auto& option) {
    using Option = std::remove_reference_t<decltype(option)>;
    if (const Node* value = node->find(key)) option = static_cast<Option>(value->integer().value_or(0));
  };
  number("max_bytes", options.max_bytes);
  number("max_depth", options.max_depth);
  number("max_nodes", options.max_nodes);
  number("max_documents", options.max_documents);
  options.root = node->text_of("root");
  options.allow_outside_root = node->find("allow_outside_root") != nullptr;
  return options;
}

// "PLACE CODE PART" against "PLACE CODE MESSAGE": the message may say more.
bool agrees(std::string_view expected, const std::string& head, std::string_view message) {
  if (!expected.starts_with(head)) return false;
  expected.remove_prefix(head.size());
  return message.find(expected.starts_with(' ') ? expected.substr(1) : expected) != std::string_view::npos;
}

bool problems_agree(const Node* expected, const Contract& contract, std::string& report) {
  const auto items = expected == nullptr ? std::span<const Node* const>() : expected->items();
  bool good = items.size() == contract.problems.size();
  for (std::size_t i = 0; good && i < items.size(); ++i) {
    const auto& problem = contract.problems[i];
    std::string head = to_string(problem.place) + ' ' + std::string(problem.code);
    if (problem.fatal) head += " fatal:";
    good = agrees(items[i]->text(), head, problem.message);
  }
  if (good) return true;
  report += "  problems:\n";
  for (const auto& problem : contract.problems) {
    report += "    - \"" + to_string(problem.place) + ' ' + std::string(problem.code) +
              (problem.fatal ? " fatal: " : " ") + problem.message + "\"\n";
  }
  return false;
}

bool model_agrees(const Node* expected, const Contract& contract, std::string& report) {
  if (expected == nullptr) return true;
  const auto lines = describe(contract);
  bool good = true;
  for (const Node* item : expected->items()) {
    const auto found = std::ranges::find(lines, item->text());
    if (found != lines.end()) continue;
    report += "  no line: " + std::string(item->text()) + "\n";
    good = false;
  }
  if (good) return true;
  for (const std::string& line : lines) report += "    - " + line + "\n";
  return false;
}

bool holds(const Node& test, std::string& report) {
  const Folder folder;
  folder.write("contract.yaml", test.text_of("contract"));
  if (const Node* files = test.find("files")) {
    for (const auto& [file, text] : files->members()) folder.write(file->text(), text->text());
  }
  if (const Node* links = test.find("links")) {
    for (const auto& [link, target] : links->members()) {
      fs::create_symlink(std::string(target->text()), std::string(link->text()));
    }
  }
  const std::clock_t start = std::clock();
  const auto contract = contract::load("contract.yaml", options_of(test.find("options")));
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (seconds > 1.0) {
    report = "  took " + std::to_string(seconds) + " s\n";
    return false;
  }
  if (!contract) {
    const Error& error = contract.error();
    if (agrees(test.text_of("error"), to_string(error.place) + ' ' + std::string(name(error.code)), error.message)) {
      return true;
    }
    report =
        "  error: \"" + to_string(error.place) + ' ' + std::string(name(error.code)) + ' ' + error.message + "\"\n";
    return false;
  }
  if (test.find("error") != nullptr) report = "  loads, but must not\n";
  const bool problems = problems_agree(test.find("problems"), *contract, report);
  const bool model = model_agrees(test.find("model"), *contract, report);
  return problems && model && test.find("error") == nullptr;
}

int run(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(fs::absolute(entry.path()));
  }
  std::ranges::sort(files);
  int cases = 0;
  int failures = 0;
  for (const fs::path& file : files) {
    json::Documents documents;
    json::Document& document = documents.add(file.filename().string(), "");
    const auto text = read_file(file.string());
    const auto read = text ? yaml::read_yaml(*text, document) : Result<void>(std::unexpected(text.error()));
    if (!read) {
      std::printf("%s\n", to_string(read.error()).c_str());
      return 2;
    }
    for (const Node* test : document.root->items()) {
      ++cases;
      std::string report;
      if (holds(*test, report)) continue;
      ++failures;
      std::printf("%s: %.*s\n%s", to_string(documents.place(*test)).c_str(),
                  static_cast<int>(test->text_of("name").size()), test->text_of("name").data(), report.c_str());
    }
  }
  std::printf("%d cases, %d failed\n", cases, failures);
  return failures == 0 && cases > 0 ? 0 : 1;
}

}  // namespace
}  // namespace portico

int main(int argc, char** argv) { return argc == 2 ? portico::run(argv[1]) : 2; }
