// `portico validate`: does a body keep to the contract? The engine is the guard's.
#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "contract/load.h"
#include "guard/plan.h"
#include "http/media_type.h"
#include "json/parse.h"
#include "json/pointer.h"
#include "json/reader.h"
#include "json/writer.h"
#include "schema/compile.h"
#include "schema/validate.h"
#include "yaml/reader.h"

namespace portico::cli {
namespace {

constexpr std::size_t kMostFailures = 100;

// One reason why a body is not valid, with both places.
struct Report {
  Place place;          // in the body
  std::string pointer;  // in the body
  std::string message;  // "must be at least 1"
  Place rule;           // in the contract
  std::string rule_pointer;
};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Place place_at(const std::string& file, std::string_view text, std::size_t offset) {
  Place place{.file = file, .line = 1, .column = 1};
  for (const char c : text.substr(0, offset)) {
    ++place.column;
    if (c != '\n') continue;
    ++place.line;
    place.column = 1;
  }
  return place;
}

class BodyValidator {
 public:
  BodyValidator(schema::Program program, std::string file) : program_(std::move(program)), file_(std::move(file)) {}

  // Whether `text` is valid; `reports` gets the reasons if not and if wanted.
  bool check(std::string_view text, std::vector<Report>* reports) {
    const auto [problem, outcome] = validator_.read(program_, parser_, text);
    if (problem != json::ParseProblem::kNone) {
      if (reports != nullptr) {
        reports->push_back({.place = place_at(file_, text, parser_.problem_offset()),
                            .message = "is not strict JSON: " + std::string(json::name(problem))});
      }
      return false;
    }
    if (outcome == schema::Outcome::kAccepted) return true;
    if (reports != nullptr) explain(text, *reports);
    return false;
  }

 private:
  void explain(std::string_view text, std::vector<Report>& reports) {
    // The tape has no places; the tree has.
    json::Documents documents;
    json::Document& document = documents.add(file_, "file:" + file_);
    const bool read = json::read_json(text, document).has_value();
    for (const schema::Failure& failure : validator_.explain(program_, parser_.tape(), kMostFailures)) {
      Report report{.place = {.file = file_},
                    .pointer = failure.instance_pointer,
                    .message = failure.message,
                    .rule = failure.place,
                    .rule_pointer = failure.schema_pointer};
      if (read) {
        const auto node = json::evaluate(*document.root, failure.instance_pointer);
        if (node) report.place = documents.place(**node);
      }
      reports.push_back(std::move(report));
    }
  }

  schema::Program program_;
  std::string file_;
  json::Parser parser_;
  schema::Validator validator_;
};

void print_text(const std::vector<Report>& reports) {
  for (const Report& report : reports) {
    std::string line = to_string(report.place) + ": ";
    if (!report.pointer.empty()) line += report.pointer + " ";
    line += report.message;
    if (!report.rule.file.empty()) line += "\n  " + to_string(report.rule) + ": " + report.rule_pointer;
    print(line + "\n");
  }
}

void print_json(const std::vector<Report>& reports) {
  std::string out;
  json::Writer writer(out, json::Writer::Layout::kIndented);
  const auto place = [&](std::string_view key, const Place& at, std::string_view pointer) {
    writer.key(key).begin_object();
    writer.key("file").string(at.file);
    writer.key("line").unsigned_integer(at.line);
    writer.key("column").unsigned_integer(at.column);
    writer.key("pointer").string(pointer);
    writer.end_object();
  };
  writer.begin_object().key("valid").boolean(reports.empty()).key("failures").begin_array();
  for (const Report& report : reports) {
    writer.begin_object().key("message").string(report.message);
    place("instance", report.place, report.pointer);
    if (!report.rule.file.empty()) place("contract", report.rule, report.rule_pointer);
    writer.end_object();
  }
  writer.end_array().end_object();
  print(out + "\n");
}

int check_one(BodyValidator& validator, std::string_view text, bool as_json) {
  std::vector<Report> reports;
  const bool valid = validator.check(text, &reports);
  if (as_json) {
    print_json(reports);
  } else {
    print_text(reports);
    if (valid) print("valid\n");
  }
  return valid ? kSuccess : kGateFailed;
}

// Each line is a document. The rate is documents a second of this process's CPU time.
int check_lines(BodyValidator& validator, std::istream& in, bool as_json) {
  std::uint64_t valid = 0;
  std::uint64_t invalid = 0;
  std::uint64_t bytes = 0;
  std::string line;
  const double started = cpu_seconds();
  for (std::uint64_t number = 1; std::getline(in, line); ++number) {
    if (trim(line).empty()) continue;
    bytes += line.size();
    std::vector<Report> reports;
    if (validator.check(line, &reports)) {
      ++valid;
      continue;
    }
    ++invalid;
    for (Report& report : reports) report.place.line = static_cast<std::uint32_t>(number);
    if (!as_json) print_text(reports);
  }
  const double seconds = std::max(cpu_seconds() - started, 1e-9);
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(valid + invalid) / seconds);
  std::string out;
  if (as_json) {
    json::Writer writer(out);
    writer.begin_object().key("valid").unsigned_integer(valid).key("invalid").unsigned_integer(invalid);
    writer.key("bytes").unsigned_integer(bytes).key("documents_per_second").unsigned_integer(rate).end_object();
  } else {
    out = std::to_string(valid) + " valid, " + std::to_string(invalid) + " invalid, " + std::to_string(rate) +
          " documents/s, " + std::to_string(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds / 1e6)) +
          " MB/s";
  }
  print(out + "\n");
  return invalid == 0 ? kSuccess : kGateFailed;
}

const contract::MediaType* pick_media(const std::vector<contract::MediaType>& content, std::string_view wanted) {
  const auto message = http::parse_media_type(wanted);
  if (!message) return nullptr;
  const contract::MediaType* best = nullptr;
  int best_score = 0;
  for (const contract::MediaType& candidate : content) {
    const auto range = http::parse_media_type(candidate.range);
    const int score = range ? http::match_media_range(*range, *message) : 0;
    if (score > best_score) {
      best = &candidate;
      best_score = score;
    }
  }
  return best;
}

Result<const std::vector<contract::MediaType>*> find_content(const contract::Operation& operation,
                                                             std::string_view status) {
  const std::string range = status.empty() ? "" : std::string(status.substr(0, 1)) + "XX";
  if (status.empty()) {
    if (operation.body) return &operation.body->content;
    return failure(ErrorCode::kNotFound, operation.id + " takes no body");
  }
  for (const std::string_view wanted : {status, std::string_view(range), std::string_view("default")}) {
    for (const contract::Response& response : operation.responses) {
      if (equal_ignoring_case(response.status, wanted)) return &response.content;
    }
  }
  return failure(ErrorCode::kNotFound, operation.id + " declares no response " + printable(status));
}

// The program of the body that the arguments mean, in an OpenAPI document.
Result<schema::Program> operation_program(const Arguments& arguments) {
  PORTICO_TRY(const contract::Contract contract, contract::load(std::string(arguments.positional())));
  const contract::Operation* operation = contract.operation(arguments.get("--operation"));
  if (operation == nullptr) {
    std::vector<std::string_view> ids;
    for (const auto& candidate : contract.operations) ids.emplace_back(candidate.id);
    const auto near = nearest(arguments.get("--operation"), ids);
    return failure(ErrorCode::kNotFound,
                   "the contract has no operation \"" + printable(arguments.get("--operation")) + "\"", {},
                   near ? "Did you mean \"" + std::string(*near) + "\"?" : "portico contract FILE lists them.");
  }
  PORTICO_TRY(const auto* content, find_content(*operation, arguments.get("--response")));
  const contract::MediaType* media = pick_media(*content, arguments.get("--media-type"));
  if (media == nullptr) {
    return failure(ErrorCode::kNotFound,
                   operation->id + " has no body of type " + arguments.text("--media-type") + " here");
  }
  if (media->schema == nullptr) return schema::Program{};
  const auto direction = arguments.has("--response") ? schema::Direction::kResponse : schema::Direction::kRequest;
  return schema::compile(*media->schema, {.documents = contract.documents.get()},
                         {.dialect = guard::dialect_of(contract.dialect)}, direction);
}

// The program of a document that is a JSON Schema itself; `$schema` says which draft.
Result<schema::Program> schema_program(const std::string& path) {
  PORTICO_TRY(const std::string text, read_file(path));
  json::Documents documents;
  json::Document& document = documents.add(path, "file://" + std::filesystem::absolute(path).string());
  PORTICO_CHECK_OK(yaml::read_document(text, document));
  if (document.root->find("openapi") != nullptr || document.root->find("swagger") != nullptr) {
    return failure(ErrorCode::kInvalidArgument, "this is an OpenAPI document", Place{.file = path},
                   "Name the operation with --operation.");
  }
  return schema::compile(*document.root, {.documents = &documents},
                         {.dialect = schema::Dialect::kJsonSchema202012, .formats = schema::Formats::kByVocabulary});
}

Result<int> validate(const Arguments& arguments) {
  PORTICO_TRY(schema::Program program, arguments.has("--operation")
                                           ? operation_program(arguments)
                                           : schema_program(std::string(arguments.positional())));
  const std::string path = arguments.text("--body");
  BodyValidator validator(std::move(program), path == "-" ? "standard input" : path);
  const bool as_json = arguments.get("--format") == "json";
  if (path == "-") {
    if (arguments.has("--lines")) return check_lines(validator, std::cin, as_json);
    const std::string text(std::istreambuf_iterator<char>(std::cin), {});
    return check_one(validator, text, as_json);
  }
  if (arguments.has("--lines")) {
    std::ifstream file(path);
    if (!file) return io_failure("cannot open", path, errno);
    return check_lines(validator, file, as_json);
  }
  PORTICO_TRY(const std::string text, read_file(path));
  return check_one(validator, text, as_json);
}

int run_validate(const Arguments& arguments) {
  const auto code = validate(arguments);
  return code ? *code : fail(code.error());
}

constexpr std::array kPositionals = {Positional{"CONTRACT", "The OpenAPI document, or a JSON Schema"}};
constexpr std::array kOptions = {
    Option{"--operation", "ID",
           "operationId, or \"METHOD /path/{template}\"; without it the document is a JSON Schema"},
    Option{"--body", "FILE", "The JSON body; - is standard input", "-"},
    Option{"--response", "STATUS", "It is the body of a response with this status, not of a request"},
    Option{"--media-type", "TYPE", "Media type of the body", "application/json"},
    Option{"--lines", "", "Each line is a body of its own: count them, and say the rate"},
    Option{"--format", "FORMAT", "How to write the result", "text", "text|json"},
};

}  // namespace

const Command kValidateCommand = {
    .name = "validate",
    .summary = "Check a body against a contract",
    .description =
        "Says whether a JSON body is what the operation's contract allows, as the guard would decide, and each "
        "reason why not with its place in the body and in the contract. Exits with 1 when it is not. With "
        "a JSON Schema in place of the contract it validates any JSON document.",
    .positionals = kPositionals,
    .options = kOptions,
    .example = "portico validate api.yaml --operation 'POST /orders' --body order.json",
    .run = run_validate,
};

}  // namespace portico::cli
