// Runs tests/cases/parameters/*.yaml: one parameter of a contract, its text on the wire, and the value that must come
// of it.
//
//   versions: ["3.0.3", "3.1.0"]      each case is run for each; a case may have its own
//   round_trip: true                  encoding the value must give the text again (see style_encoder.h); the same
//   cases:
//     - name: why this case is here
//       parameter: {...}              a Parameter Object
//       wire: text                    the path segment, the query, the header field or the Cookie field;
//                                     a list for header fields of several lines
//       value: ...                    what it says, or
//       absent: true                  nothing, and that is in order, or
//       problem: invalid              the rule (request-parameter-*, or request-*) that refuses it
//
// The whole guard runs: an operation with that parameter alone is asked. The schema is that of the Parameter Object.
#include <string>
#include <vector>

#include "base/file.h"
#include "case_files.h"
#include "case_json.h"
#include "contract/load.h"
#include "guard/guard.h"
#include "guard/worker.h"
#include "style_encoder.h"

namespace {

using portico::cases::write_json;
using portico::json::Node;

// What is on a tape, as JSON.
std::size_t write_tape(const portico::json::TapeView& tape, std::size_t i, portico::json::Writer& writer) {
  namespace kind = portico::json::tape;
  switch (tape.type(i)) {
    case kind::kObject:
      writer.begin_object();
      for (std::size_t at = i + 1; at < tape.after(i) - 1;) {
        writer.key(tape.text(at));
        at = write_tape(tape, at + 1, writer);
      }
      writer.end_object();
      break;
    case kind::kArray:
      writer.begin_array();
      for (std::size_t at = i + 1; at < tape.after(i) - 1;) at = write_tape(tape, at, writer);
      writer.end_array();
      break;
    case kind::kString: writer.string(tape.text(i)); break;
    case kind::kInteger: writer.integer(tape.integer(i)); break;
    case kind::kUnsigned: writer.unsigned_integer(tape.unsigned_integer(i)); break;
    case kind::kDouble: writer.number(tape.real(i)); break;
    case kind::kBigNumber: writer.raw(tape.text(i)); break;
    case kind::kTrue:
    case kind::kFalse: writer.boolean(tape.type(i) == kind::kTrue); break;
    default: writer.null(); break;
  }
  return tape.next(i);
}

class Case {
 public:
  Case(const Node& file, const Node& test, const std::string& folder) : file_(file), test_(test), folder_(folder) {}

  // What is wrong, or nothing.
  std::string run(std::string_view version) {
    const std::string path = folder_ + "/contract.json";
    if (!portico::write_file(path, contract(version))) return "cannot write " + path;
    auto guard = portico::guard::Guard::open({.contract = path});
    if (!guard) return to_string(guard.error());
    const std::string differs = ask(*guard);
    if (!differs.empty() || !flag("round_trip")) return differs;
    return round_trip(path);
  }

 private:
  const Node& parameter() const { return *test_.find("parameter"); }
  std::string_view in() const { return parameter().text_of("in"); }

  bool flag(std::string_view key) const {
    const Node* own = test_.find(key);
    if (own == nullptr) own = file_.find(key);
    return own != nullptr && own->is_true();
  }

  std::string contract(std::string_view version) const {
    std::string out = version.starts_with('2') ? R"({"swagger":")" : R"({"openapi":")";
    out += version;
    out += R"(","info":{"title":"t","version":"1"},"paths":{"/p)";
    if (in() == "path") out += "/{" + std::string(parameter().text_of("name")) + "}";
    out += R"(":{"get":{"operationId":"o","parameters":[)";
    write_json(parameter(), out);
    out += R"(],"responses":{"200":{"description":"ok"}}}}}})";
    return out;
  }

  std::string ask(const portico::guard::Guard& guard) {
    std::string target = "/p";
    std::vector<portico::guard::HeaderField> fields;
    const Node* wire = test_.find("wire");
    if (in() == "path") target += "/" + std::string(wire->text());
    if (in() == "query" && wire != nullptr) target += "?" + std::string(wire->text());
    if ((in() == "header" || in() == "cookie") && wire != nullptr) {
      const std::string_view name = in() == "cookie" ? "Cookie" : parameter().text_of("name");
      for (const Node* line : wire->items()) fields.push_back({name, line->text()});
      if (!wire->is_array()) fields.push_back({name, wire->text()});
    }
    portico::guard::Worker worker;
    portico::guard::Transaction transaction;
    const auto decision = guard.check_request_head(
        worker, {}, transaction, {.method = "GET", .target = target, .host = "api.example", .headers = fields});
    std::string expected = "\"allowed\"";
    if (const Node* problem = test_.find("problem")) expected = problem->text();
    std::string made = decision.allowed() ? "\"allowed\"" : std::string(portico::guard::rule(decision.rule).id);
    constexpr std::string_view kRule = "request-parameter-";
    if (made.starts_with(kRule)) made.erase(0, kRule.size());
    if (const Node* value = test_.find("value"); value != nullptr && decision.allowed()) {
      expected.clear();
      write_json(*value, expected);
      made.clear();
      auto& state = worker.state();
      const bool is_json = parameter().find("content") != nullptr &&
                           parameter().find("content")->members().front().key->text().ends_with("json");
      portico::json::Writer writer(made);
      write_tape(is_json ? state.parser.tape() : state.builder.view(), portico::json::TapeView::kFirst, writer);
    }
    return expected == made ? "" : "expected " + expected + ", got " + made + " (" + decision.detail + ")";
  }

  std::string round_trip(const std::string& path) {
    const auto contract = portico::contract::load(path);
    if (!contract) return to_string(contract.error());
    const auto text = portico::cases::encode(contract->operations.front().parameters.front(), *test_.find("value"));
    return text == test_.text_of("wire") ? "" : "encoding gives " + text;
  }

  const Node& file_;
  const Node& test_;
  const std::string& folder_;
};

void run_file(const portico::json::Documents& documents, const Node& root, portico::cases::Report& report) {
  const portico::cases::Folder folder;
  for (const Node* test : root.find("cases")->items()) {
    const Node* versions = test->find("versions");
    for (const Node* version : (versions == nullptr ? root.find("versions") : versions)->items()) {
      report.add(portico::cases::where(documents, *test) + " (" + std::string(version->text()) + ")",
                 Case(root, *test, folder.path()).run(version->text()));
    }
  }
}

}  // namespace

int main(int argc, char** argv) { return argc == 2 ? portico::cases::run_folder(argv[1], run_file) : 2; }
