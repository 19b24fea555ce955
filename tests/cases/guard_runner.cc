// Runs tests/cases/guard/*.yaml: a contract (and a policy), and exchanges with the decisions that must come of them.
//
//   contract: {...}            an OpenAPI document
//   policy: {...}              portico.yaml without `contract`; may be missing
//   cases:
//     - name: why this case is here
//       request: {method: GET, target: /a?b=c, headers: {Name: value}, header_list: [[Name, value]], body: text,
//                 address: 192.0.2.1, at: seconds}
//       response: {status: 200, headers: {}, body: text}
//       decision: allowed      or a rule id, or {rule: ..., place: ..., detail: ...}
//       reports: [rule id]     what monitor mode lets pass; none if it is missing
//
// `decision` speaks of the last message of the case; those before it must be allowed.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "case_files.h"
#include "case_json.h"
#include "guard/guard.h"
#include "guard/limits.h"
#include "json/tree.h"

namespace {

using portico::cases::write_json;
using portico::guard::Decision;
using portico::json::Node;

using Fields = std::vector<portico::guard::HeaderField>;

Fields fields_of(const Node* message) {
  Fields fields;
  if (message == nullptr) return fields;
  if (const Node* map = message->find("headers")) {
    for (const auto& [name, value] : map->members()) fields.push_back({name->text(), value->text()});
  }
  if (const Node* list = message->find("header_list")) {
    for (const Node* pair : list->items()) fields.push_back({pair->items()[0]->text(), pair->items()[1]->text()});
  }
  return fields;
}

class Exchange {
 public:
  Exchange(const portico::guard::Guard& guard, portico::guard::Worker& worker, portico::guard::LimitTable& limits,
           const Node& test)
      : guard_(guard), worker_(worker), limits_(limits), test_(test) {}

  Decision run() {
    const Node* request = test_.find("request");
    const Node* response = test_.find("response");
    Decision decision = send(*request);
    if (!decision.allowed() || response == nullptr) return decision;
    return answer(*response);
  }

 private:
  Decision send(const Node& request) {
    const Fields fields = fields_of(&request);
    std::array<std::uint8_t, 16> address{192, 0, 2, 1};
    std::size_t address_size = 4;
    if (const auto text = std::string(request.text_of("address")); !text.empty()) {
      address_size = text.find(':') == std::string::npos ? 4 : 16;
      if (::inet_pton(address_size == 4 ? AF_INET : AF_INET6, text.c_str(), address.data()) != 1) std::abort();
    }
    const auto host = std::ranges::find(fields, "Host", &portico::guard::HeaderField::name);
    const Node* body = request.find("body");
    const Node* at = request.find("at");
    const std::string_view method = request.text_of("method");
    const portico::guard::RequestHead head{
        .method = method.empty() ? "GET" : method,
        .target = request.text_of("target"),
        .host = host == fields.end() ? "api.example.com" : host->value,
        .headers = fields,
        .address = std::span(address).first(address_size),
        .has_body = body != nullptr,
        .now_ns = at == nullptr ? INT64_C(1'000'000'000) : static_cast<std::int64_t>((1 + *at->number()) * 1e9)};
    Decision decision = guard_.check_request_head(worker_, {.limits = &limits_}, transaction_, head);
    if (!decision.allowed() || !guard_.needs_request_body(transaction_)) return decision;
    return guard_.check_request_body(worker_, transaction_, body->text());
  }

  Decision answer(const Node& response) {
    const Fields fields = fields_of(&response);
    const Node* body = response.find("body");
    const portico::guard::ResponseHead head{.status = static_cast<std::uint16_t>(*response.find("status")->integer()),
                                            .headers = fields,
                                            .has_body = body != nullptr};
    Decision decision = guard_.check_response_head(worker_, transaction_, head);
    if (!decision.allowed() || body == nullptr || !guard_.needs_response_body(transaction_)) return decision;
    return guard_.check_response_body(worker_, transaction_, body->text());
  }

  const portico::guard::Guard& guard_;
  portico::guard::Worker& worker_;
  portico::guard::LimitTable& limits_;
  const Node& test_;
  portico::guard::Transaction transaction_;
};

// What differs between the expected decision and the made one; empty when nothing does.
std::string difference(const Node& expected, const Decision& made) {
  const std::string_view rule = made.allowed() ? "allowed" : portico::guard::rule(made.rule).id;
  const std::string shown = std::string(rule) + " at \"" + made.place + "\": " + made.detail;
  if (expected.is_string()) return expected.text() == rule ? "" : shown;
  if (expected.text_of("rule") != rule) return shown;
  if (expected.find("place") != nullptr && expected.text_of("place") != made.place) return shown;
  if (expected.find("detail") != nullptr && expected.text_of("detail") != made.detail) return shown;
  if (const Node* wait = expected.find("retry_after"); wait != nullptr && *wait->integer() != made.retry_after_s) {
    return shown + " retry after " + std::to_string(made.retry_after_s);
  }
  return "";
}

// The same for what was only reported.
std::string difference(const Node* expected, const std::vector<Decision>& reports) {
  std::string wanted;
  std::string got;
  if (expected != nullptr) {
    for (const Node* rule : expected->items()) (wanted += ' ') += rule->text();
  }
  for (const Decision& report : reports) (got += ' ') += portico::guard::rule(report.rule).id;
  return wanted == got ? "" : "reported:" + got;
}

std::optional<portico::guard::Guard> open(const Node& root, const std::string& folder, std::string& error) {
  std::string contract;
  write_json(*root.find("contract"), contract);
  std::string policy = R"({"version":1,"contract":"contract.json"})";
  if (const Node* given = root.find("policy")) {
    std::string text;
    write_json(*given, text);
    policy = R"({"version":1,"contract":"contract.json",)" + text.substr(1);
  }
  if (!portico::write_file(folder + "/contract.json", contract) ||
      !portico::write_file(folder + "/portico.yaml", policy)) {
    error = "cannot write files";
    return std::nullopt;
  }
  auto guard = portico::guard::Guard::open({.policy = folder + "/portico.yaml"});
  if (guard) return *std::move(guard);
  error = to_string(guard.error());
  return std::nullopt;
}

void run_file(const portico::json::Documents& documents, const Node& root, portico::cases::Report& report) {
  const portico::cases::Folder folder;
  std::string error;
  const auto guard = open(root, folder.path(), error);
  if (!guard) return report.add(to_string(documents.place(root)), error);
  std::vector<std::byte> memory(1 << 16);
  portico::guard::LimitTable limits(memory, 1);
  portico::guard::Worker worker;
  for (const Node* test : root.find("cases")->items()) {
    worker.reports().clear();
    const Decision made = Exchange(*guard, worker, limits, *test).run();
    std::string wrong = difference(*test->find("decision"), made);
    if (wrong.empty()) wrong = difference(test->find("reports"), worker.reports());
    report.add(portico::cases::where(documents, *test), wrong);
  }
}

}  // namespace

int main(int argc, char** argv) { return argc == 2 ? portico::cases::run_folder(argv[1], run_file) : 2; }
